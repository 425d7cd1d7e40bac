package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonObject;
import org.fnprune.report.StoredReport.Gate;
import org.fnprune.report.StoredReport.LatencyRow;
import org.fnprune.report.StoredReport.Models;
import org.fnprune.report.StoredReport.TaskRow;
import org.jspecify.annotations.Nullable;

/** What the command {@code compare} prints. */
public final class ComparisonText {

  /** The document of {@code compare --json}. */
  private record Stored(
      ImmutableList<Output> outputs,
      Models model,
      ImmutableList<TaskRow> tasks,
      ImmutableList<LatencyRow> latency,
      Gate gate) {}

  /** How far an output of both models lies apart. */
  private record Output(
      String name,
      @Nullable Double maxAbsDiff,
      @Nullable Double largest,
      @Nullable Double cosine,
      @Nullable Double top1Agreement) {}

  private ComparisonText() {}

  /** The tables of a comparison's JSON document. */
  public static String render(JsonObject document) {
    Stored stored = StoredJson.of(document, Stored.class);
    StringBuilder text = new StringBuilder();
    TextTable outputs =
        new TextTable("Output", "Largest difference", "Largest value", "Cosine", "Same top 1");
    for (Output output : stored.outputs()) {
      outputs.row(
          output.name(),
          Summary.finite("%.3g", output.maxAbsDiff()),
          Summary.finite("%.3g", output.largest()),
          Summary.finite("%.6f", output.cosine()),
          Summary.number("%.4f", output.top1Agreement()));
    }
    text.append(outputs.toText()).append("On random tokens.\n\n");
    TextTable tasks = Summary.tasks(stored.tasks());
    if (!tasks.isEmpty()) {
      text.append(tasks.toText()).append(Summary.footnote()).append("\n\n");
    }
    text.append(Summary.sizes(stored.model(), stored.latency()).toText());
    TextTable latency = Summary.latency(stored.latency());
    if (!latency.isEmpty()) {
      text.append('\n').append(latency.toText());
    }
    stored.gate().reasons().forEach(r -> text.append("Gate missed: ").append(r).append('\n'));
    return text.toString();
  }
}
