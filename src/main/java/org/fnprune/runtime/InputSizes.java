package org.fnprune.runtime;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.fnprune.model.ModelFolder;

/**
 * Sizes that a model's inputs may leave open although no other value works. Its configuration files
 * know them.
 *
 * @param head channels of one head in a KV cache
 * @param hidden width of the residual stream, for inputs that are hidden states
 * @param image pixels along each side of an image
 * @param channels colours of an image
 */
public record InputSizes(
    OptionalLong head, OptionalLong hidden, OptionalLong image, OptionalLong channels) {

  /** Nothing is known beyond the graph. */
  public static final InputSizes UNKNOWN =
      new InputSizes(
          OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

  /** Reads {@code genai_config.json} and {@code config.json}, where they are. */
  public static InputSizes of(ModelFolder folder) {
    JsonObject genai =
        folder
            .genaiConfig()
            .map(config -> object(object(config, "model"), "decoder"))
            .orElseGet(JsonObject::new);
    JsonObject config = folder.config().orElseGet(JsonObject::new);
    OptionalLong hidden =
        first(number(config, "hidden_size", "n_embd", "d_model"), number(genai, "hidden_size"));
    OptionalLong heads =
        number(config, "num_attention_heads", "n_head", "num_heads", "decoder_attention_heads");
    OptionalLong quotient =
        hidden.isPresent() && heads.isPresent() && heads.getAsLong() > 0
            ? OptionalLong.of(hidden.getAsLong() / heads.getAsLong())
            : OptionalLong.empty();
    return new InputSizes(
        first(number(genai, "head_size"), number(config, "head_dim", "d_kv"), quotient),
        hidden,
        number(config, "image_size"),
        number(config, "num_channels"));
  }

  private static JsonObject object(JsonObject parent, String key) {
    JsonElement value = parent.get(key);
    return value != null && value.isJsonObject() ? value.getAsJsonObject() : new JsonObject();
  }

  private static OptionalLong number(JsonObject config, String... keys) {
    return Stream.of(keys)
        .map(config::get)
        .filter(v -> v != null && v.isJsonPrimitive() && v.getAsJsonPrimitive().isNumber())
        .mapToLong(JsonElement::getAsLong)
        .findFirst();
  }

  private static OptionalLong first(OptionalLong... choices) {
    return Stream.of(choices).flatMapToLong(OptionalLong::stream).findFirst();
  }
}
