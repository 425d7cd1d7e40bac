package org.fnprune.network;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.fnprune.common.AtomicFiles;
import org.fnprune.common.Json;
import org.fnprune.linalg.Npy;

/** Functional networks in a run folder: {@code <unit>.maps.npy} and {@code networks.json}. */
public final class NetworkFiles {

  private NetworkFiles() {}

  /** Writes the networks of all units. */
  public static void write(Path folder, Map<String, NetworkMaps> networks) throws IOException {
    Files.createDirectories(folder);
    JsonArray units = new JsonArray();
    for (Map.Entry<String, NetworkMaps> entry : networks.entrySet()) {
      NetworkMaps maps = entry.getValue();
      Npy.write(folder.resolve(entry.getKey() + ".maps.npy"), maps.maps());
      JsonObject unit = new JsonObject();
      unit.addProperty("id", entry.getKey());
      unit.addProperty("networks", maps.networks());
      unit.addProperty("requested", maps.requested());
      unit.addProperty("iterations", maps.iterations());
      unit.addProperty("converged", maps.converged());
      unit.add("stability", JsonNull.INSTANCE); // Not measured yet.
      unit.addProperty("restarts", maps.restarts());
      unit.addProperty("seed", maps.seed());
      units.add(unit);
    }
    JsonObject index = new JsonObject();
    index.addProperty("schema", 1);
    index.add("units", units);
    AtomicFiles.writeString(folder.resolve("networks.json"), Json.pretty(index));
  }
}
