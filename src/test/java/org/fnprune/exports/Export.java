package org.fnprune.exports;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.fnprune.structure.UnitKind;

/**
 * A tiny model of the test resources, as one exporter, converter or optimiser wrote it. What should
 * be found in it stands in the manifest beside it.
 *
 * @param name file or folder of the model
 */
record Export(String name, JsonObject entry) {

  private static final String FOLDER = "/exports/";

  /** Kinds of units that an export may have; each must be expected or absent. */
  static final List<UnitKind> KINDS = List.of(UnitKind.FFN, UnitKind.HEADS, UnitKind.KV_GROUPS);

  /** Units of a kind and channels in each. */
  record Units(int count, int width) {}

  /** A shape that the dense model is known to run at. */
  record Run(int batch, int length, int past) {}

  /** All exports of the manifest. */
  static Stream<Export> all() {
    try (Reader reader = new InputStreamReader(resource("manifest.json"), StandardCharsets.UTF_8)) {
      return JsonParser.parseReader(reader).getAsJsonObject().entrySet().stream()
          .map(e -> new Export(e.getKey(), e.getValue().getAsJsonObject()))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What should be found, by kind, if fnprune understood everything in the model. */
  Map<UnitKind, Units> units() {
    Map<UnitKind, Units> units = new EnumMap<>(UnitKind.class);
    for (Map.Entry<String, JsonElement> e : entry.getAsJsonObject("expect").entrySet()) {
      if (e.getValue().isJsonObject()) {
        JsonObject of = e.getValue().getAsJsonObject();
        units.put(
            UnitKind.of(e.getKey()),
            new Units(of.get("units").getAsInt(), of.get("width").getAsInt()));
      }
    }
    return units;
  }

  /** Why a kind is not found yet, as a refusal must say it; empty when it is found. */
  Optional<String> refused(UnitKind kind) {
    return Optional.ofNullable(entry.getAsJsonObject("refused"))
        .map(refused -> refused.get(kind.label()))
        .map(JsonElement::getAsString);
  }

  /** Shapes to run at. */
  List<Run> runs() {
    return StreamSupport.stream(entry.getAsJsonArray("runs").spliterator(), false)
        .map(JsonElement::getAsJsonArray)
        .map(Export::run)
        .toList();
  }

  private static Run run(JsonArray run) {
    return new Run(run.get(0).getAsInt(), run.get(1).getAsInt(), run.get(2).getAsInt());
  }

  /** The head size of caches that do not declare theirs. */
  int headSize() {
    return entry.get("head_size").getAsInt();
  }

  /** Largest difference allowed, relative to the largest output. */
  double tolerance() {
    return entry.get("exporter").getAsString().contains("fp16") ? 2e-2 : 1e-4;
  }

  /** Unpacks the model into a folder; its path there. */
  Path unpack(Path folder) {
    for (JsonElement file : entry.getAsJsonArray("files")) {
      Path target = folder.resolve(file.getAsString());
      try (InputStream packed = resource(file.getAsString() + ".gz");
          InputStream plain = new GZIPInputStream(packed)) {
        Files.createDirectories(target.getParent());
        Files.copy(plain, target);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return folder.resolve(name);
  }

  private static InputStream resource(String file) {
    InputStream stream = Export.class.getResourceAsStream(FOLDER + file);
    if (stream == null) {
      throw new IllegalStateException("no test resource " + FOLDER + file);
    }
    return stream;
  }

  @Override
  public String toString() {
    return name;
  }
}
