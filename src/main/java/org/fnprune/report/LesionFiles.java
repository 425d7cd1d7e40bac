package org.fnprune.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.recipe.Networks;
import org.fnprune.recipe.RecipeWriter;
import org.fnprune.verify.Comparison;
import org.jspecify.annotations.Nullable;

/**
 * {@code lesion.json} (schema 1) and {@code lesion.csv}, a row for every lesion and metric.
 *
 * <p>{@code lesion} is {@code network} (the key neurons of one, {@code support}, where |z| &gt;
 * {@code tau}), {@code all-networks}, {@code random-as-many} (as many of every unit) or {@code
 * random-share} ({@code random_share} of all neurons). {@code stderr} is that of {@code delta} =
 * masked − dense, examples paired; {@code p_value} is two-sided, of "no difference". {@code random}
 * has the mean and the standard deviation ({@code sd}) over draws.
 */
public final class LesionFiles {

  private static final int SCHEMA = 1;

  private LesionFiles() {}

  /** The document. */
  public static JsonObject json(LesionReport report) {
    boolean shared = report.recipe().networks().threshold() instanceof Networks.Threshold.Budget;
    JsonObject document = new JsonObject();
    document.addProperty("schema", SCHEMA);
    document.addProperty("command", "lesion");
    document.add("tool", MaskedScores.tool(report.version()));
    document.addProperty("recipe", RecipeWriter.toYaml(report.recipe()));
    document.addProperty("device", report.device());
    document.addProperty("factor", report.options().factor());
    document.addProperty("share", shared ? report.options().share() : null);
    document.addProperty("draws", report.options().draws());
    document.addProperty("random_share", report.options().randomShare());
    document.addProperty("neurons", report.neurons());
    document.add("units", MaskedScores.units(report.structure()));
    document.add("dense", MaskedScores.dense(report.dense()));
    JsonArray lesions = new JsonArray();
    report.lesions().forEach(lesion -> lesions.add(json(report, lesion)));
    document.add("lesions", lesions);
    JsonArray random = new JsonArray();
    random.add(random(report, Lesioned.RandomAsMany.class));
    random.add(random(report, Lesioned.RandomShare.class));
    document.add("random", random);
    document.add("warnings", MaskedScores.strings(report.warnings()));
    return document;
  }

  private static JsonObject json(LesionReport report, Lesioned lesion) {
    JsonObject json = new JsonObject();
    json.addProperty("lesion", lesion.what().kind());
    json.addProperty("unit", unit(lesion));
    json.addProperty("network", network(lesion));
    json.addProperty("draw", draw(lesion));
    json.addProperty("neurons", lesion.neurons());
    json.addProperty("share", share(report, lesion));
    if (lesion.what() instanceof Lesioned.Network network) {
      json.addProperty("tau", MaskedScores.finite(network.tau()));
      JsonArray support = new JsonArray();
      network.support().forEach(support::add);
      json.add("support", support);
    } else {
      json.add("tau", JsonNull.INSTANCE);
      json.add("support", JsonNull.INSTANCE);
    }
    json.add("tasks", MaskedScores.tasks(lesion.tasks()));
    return json;
  }

  private static JsonObject random(LesionReport report, Class<? extends Lesioned.What> kind) {
    Lesioned first = report.of(kind).get(0);
    JsonObject json = new JsonObject();
    json.addProperty("lesion", first.what().kind());
    json.addProperty("neurons", first.neurons());
    json.addProperty("draws", report.of(kind).size());
    JsonArray tasks = new JsonArray();
    for (LesionReport.Draws draws : report.draws(kind)) {
      JsonObject task = new JsonObject();
      task.addProperty("name", draws.first().task());
      task.addProperty("metric", draws.first().metric());
      task.addProperty("mean", MaskedScores.finite(draws.mean()));
      task.addProperty("sd", MaskedScores.finite(draws.spread()));
      tasks.add(task);
    }
    json.add("tasks", tasks);
    return json;
  }

  /** The table. */
  public static String csv(LesionReport report) {
    List<String> header =
        new ArrayList<>(List.of("lesion", "unit", "network", "draw", "neurons", "share"));
    header.addAll(MaskedScores.COLUMNS);
    Csv csv = new Csv(header);
    for (Lesioned lesion : report.lesions()) {
      for (Comparison task : lesion.tasks()) {
        List<@Nullable Object> row = new ArrayList<>();
        row.add(lesion.what().kind());
        row.add(unit(lesion));
        row.add(network(lesion));
        row.add(draw(lesion));
        row.add(lesion.neurons());
        row.add(share(report, lesion));
        row.addAll(MaskedScores.cells(task));
        csv.row(row);
      }
    }
    return csv.text();
  }

  /** The plot: of each task's first metric, how far lesions of so many neurons take it. */
  public static String svg(LesionReport report) {
    return ChartPage.svg(
        "Lesions of functional networks",
        "Task metrics of the dense model with neurons "
            + (report.options().factor() == 0
                ? "masked"
                : "multiplied by " + report.options().factor())
            + ": single networks, all networks, and random neurons",
        LesionChart.all(StoredLesions.of(report)));
  }

  private static @Nullable String unit(Lesioned lesion) {
    return lesion.what() instanceof Lesioned.Network network ? network.unit() : null;
  }

  private static @Nullable Integer network(Lesioned lesion) {
    return lesion.what() instanceof Lesioned.Network network ? network.network() : null;
  }

  private static @Nullable Integer draw(Lesioned lesion) {
    if (lesion.what() instanceof Lesioned.RandomAsMany random) {
      return random.draw();
    }
    return lesion.what() instanceof Lesioned.RandomShare random ? random.draw() : null;
  }

  private static double share(LesionReport report, Lesioned lesion) {
    return lesion.neurons() / (double) report.neurons();
  }
}
