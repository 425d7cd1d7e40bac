package org.fnprune.rewrite;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.UnitKind;
import org.jspecify.annotations.Nullable;

/**
 * Puts the new numbers of neurons, heads and KV heads into a model's configuration. It has one
 * number for all layers, so each kind is changed only when every layer has a unit of it and all
 * agree, and only where the configuration's number was theirs.
 */
final class ConfigCounts {

  /** Keys by which model families call the feed-forward width. */
  private static final ImmutableList<String> WIDTH_KEYS =
      ImmutableList.of(
          "intermediate_size", "n_inner", "ffn_dim", "hidden_dim", "d_ff", "decoder_ffn_dim");

  /** Keys by which they call the number of query heads. */
  private static final ImmutableList<String> HEAD_KEYS =
      ImmutableList.of("num_attention_heads", "n_head", "num_heads", "n_heads");

  /** Keys by which they call the number of key and value heads. */
  private static final ImmutableList<String> KV_KEYS =
      ImmutableList.of("num_key_value_heads", "num_kv_heads", "n_head_kv", "multi_query_group_num");

  /** Keys by which they call the number of layers. */
  private static final ImmutableList<String> LAYER_KEYS =
      ImmutableList.of("num_hidden_layers", "n_layer", "num_layers", "n_layers");

  /** Keys that give the head size; without one it is taken as hidden size / heads. */
  private static final ImmutableList<String> HEAD_SIZE_KEYS =
      ImmutableList.of("head_dim", "d_kv", "head_size", "kv_channels");

  /** What all layers' units of one kind have in common. */
  private record Common(int before, int after, int unitSize) {}

  private final JsonObject config;
  private final PruningPlan plan;

  private ConfigCounts(JsonObject config, PruningPlan plan) {
    this.config = config;
    this.plan = plan;
  }

  /**
   * Changes a configuration.
   *
   * @return the kinds whose new numbers it has now
   */
  static Set<UnitKind> patch(JsonObject config, PruningPlan plan) {
    ConfigCounts counts = new ConfigCounts(config, plan);
    Set<UnitKind> patched = EnumSet.noneOf(UnitKind.class);
    if (counts.common(UnitKind.FFN).filter(counts::width).isPresent()) {
      patched.add(UnitKind.FFN);
    }
    if (counts.common(UnitKind.HEADS).filter(counts::heads).isPresent()) {
      patched.add(UnitKind.HEADS);
    }
    if (counts.common(UnitKind.KV_GROUPS).filter(counts::groups).isPresent()) {
      patched.add(UnitKind.KV_GROUPS);
    }
    return patched;
  }

  private Optional<Common> common(UnitKind kind) {
    List<UnitPlan> units =
        plan.units().stream().filter(unit -> unit.kind().equals(kind.label())).toList();
    List<Common> distinct =
        units.stream()
            .map(unit -> new Common(unit.width(), unit.kept().length(), unit.unitSize()))
            .distinct()
            .toList();
    return distinct.size() == 1 && isEveryLayer(units.size())
        ? Optional.of(distinct.get(0))
        : Optional.empty();
  }

  /** A layer that is not in the plan keeps its width, and the one number would be wrong for it. */
  private boolean isEveryLayer(int units) {
    return LAYER_KEYS.stream()
        .filter(key -> isNumber(config.get(key)))
        .findFirst()
        .map(key -> config.get(key).getAsLong() == units)
        .orElse(true);
  }

  private boolean width(Common width) {
    for (String key : WIDTH_KEYS) {
      if (config.has(key) && isWidth(key, width.before())) {
        config.addProperty(key, width.after());
        return true;
      }
    }
    return false;
  }

  /** GPT-2 writes null for four times its hidden size. */
  private boolean isWidth(String key, int old) {
    JsonElement value = config.get(key);
    if (value.isJsonNull()) {
      return key.equals("n_inner")
          && isNumber(config.get("n_embd"))
          && config.get("n_embd").getAsLong() * 4 == old;
    }
    return isNumber(value) && value.getAsLong() == old;
  }

  /** Query, key and value heads go together. */
  private boolean heads(Common heads) {
    Optional<String> key = key(HEAD_KEYS);
    if (number(key).orElse(-1) != heads.before()) {
      return false;
    }
    config.addProperty(key.orElseThrow(), heads.after());
    Optional<String> kv = key(KV_KEYS);
    if (number(kv).orElse(-1) == heads.before()) {
      config.addProperty(kv.orElseThrow(), heads.after());
    }
    headSize(heads.unitSize());
    return true;
  }

  /** A KV head goes with the query heads that read it; as many read each of the others. */
  private boolean groups(Common groups) {
    Optional<String> kv = key(KV_KEYS);
    Optional<String> key = key(HEAD_KEYS);
    long heads = number(key).orElse(-1);
    if (number(kv).orElse(-1) != groups.before() || heads < 1 || heads % groups.before() != 0) {
      return false;
    }
    long repeats = heads / groups.before();
    config.addProperty(kv.orElseThrow(), groups.after());
    config.addProperty(key.orElseThrow(), repeats * groups.after());
    headSize(groups.unitSize() / repeats);
    return true;
  }

  private void headSize(long size) {
    if (HEAD_SIZE_KEYS.stream().noneMatch(key -> isNumber(config.get(key)))) {
      config.addProperty("head_dim", size);
    }
  }

  /** The key of a family that the configuration has a number for. */
  private Optional<String> key(List<String> keys) {
    return keys.stream().filter(key -> isNumber(config.get(key))).findFirst();
  }

  private OptionalLong number(Optional<String> key) {
    return key.map(k -> OptionalLong.of(config.get(k).getAsLong())).orElse(OptionalLong.empty());
  }

  private static boolean isNumber(@Nullable JsonElement value) {
    return value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
  }
}
