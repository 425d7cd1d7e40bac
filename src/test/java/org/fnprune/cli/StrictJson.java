package org.fnprune.cli;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads JSON as RFC 8259 has it: a bare NaN or Infinity is an error. */
final class StrictJson {

  private StrictJson() {}

  static void requireValid(Path file) {
    try (JsonReader reader = new JsonReader(Files.newBufferedReader(file))) {
      reader.setStrictness(Strictness.STRICT);
      while (reader.peek() != JsonToken.END_DOCUMENT) {
        switch (reader.peek()) {
          case BEGIN_OBJECT -> reader.beginObject();
          case END_OBJECT -> reader.endObject();
          case BEGIN_ARRAY -> reader.beginArray();
          case END_ARRAY -> reader.endArray();
          case NAME -> {
            var unused = reader.nextName();
          }
          case NUMBER -> {
            var unused = reader.nextDouble();
          }
          default -> reader.skipValue();
        }
      }
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      throw new AssertionError(file + " is not JSON: " + e.getMessage(), e);
    }
  }
}
