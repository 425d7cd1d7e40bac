package org.fnprune.capture;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.fnprune.common.AtomicFiles;
import org.fnprune.common.Json;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Npy;

/**
 * Moments in a run folder: {@code <unit>.gram.npy} and {@code <unit>.sum.npy}, and {@code
 * moments.json}, which is written last: where it is, the capture is complete.
 */
public final class MomentsFiles {

  private static final String INDEX = "moments.json";

  private MomentsFiles() {}

  /** Writes the moments of all units. */
  public static void write(Path folder, Map<String, Moments> moments, String device)
      throws IOException {
    Files.createDirectories(folder);
    JsonArray units = new JsonArray();
    long tokens = 0;
    for (Map.Entry<String, Moments> entry : moments.entrySet()) {
      Npy.write(folder.resolve(entry.getKey() + ".gram.npy"), entry.getValue().gram());
      Npy.write(folder.resolve(entry.getKey() + ".sum.npy"), entry.getValue().sum());
      JsonObject unit = new JsonObject();
      unit.addProperty("id", entry.getKey());
      unit.addProperty("n", entry.getValue().count());
      units.add(unit);
      tokens = entry.getValue().count();
    }
    JsonObject index = new JsonObject();
    index.addProperty("schema", 1);
    index.addProperty("tokens", tokens);
    index.addProperty("device", device);
    index.add("units", units);
    AtomicFiles.writeString(folder.resolve(INDEX), Json.pretty(index));
  }

  /** The moments of a complete capture; empty when there is none or its files are not whole. */
  public static Optional<ImmutableMap<String, Moments>> read(Path folder) {
    if (!Files.isRegularFile(folder.resolve(INDEX))) {
      return Optional.empty();
    }
    try {
      JsonObject index =
          JsonParser.parseString(Files.readString(folder.resolve(INDEX), StandardCharsets.UTF_8))
              .getAsJsonObject();
      ImmutableMap.Builder<String, Moments> moments = ImmutableMap.builder();
      for (JsonElement unit : index.getAsJsonArray("units")) {
        String id = unit.getAsJsonObject().get("id").getAsString();
        moments.put(
            id,
            new Moments(
                unit.getAsJsonObject().get("n").getAsLong(),
                Npy.read(folder.resolve(id + ".sum.npy")),
                Npy.read(folder.resolve(id + ".gram.npy"))));
      }
      return Optional.of(moments.buildOrThrow());
    } catch (IOException | UsageException | JsonParseException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
