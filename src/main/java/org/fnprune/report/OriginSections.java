package org.fnprune.report;

import java.util.stream.Collectors;
import org.fnprune.report.HtmlReport.Section;

/** Warnings, and everything that is needed to make the run again. */
final class OriginSections {

  private OriginSections() {}

  static Section warnings(StoredReport report) {
    return new Section(
        "warnings",
        "Warnings",
        report.warnings().isEmpty()
            ? HtmlReport.lead("The run gave no warnings.")
            : Html.of(
                    "ul",
                    report.warnings().stream()
                        .map(w -> Html.of("li", w))
                        .collect(Collectors.toList()))
                .with("class", "warn"));
  }

  static Section origin(StoredReport report) {
    Html command =
        report.command().isEmpty()
            ? Html.of("p", "The run was started from a program, not from the command line.")
            : Html.of("pre", Html.of("code", Summary.command(report))).with("class", "wrap");
    TextTable versions = new TextTable("What", "Value");
    versions.row("fnprune", report.tool().version());
    versions.row("Java", orUnknown(report.tool().java()));
    versions.row("ONNX Runtime", orUnknown(report.tool().onnxruntime()));
    versions.row("Device", report.device());
    versions.row("Seed", Long.toString(report.seed()));
    TextTable files = new TextTable("File", "SHA-256");
    files.row("dense model: " + report.model().dense().path(), report.model().dense().sha256());
    files.row("slim model: " + report.model().slim().path(), report.model().slim().sha256());
    report.inputs().forEach(input -> files.row(input.path(), input.sha256()));
    TextTable timings = new TextTable("Stage", "Seconds");
    report
        .timings()
        .forEach((stage, ms) -> timings.row(stage, Summary.number("%.2f", ms / 1000.0)));
    return new Section(
        "origin",
        "How it was made",
        Html.all(
            HtmlReport.lead(
                "The same command on the same files with the same versions gives the same plan and"
                    + " the same slim model, byte for byte."),
            Html.of("h3", "Command"),
            command,
            Html.of("h3", "Versions and seed"),
            HtmlTable.of("What the run was made with", versions),
            Html.of("h3", "Files"),
            HtmlTable.of("Files that the result depends on, and their hashes", files),
            Html.of("h3", "Recipe, with every default"),
            code("The recipe", report.recipe().strip()),
            Html.of("h3", "Time"),
            HtmlTable.of("Wall-clock time of each stage", timings)));
  }

  private static Html code(String label, String text) {
    return HtmlTable.scrolling(label, Html.of("pre", Html.of("code", text)));
  }

  private static String orUnknown(String version) {
    return version.isEmpty() ? "unknown" : version;
  }
}
