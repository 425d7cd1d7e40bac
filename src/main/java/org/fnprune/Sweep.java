package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import org.fnprune.common.Json;
import org.fnprune.common.UsageException;
import org.fnprune.network.KeyNeurons;
import org.fnprune.network.NetworkMaps;
import org.fnprune.recipe.Networks;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.SweepOptions;
import org.fnprune.report.SweepFiles;
import org.fnprune.report.SweepReport;
import org.fnprune.select.RandomNeurons;
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
            SelectorPlan.all(run, options.sparsities()),
            planned ->
                new SweepReport.Selected(
                    planned.selector(),
                    planned.sparsity(),
                    planned.neurons(),
                    run.tasks().keeping(planned.plan())));
    SweepReport report =
        new SweepReport(
            Version.current(),
            recipe,
            run.device(),
            structure,
            run.tasks().dense(),
            preserved,
            selected,
            run.listener().warnings());
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
}
