package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.fnprune.common.Json;
import org.fnprune.data.Datasets;
import org.fnprune.linalg.Matrix;
import org.fnprune.network.NetworkFiles;
import org.fnprune.network.NetworkMaps;
import org.fnprune.network.SampleNetworks;
import org.fnprune.recipe.Flag;
import org.fnprune.recipe.Overrides;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.RecipeReader;
import org.fnprune.report.RunReport.ModelFacts;
import org.fnprune.search.Choice;
import org.fnprune.search.Outcome;
import org.fnprune.select.PlanJson;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.Structure;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.Equivalence;
import org.fnprune.verify.Gate;
import org.fnprune.verify.LatencyResult;
import org.fnprune.verify.MetricResult;
import org.fnprune.verify.Timing;

/** Reports and run folders that a test made up, with names that are hard to print. */
final class SampleReport {

  /** A name that would be markup, were it not escaped. */
  static final String HOSTILE = "</title><script>alert('x')</script>\"&";

  static final Comparison AWKWARD =
      new Comparison("a|b *x* <c>", "macro_f1", true, 0.9, 0.85, -0.05, 0.01, 100, 0.000012);

  private SampleReport() {}

  /** A report of three units, the first of which had no networks to find. */
  static RunReport of(String maxDrop, Comparison... tasks) {
    return of(
        maxDrop,
        ImmutableMap.of("layers.0.ffn", SampleNetworks.of(Matrix.zeros(0, 4), 32)),
        4,
        tasks);
  }

  private static RunReport of(
      String maxDrop, ImmutableMap<String, NetworkMaps> networks, int width, Comparison... tasks) {
    Overrides flags =
        Overrides.none()
            .with(Flag.MODEL, "m")
            .with(Flag.OUTPUT, "o")
            .with(Flag.CALIBRATION, "c.txt")
            .with(Flag.SELECTOR, "flap")
            .with(Flag.SPARSITY, "0.5");
    Recipe recipe =
        RecipeReader.fromFlags(maxDrop.isEmpty() ? flags : flags.with(Flag.MAX_DROP, maxDrop));
    PruningPlan plan =
        new PruningPlan(List.of(unit(0, width, 2), unit(1, width, 2), unit(-1, width, width)));
    ImmutableList<Comparison> all = ImmutableList.copyOf(tasks);
    return new RunReport(
        new Origin(
            "0.1.0",
            "17.0.1",
            "1.29.0",
            ImmutableList.of("run", "a b.yaml", "--output", "o'clock"),
            ImmutableMap.of("m/" + HOSTILE, "0".repeat(64))),
        recipe,
        "cpu",
        new ModelFacts("m/model.onnx", 1000, 4000, "a".repeat(64)),
        new ModelFacts("o/slim/model.onnx", 500, 2000, "b".repeat(64)),
        new Structure(ImmutableList.of(), ImmutableList.of(), 1000),
        plan,
        new Outcome(
            new Choice(recipe.prune(), 0, false),
            plan,
            networks,
            ImmutableList.of(
                new Outcome.Trial(1, new Choice(recipe.prune(), 0, false), 0.25, true)),
            "least <loss>",
            OptionalDouble.of(0.5),
            OptionalDouble.of(0.25),
            ImmutableMap.of()),
        ImmutableMap.of(
            "layers.0.ffn", Double.POSITIVE_INFINITY, "layers.1.ffn", 0.01, "layers.1.heads", 0.1),
        new Equivalence(1e-7, 1e-4, true, 2, 1, 0, ImmutableList.of()),
        all,
        new RunReport.Alone(alone(all, true), alone(all, false)),
        ImmutableList.of(
            new LatencyResult(
                1,
                64,
                new Timing(2, 3, 1.9, 2.1),
                new Timing(1, 1.5, 0.9, 1.1),
                new LatencyResult.Speedup(2, 1.95, 2.05),
                10,
                Optional.of(new LatencyResult.Memory(3_000_000, 2_000_000)))),
        Gate.check(all, maxDrop.isEmpty() ? null : Double.valueOf(maxDrop)),
        ImmutableList.of(new Datasets.Used(Path.of("c.txt"), 9, 1, "c.txt:3: not UTF-8 text")),
        ImmutableMap.of("read", 1234L),
        ImmutableList.of("unit <1> _did_ it"));
  }

  private static ImmutableList<MetricResult> alone(List<Comparison> tasks, boolean dense) {
    return tasks.stream()
        .map(
            t ->
                new MetricResult(
                    t.task(),
                    t.metric(),
                    t.higherIsBetter(),
                    dense ? t.dense() : t.slim(),
                    t.stderr() == null ? null : dense ? 0.02 : 0.03,
                    t.n()))
        .collect(ImmutableList.toImmutableList());
  }

