package org.fnprune.select;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** {@code plan.json} (schema 1). */
public final class PlanJson {

  private PlanJson() {}

  /** The document of a plan that the task's text alone made. */
  public static JsonObject of(PruningPlan plan) {
    return of(plan, ImmutableMap.of());
  }

  /**
   * The document.
   *
   * @param contributions of the task's text and the text to retain, by unit id; empty without the
   *     latter
   */
  public static JsonObject of(PruningPlan plan, ImmutableMap<String, Contribution> contributions) {
    JsonArray units = new JsonArray();
    for (UnitPlan unit : plan.units()) {
      JsonObject json = new JsonObject();
      json.addProperty("id", unit.id());
      json.addProperty("kind", unit.kind());
      json.addProperty("layer", unit.layer());
      json.addProperty("activation", unit.activation());
      json.addProperty("axis", unit.axis());
      json.addProperty("width", unit.width());
      json.addProperty("unit_size", unit.unitSize());
      JsonArray kept = new JsonArray(unit.kept().length());
      unit.kept().forEach(kept::add);
      json.add("kept", kept);
      Contribution contribution = contributions.get(unit.id());
      if (contribution != null) {
        json.add("kept_for", json(contribution));
      }
      units.add(json);
    }
    JsonObject document = new JsonObject();
    document.addProperty("schema", 1);
    document.add("units", units);
    return document;
  }

  /**
   * The plan of a document that {@link #of} made.
   *
   * @throws RuntimeException when something is missing or does not fit
   */
  public static PruningPlan read(JsonObject document) {
    List<UnitPlan> units = new ArrayList<>();
    for (JsonElement element : document.getAsJsonArray("units")) {
      JsonObject unit = element.getAsJsonObject();
      ImmutableIntArray.Builder kept = ImmutableIntArray.builder();
      unit.getAsJsonArray("kept").forEach(index -> kept.add(index.getAsInt()));
      units.add(
          new UnitPlan(
              unit.get("id").getAsString(),
              unit.get("kind").getAsString(),
              unit.get("layer").getAsInt(),
              unit.get("activation").getAsString(),
              unit.get("axis").getAsInt(),
              unit.get("width").getAsInt(),
              unit.get("unit_size").getAsInt(),
              kept.build()));
    }
    return new PruningPlan(units);
  }

  /** The contributions of a document that {@link #of} made. */
  public static ImmutableMap<String, Contribution> readContributions(JsonObject document) {
    ImmutableMap.Builder<String, Contribution> contributions = ImmutableMap.builder();
    for (JsonElement element : document.getAsJsonArray("units")) {
      JsonObject unit = element.getAsJsonObject();
      if (unit.has("kept_for")) {
        JsonObject json = unit.getAsJsonObject("kept_for");
        contributions.put(
            unit.get("id").getAsString(),
            new Contribution(
                json.get("both").getAsInt(),
                json.get("task").getAsInt(),
                json.get("retain").getAsInt(),
                json.get("neither").getAsInt()));
      }
    }
    return contributions.buildOrThrow();
  }

  private static JsonObject json(Contribution contribution) {
    JsonObject json = new JsonObject();
    json.addProperty("both", contribution.both());
    json.addProperty("task", contribution.task());
    json.addProperty("retain", contribution.retain());
    json.addProperty("neither", contribution.neither());
    return json;
  }
}
