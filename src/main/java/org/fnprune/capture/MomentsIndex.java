package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fnprune.common.AtomicFiles;
import org.fnprune.common.FileNames;
import org.fnprune.common.Json;
import org.fnprune.common.UsageException;

/**
 * What a moments folder holds: the file {@code moments.json}.
 *
 * @param model what identifies the model
 * @param device what it ran on
 * @param entries the signals, in the order of the units
 */
record MomentsIndex(String model, String device, ImmutableList<Entry> entries) {

  private static final String FILE = "moments.json";

  /**
   * One signal.
   *
   * @param count n, the number of tokens
   * @param width d
   * @param sketch whether there are directions instead of all products
   * @param rank of a sketch, how many; 0 for others
   * @param residual of a sketch; 0 for others
   * @param pairs of neighbouring tokens; −1 when their products were not captured
   */
  record Entry(
      String id, long count, int width, boolean sketch, int rank, double residual, long pairs) {

    static final long NO_PAIRS = -1;

    Entry {
      if (!FileNames.isPlain(id)) {
        throw new JsonParseException("'" + id + "' is no name of a signal");
      }
      if (count < 1 || width < 1 || rank < 0 || rank > width || pairs < NO_PAIRS) {
        throw new JsonParseException("'" + id + "' has counts that no capture has");
      }
    }

    boolean hasLag() {
      return pairs != NO_PAIRS;
    }

    private JsonObject toJson() {
      JsonObject json = new JsonObject();
      json.addProperty("id", id);
      json.addProperty("n", count);
      json.addProperty("width", width);
      json.addProperty("kind", sketch ? "sketch" : "gram");
      if (sketch) {
        json.addProperty("rank", rank);
        json.addProperty("residual", residual);
      }
      if (hasLag()) {
        json.addProperty("lag_pairs", pairs);
      }
      return json;
    }

    private static Entry of(JsonObject json) {
      boolean sketch = json.get("kind").getAsString().equals("sketch");
      return new Entry(
          json.get("id").getAsString(),
          json.get("n").getAsLong(),
          json.get("width").getAsInt(),
          sketch,
          sketch ? json.get("rank").getAsInt() : 0,
          sketch ? json.get("residual").getAsDouble() : 0,
          json.has("lag_pairs") ? json.get("lag_pairs").getAsLong() : NO_PAIRS);
    }
  }

  static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(FILE));
  }

  /** Makes a folder complete: written after all other files. */
  void write(Path folder) throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty("schema", 1);
    json.addProperty("tokens", entries.stream().mapToLong(Entry::count).max().orElse(0));
    json.addProperty("device", device);
    json.addProperty("model", model);
    JsonArray units = new JsonArray();
    entries.forEach(entry -> units.add(entry.toJson()));
    json.add("units", units);
    AtomicFiles.writeString(folder.resolve(FILE), Json.pretty(json));
  }

  /** Makes a folder incomplete: before its files are replaced. */
  static void remove(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(FILE));
  }

  /**
   * Reads the index of a complete folder.
   *
   * @throws UsageException when there is none or it is damaged
   */
  static MomentsIndex read(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      JsonObject json =
          JsonParser.parseString(Files.readString(file, StandardCharsets.UTF_8)).getAsJsonObject();
      ImmutableList.Builder<Entry> entries = ImmutableList.builder();
      for (JsonElement unit : json.getAsJsonArray("units")) {
        entries.add(Entry.of(unit.getAsJsonObject()));
      }
      return new MomentsIndex(
          json.get("model").getAsString(), json.get("device").getAsString(), entries.build());
    } catch (IOException e) {
      throw new UsageException(
          folder + " holds no finished capture: " + file + " cannot be read",
          "give the moments folder of a run that finished its capture",
          e);
    } catch (JsonParseException
        | IllegalArgumentException
        | IllegalStateException
        | ClassCastException
        | UnsupportedOperationException
        | NullPointerException e) {
      throw new UsageException(
          file + " is not the index of a capture: " + e.getMessage(), "capture again", e);
    }
  }
}