  private static UnitPlan unit(int layer, int width, int kept) {
    String id = "layers." + (layer < 0 ? 2 : layer) + ".ffn";
    int[] first = IntStream.range(0, kept).toArray();
    return new UnitPlan(id, "ffn", layer, "act", -1, width, 1, ImmutableIntArray.copyOf(first));
  }

  /** A plain metric of a task. */
  static Comparison task(String name) {
    return new Comparison(name, "accuracy", true, 0.98, 0.97, -0.01, 0.004, 500, 0.03);
  }

  /**
   * A finished run folder with everything that a report can show.
   *
   * @param count networks of each unit
   * @param width neurons of each unit
   */
  static void folder(Path folder, int count, int width) throws IOException {
    Map<String, NetworkMaps> maps = new TreeMap<>();
    Random random = new Random(5);
    for (int layer = 0; layer < 3; layer++) {
      maps.put(
          "layers." + layer + ".ffn",
          SampleNetworks.of(
              Matrix.tabulate(count, width, (i, j) -> Math.pow(random.nextGaussian(), 3))));
    }
    ImmutableMap<String, NetworkMaps> networks = ImmutableMap.copyOf(maps);
    RunReport report = of("0.02", networks, width, task(HOSTILE), task("topics"));
    for (String of : List.of("networks", "lesion/networks")) {
      NetworkFiles.write(folder.resolve(of), networks, report.recipe().networks());
    }
    Files.createDirectories(folder.resolve("sweep"));
    Files.createDirectories(folder.resolve("slim"));
    Files.writeString(folder.resolve("plan.json"), Json.pretty(PlanJson.of(report.plan())));
    Files.writeString(folder.resolve("networks/drivers.json"), drivers(maps.keySet(), count));
    Files.writeString(folder.resolve("lesion/lesion.json"), lesions(count, width));
    Files.writeString(folder.resolve("sweep/sweep.json"), sweep(width));
    Files.writeString(folder.resolve("report.json"), Json.pretty(ReportJson.of(report)));
  }

  private static String drivers(Iterable<String> units, int count) {
    StringBuilder json = new StringBuilder("{");
    for (String unit : units) {
      List<String> all =
          IntStream.range(0, count)
              .mapToObj(
                  i ->
                      "{'network': "
                          + i
                          + ", 'tokens': [{'token': ' <b>', 'activity': 3.4, 'count': 12},"
                          + " {'token': '\\n', 'activity': 1, 'count': 2}], 'texts': [{'sample': 3,"
                          + " 'activity': 2.1, 'tokens': ['The', ' <i>cat', '\\n', ' sat'],"
                          + " 'values': [0.1, 3.2, -1, 1.5]}]}")
              .toList();
      json.append(json.length() == 1 ? "" : ", ")
          .append("'")
          .append(unit)
          .append("': ")
          .append(all);
    }
    return json.append('}').toString().replace('\'', '"');
  }

  private static final String DENSE =
      "'dense': [{'name': 'topics', 'metric': 'accuracy', 'higher_is_better': true, 'value': 0.98,"
          + " 'stderr': 0.01, 'n': 500}]";

  private static String lesions(int count, int width) {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < count; i++) {
      rows.append(lesion("network", "'layers.0.ffn'", Integer.toString(i), 5, 0.9 - i / 100.0));
      rows.append(", ");
    }
    rows.append(lesion("all-networks", "null", "null", width / 2, 0.5)).append(", ");
    rows.append(lesion("random-as-many", "null", "null", width / 2, 0.95));
    return ("{'schema': 1, 'factor': 0, 'neurons': "
            + 3 * width
            + ", "
            + DENSE
            + ", 'lesions': ["
            + rows
            + "]}")
        .replace('\'', '"');
  }

  private static String lesion(
      String kind, String unit, String network, int neurons, double value) {
    return "{'lesion': '"
        + kind
        + "', 'unit': "
        + unit
        + ", 'network': "
        + network
        + ", 'neurons': "
        + neurons
        + ", 'tau': 3, 'tasks': ["
        + masked(value)
        + "]}";
  }

  private static String masked(double value) {
    return "{'name': 'topics', 'metric': 'accuracy', 'masked': "
        + value
        + ", 'delta': "
        + (value - 0.98)
        + ", 'stderr': 0.01, 'n': 500, 'p_value': 0.01}";
  }

  private static String sweep(int width) {
    return ("{'schema': 1, 'neurons': "
            + 3 * width
            + ", "
            + DENSE
            + ", 'networks': [{'networks': 2, 'neurons': 10, 'tasks': ["
            + masked(0.5)
            + "], 'random': ["
            + masked(0.4)
            + "]}, {'networks': 4, 'neurons': 20, 'tasks': ["
            + masked(0.8)
            + "], 'random': ["
            + masked(0.6)
            + "]}], 'selectors': [{'selector': 'obs', 'sparsity': 0.5, 'neurons': 9, 'tasks': ["
            + masked(0.9)
            + "]}]}")
        .replace('\'', '"');
  }
}
