package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.fnprune.verify.Equivalence;

/**
 * What is known of a slim model that lies in its place.
 *
 * @param equivalence with the masked model, before compensation
 * @param ridges ε that each compensated unit's fit used, by unit id
 */
record SlimResult(Equivalence equivalence, ImmutableMap<String, Double> ridges) {

  /** The form in which an unfinished run keeps it. */
  static StageResults.Form<SlimResult> in(Path slim) {
    return new StageResults.Form<>() {
      @Override
      public JsonElement write(SlimResult result) {
        return result.toJson();
      }

      @Override
      public SlimResult read(JsonElement json) throws IOException {
        if (!Files.isDirectory(slim)) {
          throw new NoSuchFileException(slim.toString());
        }
        return of(json.getAsJsonObject());
      }
    };
  }

  private JsonObject toJson() {
    JsonObject equal = new JsonObject();
    equal.addProperty("max_abs_diff", equivalence.maxAbsDiff());
    equal.addProperty("tolerance", equivalence.tolerance());
    equal.addProperty("passed", equivalence.passed());
    equal.addProperty("batches", equivalence.batches());
    equal.addProperty("outputs", equivalence.outputs());
    equal.addProperty("cached_steps", equivalence.cachedSteps());
    JsonArray remarks = new JsonArray();
    equivalence.remarks().forEach(remarks::add);
    equal.add("remarks", remarks);
    JsonObject fitted = new JsonObject();
    ridges.forEach(fitted::addProperty);
    JsonObject json = new JsonObject();
    json.add("equivalence", equal);
    json.add("ridges", fitted);
    return json;
  }

  private static SlimResult of(JsonObject json) {
    JsonObject equal = json.getAsJsonObject("equivalence");
    ImmutableList.Builder<String> remarks = ImmutableList.builder();
    equal.getAsJsonArray("remarks").forEach(remark -> remarks.add(remark.getAsString()));
    ImmutableMap.Builder<String, Double> ridges = ImmutableMap.builder();
    for (Map.Entry<String, JsonElement> unit : json.getAsJsonObject("ridges").entrySet()) {
      ridges.put(unit.getKey(), unit.getValue().getAsDouble());
    }
    return new SlimResult(
        new Equivalence(
            equal.get("max_abs_diff").getAsDouble(),
            equal.get("tolerance").getAsDouble(),
            equal.get("passed").getAsBoolean(),
            equal.get("batches").getAsInt(),
            equal.get("outputs").getAsInt(),
            equal.get("cached_steps").getAsInt(),
            remarks.build()),
        ridges.buildOrThrow());
  }
}
