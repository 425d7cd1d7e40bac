package org.fnprune.cli;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.fnprune.Reports;
import org.fnprune.report.StoredReport;
import org.fnprune.report.TerminalReport;

/** {@code report RUN_DIR}: the reports of a finished run, made again. */
final class ReportCommand implements Command {

  @Override
  public String name() {
    return "report";
  }

  @Override
  public String arguments() {
    return "RUN_DIR";
  }

  @Override
  public String summary() {
    return "writes a finished run's reports again, with lesions and sweeps made since";
  }

  @Override
  public List<String> examples() {
    return List.of("fnprune report runs/half");
  }

  @Override
  public Options options() {
    return new Options();
  }

  @Override
  public ExitCode run(CommandLine line, Console console) throws IOException {
    Path folder = Path.of(Arguments.single(line, "RUN_DIR", name()));
    StoredReport report = Reports.render(folder);
    console.result(TerminalReport.render(report));
    console.result("Report: " + folder.resolve("report.html"));
    if (console.json()) {
      console.resultJson(
          JsonParser.parseString(
              Files.readString(folder.resolve("report.json"), StandardCharsets.UTF_8)));
    }
    return ExitCode.OK;
  }
}
