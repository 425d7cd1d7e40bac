package org.fnprune;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.fnprune.common.AtomicFiles;
import org.fnprune.common.Json;
import org.fnprune.common.UsageException;
import org.fnprune.report.HtmlReport;
import org.fnprune.report.MarkdownReport;
import org.fnprune.report.ModelCard;
import org.fnprune.report.ResultsJson;
import org.fnprune.report.RunContents;
import org.fnprune.report.StoredReport;
import org.fnprune.rewrite.SlimFolder;

/**
 * Everything that is written for people and other tools about a run. All of it is made of {@code
 * report.json} and what lies in the run folder, so that it can be made again at any time, with the
 * lesions and sweeps that came later.
 */
public final class Reports {

  private Reports() {}

  /**
   * Writes {@code report.html}, {@code report.md}, {@code results.json}, {@code results.dense.json}
   * and the slim model's {@code README.md} of a finished run again.
   *
   * @return what the run's {@code report.json} says
   * @throws UsageException when the folder is not that of a finished run, or is damaged
   */
  public static StoredReport render(Path folder) throws IOException {
    RunContents run = RunContents.read(folder);
    write(run, folder);
    return run.report();
  }

  /** Writes the reports of a run, and {@code report.json} last: then the run is finished. */
  static void write(JsonObject report, Path folder) throws IOException {
    write(RunContents.of(report, folder), folder);
    AtomicFiles.writeString(folder.resolve("report.json"), Json.pretty(report));
  }

  private static void write(RunContents run, Path folder) throws IOException {
    AtomicFiles.writeString(folder.resolve("report.md"), MarkdownReport.render(run));
    AtomicFiles.writeString(folder.resolve("report.html"), HtmlReport.render(run));
    AtomicFiles.writeString(
        folder.resolve("results.json"), Json.pretty(ResultsJson.ofSlim(run.report())));
    AtomicFiles.writeString(
        folder.resolve("results.dense.json"), Json.pretty(ResultsJson.ofDense(run.report())));
    Path slim = folder.resolve("slim");
    if (Files.isDirectory(slim)) {
      AtomicFiles.writeString(
          slim.resolve(SlimFolder.CARD), ModelCard.render(run.report(), denseCard(slim)));
    }
  }

  /** The dense model's own card, if it came with one. */
  private static Optional<String> denseCard(Path slim) throws IOException {
    Path card = slim.resolve(SlimFolder.DENSE_CARD);
    return Files.isRegularFile(card)
        ? Optional.of(new String(Files.readAllBytes(card), StandardCharsets.UTF_8))
        : Optional.empty();
  }
}
