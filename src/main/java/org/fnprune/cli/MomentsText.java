package org.fnprune.cli;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.fnprune.capture.Captured;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.Sketch;
import org.fnprune.report.TextTable;

/** What {@code capture} and {@code merge} print. */
final class MomentsText {

  private MomentsText() {}

  static void print(String what, MomentsStore moments, Path folder, Console console)
      throws IOException {
    if (!console.json()) {
      TextTable table = new TextTable("Unit", "Width", "Tokens", "Captured");
      for (String id : moments.ids()) {
        Captured captured = moments.get(id);
        table.row(
            id,
            captured.width(),
            String.format(Locale.ROOT, "%,d", captured.count()),
            captured instanceof Sketch sketch
                ? sketch.values().length() + " directions"
                : "all products");
      }
      console.result(table.toText() + "\n" + what + ": " + folder + "\n");
    }
    String index = Files.readString(folder.resolve("moments.json"), StandardCharsets.UTF_8);
    console.resultJson(JsonParser.parseString(index));
  }
}
