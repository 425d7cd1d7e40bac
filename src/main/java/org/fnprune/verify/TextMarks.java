package org.fnprune.verify;

import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.fnprune.model.ModelFolder;

/**
 * The tokens that begin and end text, as the model's configuration names them.
 *
 * @param begin the begin token; where there is none, the end token, as in GPT-2
 * @param ends tokens that end what a model generates
 */
public record TextMarks(OptionalInt begin, ImmutableSet<Integer> ends) {

  /** Nothing is known. */
  public static final TextMarks NONE = new TextMarks(OptionalInt.empty(), ImmutableSet.of());

  /** Reads {@code generation_config.json} and {@code config.json}, where they are. */
  public static TextMarks of(ModelFolder folder) {
    ImmutableSet<Integer> ends =
        Stream.of("generation_config.json", "config.json")
            .flatMap(name -> ids(folder.json(name), "eos_token_id"))
            .collect(ImmutableSet.toImmutableSet());
    OptionalInt begin =
        Stream.of("bos_token_id", "eos_token_id")
            .flatMap(key -> ids(folder.json("config.json"), key))
            .mapToInt(id -> id)
            .findFirst();
    return new TextMarks(begin, ends);
  }

  /** A number or a list of numbers. */
  private static Stream<Integer> ids(Optional<JsonObject> config, String key) {
    JsonElement value = config.map(c -> c.get(key)).orElse(null);
    if (value == null || value.isJsonNull() || value.isJsonObject()) {
      return Stream.empty();
    }
    Stream<JsonElement> all =
        value.isJsonArray() ? value.getAsJsonArray().asList().stream() : Stream.of(value);
    return all.filter(v -> v.isJsonPrimitive() && v.getAsJsonPrimitive().isNumber())
        .map(JsonElement::getAsInt);
  }
}
