package org.fnprune.network;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fnprune.common.AtomicFiles;
import org.fnprune.common.Json;

/** {@code drivers.json} beside the networks: by unit id, what drives each network. */
public final class DriverFiles {

  private static final String FILE = "drivers.json";

  /** Numbers are for reading, and are cut where machines begin to differ. */
  private static final double DIGITS = 1000;

  private DriverFiles() {}

  /** Writes what drives the networks of all units. */
  public static void write(Path folder, Map<String, ? extends List<Drivers>> drivers)
      throws IOException {
    JsonObject units = new JsonObject();
    drivers.forEach(
        (unit, networks) -> {
          JsonArray all = new JsonArray();
          for (int k = 0; k < networks.size(); k++) {
            all.add(json(k, networks.get(k)));
          }
          units.add(unit, all);
        });
    AtomicFiles.writeString(folder.resolve(FILE), Json.pretty(units));
  }

  /** Removes what belonged to other networks. */
  static void remove(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(FILE));
  }

  private static JsonObject json(int network, Drivers drivers) {
    JsonArray tokens = new JsonArray();
    for (Drivers.Token token : drivers.tokens()) {
      JsonObject json = new JsonObject();
      json.addProperty("token", token.text());
      json.addProperty("activity", rounded(token.activity()));
      json.addProperty("count", token.count());
      tokens.add(json);
    }
    JsonArray texts = new JsonArray();
    for (Drivers.Excerpt excerpt : drivers.excerpts()) {
      JsonArray words = new JsonArray();
      excerpt.tokens().forEach(words::add);
      JsonArray values = new JsonArray();
      excerpt.values().forEach(value -> values.add(rounded(value)));
      JsonObject json = new JsonObject();
      json.addProperty("activity", rounded(excerpt.activity()));
      json.add("tokens", words);
      json.add("values", values);
      texts.add(json);
    }
    JsonObject json = new JsonObject();
    json.addProperty("network", network);
    json.add("tokens", tokens);
    json.add("texts", texts);
    return json;
  }

  private static double rounded(double value) {
    return Math.round(value * DIGITS) / DIGITS;
  }
}
