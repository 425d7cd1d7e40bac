package org.fnprune.rewrite;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fnprune.capture.DenseSums;
import org.fnprune.capture.ErrorCapture;
import org.fnprune.capture.ErrorCapture.Place;
import org.fnprune.capture.SlimPrefix;
import org.fnprune.capture.SplitErrors;
import org.fnprune.common.Progress;
import org.fnprune.data.CalibrationText;
import org.fnprune.model.Graph;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.FloatEnds;
import org.fnprune.structure.Projection;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.ResidualSum;
import org.fnprune.structure.Structure;
import org.fnprune.structure.UnitKind;

/**
 * Fits the projections one behind the other. For each unit, in the order of the graph:
 *
 * <ol>
 *   <li>slim the model with all fits so far
 *   <li>run it beside the dense one over the calibration text, and measure the error of the
 *       residual stream behind the unit
 *   <li>fit the error on what the slim unit's neurons do, so that it also makes up for the layers
 *       before it
 * </ol>
 *
 * <p>Whole units behind the first pruned one are fitted, too, which costs no parameter: they have
 * nothing to make up for but what came before them, and get no bias where they have none.
 *
 * <p>What a slim model computes up to the unit before the last one is final: where memory allows it
 * is kept, and captures begin there.
 */
record SequentialCompensation(
    Graph dense,
    Structure structure,
    PruningPlan plan,
    SingleCompensation single,
    List<CalibrationText> texts,
    RuntimeOptions device,
    Progress progress) {

  /** What a whole unit must save of the error for its weight to be touched. */
  private static final double WORTHWHILE = 1e-3;

  /** The share of the Java heap's limit that the dense model's residual streams may take. */
  private static final int SHARE_OF_MEMORY = 4;

  /** Whether a unit has one projection, which can be fitted and adds to a residual stream. */
  static boolean canFit(Graph dense, PrunableUnit unit) {
    return Fittable.obstacleToBias(dense, unit).isEmpty()
        && Fittable.obstacleToWeight(dense, unit).isEmpty()
        && Fittable.stream(dense, unit).isPresent();
  }

  /**
   * Fits all units that can be and have no fit yet.
   *
   * @param fitted fits by unit id that are there from the start
   */
  ImmutableMap<String, Compensation.Fit> fit(ImmutableMap<String, Compensation.Fit> fitted) {
    ImmutableList<PrunableUnit> units = units(fitted.keySet());
    ImmutableMap.Builder<ResidualSum, Integer> widths = ImmutableMap.builder();
    units.stream()
        .map(unit -> place(unit, unit.positions()))
        .forEach(place -> widths.put(place.sum(), place.outputs()));
    long tokens = texts.stream().mapToLong(t -> t.fittingTokens() + t.heldOutTokens()).sum();
    progress.start("compensate", tokens * units.size(), "tokens");
    Map<String, Compensation.Fit> fits = new LinkedHashMap<>(fitted);
    try (DenseSums sums =
        new DenseSums(
            dense.model(),
            widths.buildKeepingLast(),
            texts,
            device,
            Runtime.getRuntime().maxMemory() / SHARE_OF_MEMORY)) {
      SlimPrefix prefix = new SlimPrefix();
      for (int i = 0; i < units.size(); i++) {
        if (i > 0 && sums.areKept()) {
          settled(units.get(i - 1), units.get(i)).ifPresent(prefix::keep);
        }
        fit(units.get(i), sums, prefix, fits);
      }
    }
    progress.done();
    return ImmutableMap.copyOf(fits);
  }

  /**
   * The stream behind a unit that was just fitted, where no later fit changes it: the captures
   * after the next one can begin there.
   */
  private Optional<String> settled(PrunableUnit fitted, PrunableUnit next) {
    return Fittable.canBeginInside(dense)
        ? Fittable.total(dense, place(fitted, fitted.positions()).sum())
            .filter(sum -> dense.producer(sum).orElseThrow() < node(next))
        : Optional.empty();
  }

  private void fit(
      PrunableUnit unit, DenseSums sums, SlimPrefix prefix, Map<String, Compensation.Fit> fits) {
    UnitPlan planned = plan.pruned().get(unit.id());
    ImmutableIntArray kept =
        planned == null
            ? ImmutableIntArray.copyOf(IntStream.range(0, unit.positions()))
            : planned.keptPositions();
    SlimWeight weight = SlimWeight.of(dense, unit, kept);
    SplitErrors errors =
        ErrorCapture.run(
            sums,
            GraphRewriter.rewrite(dense, structure, plan, ImmutableMap.copyOf(fits)),
            place(unit, kept.length()),
            prefix,
            texts,
            device,
            progress);
    ImmutableList<Double> ridges =
        HeldOutChoice.ridges(
            single.options().ridge(),
            errors.heldOut().isPresent(),
            FittedWeight.isRounded(dense, unit));
    if (planned != null) {
      HeldOutChoice choice = HeldOutChoice.of(errors, weight, ridges, 0);
      fits.put(unit.id(), single.chosen(unit, weight, choice).compact());
      return;
    }
    HeldOutChoice choice =
        HeldOutChoice.of(hasBias(unit) ? errors : errors.aboutZero(), weight, ridges, WORTHWHILE);
    if (!choice.correction().isNone()) {
      fits.put(unit.id(), choice.fit(weight).compact());
    }
  }

  /** The pruned units and the whole ones behind them, in the order of their projections. */
  private ImmutableList<PrunableUnit> units(Set<String> fitted) {
    List<PrunableUnit> pruned =
        structure.units().stream().filter(u -> plan.pruned().containsKey(u.id())).toList();
    Set<Integer> taken =
        pruned.stream()
            .flatMap(unit -> unit.consumers().stream())
            .map(Projection::node)
            .collect(Collectors.toSet());
    int first = pruned.stream().mapToInt(SequentialCompensation::node).min().orElse(0);
    Stream<PrunableUnit> whole =
        structure.units().stream()
            .filter(unit -> !pruned.contains(unit) && node(unit) > first)
            .filter(unit -> unit.consumers().stream().noneMatch(c -> taken.contains(c.node())))
            .filter(unit -> canFit(dense, unit) && hasWeightOfItsOwn(unit));
    return Stream.concat(pruned.stream().filter(unit -> !fitted.contains(unit.id())), whole)
        .sorted(Comparator.comparingInt(SequentialCompensation::node))
        .collect(ImmutableList.toImmutableList());
  }

  /** A weight that others read, too, would be there twice once it is fitted. */
  private boolean hasWeightOfItsOwn(PrunableUnit unit) {
    Projection consumer = ConsumerWeights.projections(dense, unit).get(0);
    String weight = dense.storage(dense.node(consumer.node()).getInput(consumer.weightInput()));
    Set<Integer> own = unit.consumers().stream().map(Projection::node).collect(Collectors.toSet());
    return !dense.leavesMainGraph(weight)
        && dense.usesOfStorage(weight).stream().allMatch(use -> own.contains(use.node()));
  }

  /** A new bias would be parameters that no plan has counted. */
  private boolean hasBias(PrunableUnit unit) {
    Projection consumer = ConsumerWeights.projections(dense, unit).get(0);
    return FloatEnds.result(dense, consumer)
        .filter(node -> BiasEditor.hasBias(dense, node, ConsumerWeights.outputs(dense, consumer)))
        .isPresent();
  }

  /** The projection; of outputs of a down projection the one that makes them. */
  private static int node(PrunableUnit unit) {
    if (unit.kind() == UnitKind.FFN_OUT) {
      return unit.slices().get(0).use().node();
    }
    return unit.consumers().stream().mapToInt(Projection::node).min().orElse(0);
  }

  private Place place(PrunableUnit unit, int width) {
    Projection consumer = ConsumerWeights.projections(dense, unit).get(0);
    return new Place(
        unit.activation(),
        width,
        ConsumerWeights.outputs(dense, consumer),
        Fittable.stream(dense, unit).orElseThrow());
  }
}
