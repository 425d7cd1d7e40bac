package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonDeserializer;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.fnprune.common.UsageException;
import org.jspecify.annotations.Nullable;

/** Reads JSON that this tool wrote back into records: {@code p_value} is {@code pValue}. */
final class StoredJson {

  private static final Gson GSON =
      new GsonBuilder()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .registerTypeAdapter(
              ImmutableList.class,
              (JsonDeserializer<ImmutableList<?>>)
                  (json, type, context) -> {
                    Type element = ((ParameterizedType) type).getActualTypeArguments()[0];
                    ImmutableList.Builder<Object> list = ImmutableList.builder();
                    for (JsonElement one : json.getAsJsonArray()) {
                      list.add(context.<Object>deserialize(one, element));
                    }
                    return list.build();
                  })
          .create();

  private StoredJson() {}

  /** A document that is at hand. */
  static <T> T of(JsonElement json, Class<T> type) {
    return GSON.fromJson(json, type);
  }

  /**
   * A file; empty where it is not there.
   *
   * @throws UsageException when it is damaged
   */
  static <T> Optional<T> read(Path file, Type type) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      T read = GSON.fromJson(JsonParser.parseString(text), type);
      return Optional.of(read);
    } catch (RuntimeException | java.nio.charset.CharacterCodingException e) {
      throw new UsageException(
          file + " is damaged: " + e.getMessage(), "make it again, or remove it", e);
    }
  }

  /** The list, or an empty one where an older file has none. */
  static <T> ImmutableList<T> orEmpty(@Nullable ImmutableList<T> list) {
    return list == null ? ImmutableList.of() : list;
  }
}
