package org.fnprune.rewrite;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.fnprune.common.Json;
import org.fnprune.model.ModelFolder;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.UnitKind;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration files of a slim model say: {@code config.json} and {@code
 * genai_config.json} get the new numbers of neurons and heads when all layers of the model agree on
 * one, and {@code fnprune.json} always lists the width of every unit.
 *
 * @param files new contents by path relative to the model folder
 * @param warnings what the configuration files could not say
 */
public record ConfigPatch(Map<Path, String> files, ImmutableList<String> warnings) {

  /** Our own file beside the model. */
  public static final String OWN_FILE = "fnprune.json";

  private static final String CONFIG = "config.json";
  private static final String GENAI = "genai_config.json";

  public ConfigPatch {
    files = Map.copyOf(files);
  }

  /** The changes for a plan. */
  public static ConfigPatch of(ModelFolder folder, PruningPlan plan) {
    Map<Path, String> files = new TreeMap<>();
    ImmutableList.Builder<String> warnings = ImmutableList.builder();
    files.put(Path.of(OWN_FILE), Json.pretty(own(plan)));
    for (String name : ImmutableList.of(CONFIG, GENAI)) {
      Optional<JsonObject> config = folder.json(name);
      Optional<JsonObject> counts =
          name.equals(GENAI) ? config.flatMap(ConfigPatch::decoder) : config;
      if (counts.isEmpty()) {
        continue;
      }
      Set<UnitKind> patched = ConfigCounts.patch(counts.get(), plan);
      if (!patched.isEmpty()) {
        Path file = folder.companion(name).orElseThrow();
        files.put(folder.root().relativize(file), Json.pretty(config.orElseThrow()));
      }
      unsaid(name, patched, plan).ifPresent(warnings::add);
    }
    return new ConfigPatch(files, warnings.build());
  }

  /** The part of a GenAI configuration that counts heads. */
  private static Optional<JsonObject> decoder(JsonObject genai) {
    return member(genai, "model").flatMap(model -> member(model, "decoder"));
  }

  private static Optional<JsonObject> member(JsonObject object, String key) {
    @Nullable JsonElement value = object.get(key);
    return value != null && value.isJsonObject()
        ? Optional.of(value.getAsJsonObject())
        : Optional.empty();
  }

  /** Heads are what a runtime sizes its caches by: a wrong number of them must not pass unsaid. */
  private static Optional<String> unsaid(String name, Set<UnitKind> patched, PruningPlan plan) {
    Set<UnitKind> heads = EnumSet.of(UnitKind.HEADS, UnitKind.KV_GROUPS);
    heads.removeAll(patched);
    String kinds =
        plan.pruned().values().stream()
            .map(UnitPlan::kind)
            .filter(kind -> heads.contains(UnitKind.of(kind)))
            .distinct()
            .collect(Collectors.joining(", "));
    return kinds.isEmpty()
        ? Optional.empty()
        : Optional.of(
            name
                + " still counts the dense model's heads, for it has one number for all layers ("
                + kinds
                + " were not removed equally from all); the numbers per layer are in "
                + OWN_FILE);
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
      json.addProperty("unit_size", unit.unitSize());
      units.add(json);
    }
    JsonObject own = new JsonObject();
    own.addProperty("schema", 1);
    own.add("units", units);
    return own;
  }
}
