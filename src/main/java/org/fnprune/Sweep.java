package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fnprune.common.Json;
import org.fnprune.common.UsageException;
import org.fnprune.network.KeyNeurons;
import org.fnprune.network.NetworkMaps;
import org.fnprune.recipe.Networks;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.SweepOptions;
import org.fnprune.report.SweepFiles;
import org.fnprune.report.SweepReport;
import org.fnprune.select.Planner;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.RandomNeurons;
import org.fnprune.select.Selectors;
import org.fnprune.structure.Neurons;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;

/**
 * What a model can do with few of its neurons (arXiv 2502.20408, tables 8 to 10): only the key
 * neurons of more and more networks are left, and what every selector keeps at several sparsities.
 * All else is masked; nothing makes up for it.
 */
public final class Sweep {

  /** The command's name, and the folder in the recipe's output that it writes. */
  public static final String COMMAND = "sweep";

  private final MaskRun run;
  private final Recipe recipe;
  private final Structure structure;

  private Sweep(MaskRun run) {
    this.run = run;
    this.recipe = run.recipe();
    this.structure = run.inputs().structure();
  }

  /**
   * Scores all choices in one loaded session and writes {@code sweep.json}, {@code sweep.csv} and
   * {@code sweep.svg} beside moments and networks.
   *
   * @param force whether an earlier result may be replaced
   * @throws UsageException when recipe, model or data are unusable
   */
  public static SweepReport run(
      Recipe recipe, SweepOptions options, boolean force, Pipeline.Listener listener)
      throws IOException {
    return MaskRun.start(
        recipe,
        COMMAND,
        inputs -> counts(inputs.structure(), options),
        force,
        listener,
        run -> new Sweep(run).result(options));
  }

  private MaskRun.Result<SweepReport> result(SweepOptions options) {
    ImmutableIntArray counts = counts(structure, options);
    ImmutableList<SweepReport.Preserved> preserved =
        run.each(
            "networks left", counts.asList().stream().map(this::left).toList(), this::preserved);
    ImmutableList<SweepReport.Selected> selected =
        run.each(
            "selectors",
            planned(options),
            planned ->
                new SweepReport.Selected(
                    planned.selector,
                    planned.sparsity,
                    neurons(planned.plan),
                    run.tasks().keeping(planned.plan)));
    SweepReport report =
        new SweepReport(
            Version.current(),
            recipe,
            run.device(),
            structure,
            run.tasks().dense(),
            preserved,
            selected,
            ImmutableList.copyOf(run.warnings()));
    return new MaskRun.Result<>(
        report,
        ImmutableMap.of(
            "sweep.csv", SweepFiles.csv(report),
            "sweep.svg", SweepFiles.svg(report),
            "sweep.json", Json.pretty(SweepFiles.json(report))));
  }

  /** The numbers of networks that some unit is wide enough for. */
  private static ImmutableIntArray counts(Structure structure, SweepOptions options) {
    int widest = structure.units().stream().mapToInt(PrunableUnit::positions).max().orElse(0);
    int most = options.networks().get(options.networks().length() - 1);
    if (options.given() && most > widest) {
      throw new UsageException(
          "--networks " + most + ": the widest unit has " + widest + " neurons",
          "ask for " + widest + " networks at most, or choose other --targets");
    }
    ImmutableIntArray fitting =
        ImmutableIntArray.copyOf(options.networks().stream().filter(k -> k <= widest));
    return fitting.isEmpty() ? ImmutableIntArray.of(widest) : fitting;
  }

  private record Left(int networks, Neurons neurons) {}

  /** The key neurons of so many networks of every unit. */
  private Left left(int count) {
    ImmutableMap<String, NetworkMaps> found =
        run.discovery()
            .find(run.captures(), recipe.networks().with(new Networks.Components.Fixed(count)));
    found.forEach(
        (unit, maps) ->
            maps.complaints()
                .forEach(c -> run.listener().warn(count + " networks, " + unit + ": " + c)));
    return new Left(count, KeyNeurons.of(found, recipe.networks().threshold()).union());
  }

  private SweepReport.Preserved preserved(Left left) {
    Neurons random = RandomNeurons.asMany(structure, left.neurons, run.seedOfDraw(0));
    return new SweepReport.Preserved(
        left.networks,
        left.neurons.count(),
        run.tasks().scaled(left.neurons.others(structure), 0),
        run.tasks().scaled(random.others(structure), 0));
  }

  private record Planned(String selector, double sparsity, PruningPlan plan) {}

  private List<Planned> planned(SweepOptions options) {
    List<Planned> planned = new ArrayList<>();
    Map<Double, String> problems = new LinkedHashMap<>();
    choices()
        .forEach(
            (selector, choice) ->
                options
                    .sparsities()
                    .forEach(
                        sparsity -> {
                          try {
                            planned.add(new Planned(selector, sparsity, plan(choice, sparsity)));
                          } catch (UsageException e) {
                            problems.putIfAbsent(sparsity, String.valueOf(e.getMessage()));
                          }
                        }));
    problems.forEach(
        (sparsity, problem) ->
            run.listener().warn("sparsity " + sparsity + " is left out: " + problem));
    return planned;
  }

  /** Every selector in every form, by its name; but not the search among them. */
  private Map<String, Recipe.Prune> choices() {
    Recipe.AllocationRule rule = rule();
    Map<String, Recipe.Prune> choices = new LinkedHashMap<>();
    for (Recipe.SelectorName name : Recipe.SelectorName.values()) {
      if (name == Recipe.SelectorName.AUTO) {
        continue;
      }
      for (Recipe.Form form : Recipe.Form.values()) {
        Recipe.Prune prune = recipe.prune().choosing(name, form, recipe.prune().beta(), rule);
        choices.putIfAbsent(Selectors.of(prune).name(), prune);
      }
    }
    return choices;
  }

  /** The recipe's, unless it needs more than moments and networks. */
  private Recipe.AllocationRule rule() {
    Recipe.AllocationRule rule = recipe.prune().allocationRule();
    return switch (rule) {
      case UNIFORM, GLOBAL, Z_SCORE -> rule;
      case SENSITIVITY, CURVATURE -> {
        run.listener().warn("a sweep measures no sensitivity: its budgets are spread uniformly");
        yield Recipe.AllocationRule.UNIFORM;
      }
    };
  }

  /** What a selector keeps; masks need no round widths. */
  private PruningPlan plan(Recipe.Prune choice, double sparsity) {
    return Planner.plan(
        run.inputs().dense(),
        structure,
        run.captures().moments().all(),
        run.networks(),
        choice.removing(sparsity),
        recipe.seed());
  }

  private static int neurons(PruningPlan plan) {
    return plan.units().stream().mapToInt(unit -> unit.kept().length() * unit.unitSize()).sum();
  }
}
