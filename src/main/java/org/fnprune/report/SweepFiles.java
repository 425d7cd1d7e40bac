package org.fnprune.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.recipe.RecipeWriter;
import org.fnprune.verify.Comparison;
import org.jspecify.annotations.Nullable;

/**
 * {@code sweep.json} (schema 1) and {@code sweep.csv}, a row for every choice of neurons and
 * metric.
 *
 * <p>{@code networks} is the preservation curve: only the key neurons of so many networks per unit
 * are left, beside ({@code random}) as many random neurons of every unit. {@code selectors} is what
 * every selector keeps at a sparsity; nothing is made up for. {@code neurons} and {@code share} are
 * of what is left.
 */
public final class SweepFiles {

  private static final int SCHEMA = 1;

  private SweepFiles() {}

  /** The document. */
  public static JsonObject json(SweepReport report) {
    JsonObject document = new JsonObject();
    document.addProperty("schema", SCHEMA);
    document.addProperty("command", "sweep");
    document.add("tool", MaskedScores.tool(report.version()));
    document.addProperty("recipe", RecipeWriter.toYaml(report.recipe()));
    document.addProperty("device", report.device());
    document.addProperty("neurons", report.neurons());
    document.add("units", MaskedScores.units(report.structure()));
    document.add("dense", MaskedScores.dense(report.dense()));
    JsonArray networks = new JsonArray();
    for (SweepReport.Preserved preserved : report.preserved()) {
      JsonObject json = new JsonObject();
      json.addProperty("networks", preserved.networks());
      json.addProperty("neurons", preserved.neurons());
      json.addProperty("share", share(report, preserved.neurons()));
      json.add("tasks", MaskedScores.tasks(preserved.tasks()));
      json.add("random", MaskedScores.tasks(preserved.random()));
      networks.add(json);
    }
    document.add("networks", networks);
    JsonArray selectors = new JsonArray();
    for (SweepReport.Selected selected : report.selected()) {
      JsonObject json = new JsonObject();
      json.addProperty("selector", selected.selector());
      json.addProperty("sparsity", selected.sparsity());
      json.addProperty("neurons", selected.neurons());
      json.addProperty("share", share(report, selected.neurons()));
      json.add("tasks", MaskedScores.tasks(selected.tasks()));
      selectors.add(json);
    }
    document.add("selectors", selectors);
    document.add("warnings", MaskedScores.strings(report.warnings()));
    return document;
  }

  private static double share(SweepReport report, int neurons) {
    return neurons / (double) report.neurons();
  }

  /** The table; {@code sweep} is {@code networks}, {@code random} or {@code selector}. */
  public static String csv(SweepReport report) {
    List<String> header =
        new ArrayList<>(List.of("sweep", "networks", "selector", "sparsity", "neurons", "share"));
    header.addAll(MaskedScores.COLUMNS);
    Csv csv = new Csv(header);
    for (SweepReport.Preserved p : report.preserved()) {
      double share = share(report, p.neurons());
      rows(csv, p.tasks(), "networks", p.networks(), null, null, p.neurons(), share);
      rows(csv, p.random(), "random", p.networks(), null, null, p.neurons(), share);
    }
    for (SweepReport.Selected s : report.selected()) {
      double share = share(report, s.neurons());
      rows(csv, s.tasks(), "selector", null, s.selector(), s.sparsity(), s.neurons(), share);
    }
    return csv.text();
  }

  private static void rows(Csv csv, List<Comparison> tasks, @Nullable Object... start) {
    for (Comparison task : tasks) {
      List<@Nullable Object> row = new ArrayList<>();
      for (Object cell : start) {
        row.add(cell);
      }
      row.addAll(MaskedScores.cells(task));
      csv.row(row);
    }
  }

  /** The plot: each task's first metric over networks, and over sparsity for every selector. */
  public static String svg(SweepReport report) {
    return ChartPage.svg(
        "Sweep over networks and sparsity",
        "Task metrics of the dense model with all neurons masked but those of its functional"
            + " networks, or those that a selector keeps",
        SweepCharts.all(StoredSweep.of(report)));
  }
}
