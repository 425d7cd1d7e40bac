package org.fnprune.fuzz;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.fnprune.common.Json;

/** What came of long runs, over all of them in one folder. */
final class FuzzSummary {

  private static final String RESULT = "result.json";

  private FuzzSummary() {}

  /** Adds a run of a target to those in the target's folder. */
  static void add(Path folder, Targets target, JazzerRun.Result result) throws IOException {
    Path file = folder.resolve(RESULT);
    JsonObject sum = new JsonObject();
    JsonObject before =
        Files.exists(file)
            ? JsonParser.parseString(Files.readString(file)).getAsJsonObject()
            : new JsonObject();
    sum.addProperty("target", target.name());
    sum.addProperty("executions", number(before, "executions") + result.executions());
    sum.addProperty("seconds", number(before, "seconds") + result.seconds());
    JsonArray crashes = new JsonArray();
    result.crashes().forEach(crash -> crashes.add(String.valueOf(crash.getFileName())));
    sum.add("crashes", crashes);
    Files.writeString(file, Json.pretty(sum));
  }

  private static long number(JsonObject before, String key) {
    return before.has(key) ? before.get(key).getAsLong() : 0;
  }

  /** Writes {@code RESULTS.md}: a row for each target. */
  static void write(Path folder) throws IOException {
    StringBuilder table =
        new StringBuilder("| target | executions | minutes | crashes |\n|---|---:|---:|---:|\n");
    for (Targets target : Targets.values()) {
      Path file = folder.resolve(target.name()).resolve(RESULT);
      if (Files.exists(file)) {
        JsonObject sum = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        List<String> cells =
            Stream.of(
                    target.name(),
                    sum.get("executions").getAsLong(),
                    Math.round(sum.get("seconds").getAsLong() / 60.0),
                    sum.getAsJsonArray("crashes").size())
                .map(String::valueOf)
                .toList();
        table.append("| ").append(String.join(" | ", cells)).append(" |\n");
      }
    }
    Files.writeString(folder.resolve("RESULTS.md"), table);
  }
}
