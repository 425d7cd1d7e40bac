package org.fnprune.network;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.fnprune.common.AtomicFiles;
import org.fnprune.common.FileNames;
import org.fnprune.common.Json;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Npy;
import org.fnprune.recipe.Networks;

/**
 * Functional networks in a run folder: {@code <unit>.maps.npy}, {@code <unit>.features.npy} where
 * two signals were decomposed side by side, and {@code networks.json}, which is written last: where
 * it is, the networks are whole.
 */
public final class NetworkFiles {

  private static final String INDEX = "networks.json";

  private NetworkFiles() {}

  /** Writes the networks of all units, with supports as they are before there is a budget. */
  public static void write(Path folder, Map<String, NetworkMaps> networks, Networks options)
      throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, NetworkMaps> entry : networks.entrySet()) {
      Npy.write(maps(folder, entry.getKey()), entry.getValue().maps());
      if (entry.getValue().features().isPresent()) {
        Npy.write(features(folder, entry.getKey()), entry.getValue().features().get());
      }
    }
    Thresholds thresholds = Thresholds.of(options.threshold());
    writeIndex(
        folder,
        networks,
        options,
        Maps.transformValues(networks, maps -> FunctionalNetwork.of(maps, thresholds)));
  }

  /**
   * Replaces {@code networks.json} alone.
   *
   * @param supports by unit id, of every unit
   */
  public static void writeIndex(
      Path folder,
      Map<String, NetworkMaps> networks,
      Networks options,
      Map<String, ? extends List<FunctionalNetwork>> supports)
      throws IOException {
    JsonArray units = new JsonArray();
    for (Map.Entry<String, NetworkMaps> entry : networks.entrySet()) {
      JsonObject unit = new JsonObject();
      unit.addProperty("id", entry.getKey());
      NetworkJson.of(
              entry.getValue(), options, Objects.requireNonNull(supports.get(entry.getKey())))
          .asMap()
          .forEach(unit::add);
      units.add(unit);
    }
    JsonObject index = new JsonObject();
    index.addProperty("schema", 1);
    index.add("units", units);
    AtomicFiles.writeString(folder.resolve(INDEX), Json.pretty(index));
  }

  /** Makes {@link #read} find nothing: for when what the networks were found from has changed. */
  public static void remove(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(INDEX));
    DriverFiles.remove(folder);
  }

  /**
   * The networks of all units, bit by bit as they were written.
   *
   * @return empty when there is no {@code networks.json}
   * @throws UsageException when the files are damaged
   */
  public static Optional<ImmutableMap<String, NetworkMaps>> read(Path folder) throws IOException {
    Path index = folder.resolve(INDEX);
    if (!Files.exists(index)) {
      return Optional.empty();
    }
    ImmutableMap.Builder<String, NetworkMaps> networks = ImmutableMap.builder();
    try {
      JsonObject document = JsonParser.parseString(Files.readString(index)).getAsJsonObject();
      for (JsonElement element : document.getAsJsonArray("units")) {
        JsonObject unit = element.getAsJsonObject();
        String id = unit.get("id").getAsString();
        if (!FileNames.isPlain(id)) {
          throw new IllegalArgumentException("'" + id + "' is no id of a unit");
        }
        Path features = features(folder, id);
        Optional<Matrix> unfolded =
            Files.exists(features) ? Optional.of(Npy.read(features)) : Optional.empty();
        networks.put(id, NetworkJson.read(unit, Npy.read(maps(folder, id)), unfolded));
      }
    } catch (UsageException e) {
      throw e;
    } catch (RuntimeException | NoSuchFileException | CharacterCodingException e) {
      throw new UsageException(
          index + " is damaged: " + e.getMessage(), "delete the folder and run again", e);
    }
    return Optional.of(networks.buildOrThrow());
  }

  private static Path maps(Path folder, String id) {
    return folder.resolve(id + ".maps.npy");
  }

  private static Path features(Path folder, String id) {
    return folder.resolve(id + ".features.npy");
  }
}
