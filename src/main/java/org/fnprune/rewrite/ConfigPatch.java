package org.fnprune.rewrite;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.fnprune.common.Json;
import org.fnprune.model.ModelFolder;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration files of a slim model say: {@code config.json} gets the new feed-forward
 * width when all layers of the model agree on one, and {@code fnprune.json} always lists the width
 * of every unit.
 */
public final class ConfigPatch {

  /** Our own file beside the model. */
  public static final String OWN_FILE = "fnprune.json";

  /** Keys by which model families call the feed-forward width. */
  private static final ImmutableList<String> WIDTH_KEYS =
      ImmutableList.of(
          "intermediate_size", "n_inner", "ffn_dim", "hidden_dim", "d_ff", "decoder_ffn_dim");

  /** Keys by which model families call the number of layers. */
  private static final ImmutableList<String> LAYER_KEYS =
      ImmutableList.of("num_hidden_layers", "n_layer", "num_layers", "n_layers");

  private ConfigPatch() {}

  /** New contents by path relative to the model folder. */
  public static Map<Path, String> files(ModelFolder folder, PruningPlan plan) {
    Map<Path, String> files = new TreeMap<>();
    files.put(Path.of(OWN_FILE), Json.pretty(own(plan)));
    Optional<JsonObject> config = folder.config();
    if (config.isPresent() && patch(config.get(), plan)) {
      Path file = folder.companion("config.json").orElseThrow();
      files.put(folder.root().relativize(file), Json.pretty(config.get()));
    }
    return files;
  }

  private static boolean patch(JsonObject config, PruningPlan plan) {
    Set<Integer> before = plan.units().stream().map(UnitPlan::width).collect(Collectors.toSet());
    Set<Integer> after =
        plan.units().stream().map(u -> u.kept().length()).collect(Collectors.toSet());
    if (before.size() != 1 || after.size() != 1 || !isEveryLayer(config, plan)) {
      return false;
    }
    int old = before.iterator().next();
    int width = after.iterator().next();
    for (String key : WIDTH_KEYS) {
      if (config.has(key) && isWidth(config, key, old)) {
        config.addProperty(key, width);
        return true;
      }
    }
    return false;
  }

  /** A layer that is not in the plan keeps its width, and the one number would be wrong for it. */
  private static boolean isEveryLayer(JsonObject config, PruningPlan plan) {
    return LAYER_KEYS.stream()
        .filter(key -> isNumber(config.get(key)))
        .findFirst()
        .map(key -> config.get(key).getAsLong() == plan.units().size())
        .orElse(true);
  }

  private static boolean isNumber(@Nullable JsonElement value) {
    return value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
  }

  /** GPT-2 writes null for four times its hidden size. */
  private static boolean isWidth(JsonObject config, String key, int old) {
    JsonElement value = config.get(key);
    if (value.isJsonNull()) {
      return key.equals("n_inner")
          && isNumber(config.get("n_embd"))
          && config.get("n_embd").getAsLong() * 4 == old;
    }
    return isNumber(value) && value.getAsLong() == old;
  }

  private static JsonObject own(PruningPlan plan) {
    JsonArray units = new JsonArray();
    for (UnitPlan unit : plan.units()) {
      JsonObject json = new JsonObject();
      json.addProperty("id", unit.id());
      json.addProperty("kind", unit.kind());
      json.addProperty("layer", unit.layer());
      json.addProperty("width_before", unit.width());
      json.addProperty("width", unit.kept().length());
      units.add(json);
    }
    JsonObject own = new JsonObject();
    own.addProperty("schema", 1);
    own.add("units", units);
    return own;
  }
}
