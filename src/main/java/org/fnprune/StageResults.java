package org.fnprune;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.fnprune.common.AtomicFiles;
import org.fnprune.common.Json;
import org.fnprune.common.UsageException;

/**
 * Runs stages of a run, or takes their results from the run that was interrupted, with the warnings
 * that they gave and the time that they took. A result is kept after all artefacts of its stage are
 * in their place.
 */
final class StageResults {

  /** How a stage's result is kept. */
  interface Form<T> {

    JsonElement write(T result);

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException when artefacts that belong to it are not there
     */
    T read(JsonElement json) throws IOException;
  }

  private final RunFolder folder;
  private final String device;
  private final KeptWarnings listener;
  private final Stopwatch clock;

  /**
   * @param device where the models run: results of another one are not taken
   */
  StageResults(RunFolder folder, String device, KeptWarnings listener, Stopwatch clock) {
    this.folder = folder;
    this.device = device;
    this.listener = listener;
    this.clock = clock;
  }

  /** The result of a stage. */
  <T> T of(Stage stage, Form<T> form, Stopwatch.Work<T> work) throws IOException {
    Optional<T> before = folder.resumed() ? read(stage, form) : Optional.empty();
    if (before.isPresent()) {
      listener.note("resumed: the " + stage.label() + " of the interrupted run is used");
      return before.get();
    }
    folder.forget(stage);
    int warnings = listener.warnings().size();
    ImmutableMap<String, Long> times = clock.timings();
    T result = work.run();
    JsonObject json = new JsonObject();
    json.addProperty("device", device);
    JsonArray said = new JsonArray();
    listener.since(warnings).forEach(said::add);
    json.add("warnings", said);
    JsonObject took = new JsonObject();
    clock
        .timings()
        .forEach((name, time) -> took.addProperty(name, time - times.getOrDefault(name, 0L)));
    json.add("milliseconds", took);
    json.add("result", form.write(result));
    Files.createDirectories(folder.stage(stage).getParent());
    AtomicFiles.writeString(folder.stage(stage), Json.pretty(json));
    return result;
  }

  /** Nothing where it is not there, is damaged, or is of another device. */
  private <T> Optional<T> read(Stage stage, Form<T> form) {
    Path file = folder.stage(stage);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      if (!json.get("device").getAsString().equals(device)) {
        return Optional.empty();
      }
      T result = form.read(json.get("result"));
      json.getAsJsonArray("warnings").forEach(warning -> listener.warn(warning.getAsString()));
      for (Map.Entry<String, JsonElement> took :
          json.getAsJsonObject("milliseconds").entrySet()) {
        clock.add(took.getKey(), took.getValue().getAsLong());
      }
      return Optional.of(result);
    } catch (IOException
        | JsonParseException
        | UsageException
        | IllegalStateException
        | IllegalArgumentException
        | NullPointerException e) {
      listener.note(
          "the " + stage.label() + " of the interrupted run is damaged, and is done again");
      return Optional.empty();
    }
  }
}
