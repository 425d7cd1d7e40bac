package org.fnprune.rewrite;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.FloatEnds;
import org.fnprune.structure.Projection;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.QuantisedWeight;
import org.fnprune.structure.Shapes;
import org.fnprune.structure.Structure;
import org.fnprune.structure.UnitKind;
import org.fnprune.structure.WeightSlice;
import org.jspecify.annotations.Nullable;

/**
 * Removes the channels that a plan drops: cuts weights and biases, changes the sizes written into
 * the graph, and puts in fitted projections. Names of tensors and nodes stay.
 */
public final class GraphRewriter {

  private final GraphEditor editor;
  private final Shapes shapes;
  private final NumberEditor numbers;
  private final Graph dense;
  private final Declarations declarations = new Declarations();

  /** What stays of the outputs of projections, by node. */
  private final Map<Integer, ImmutableIntArray> outputs = new HashMap<>();

  private GraphRewriter(Graph dense) {
    this.dense = dense;
    this.editor = new GraphEditor(dense);
    this.shapes = new Shapes(dense);
    this.numbers = new NumberEditor(editor, shapes);
  }

  /**
   * The slim model.
   *
   * @param plan which channels stay; units of the structure that it does not name stay whole
   * @param fits compensated projections by unit id, of whole units, too; units without one keep
   *     their weights' values
   */
  public static OnnxModel rewrite(
      Graph dense,
      Structure structure,
      PruningPlan plan,
      ImmutableMap<String, Compensation.Fit> fits) {
    GraphRewriter rewriter = new GraphRewriter(dense);
    Map<String, PrunableUnit> units = new HashMap<>();
    structure.units().forEach(unit -> units.put(unit.id(), unit));
    Map<PrunableUnit, ImmutableIntArray> outputs = new LinkedHashMap<>();
    plan.pruned().values().stream()
        .filter(planned -> planned.kind().equals(UnitKind.FFN_OUT.label()))
        .forEach(planned -> outputs.put(unit(units, planned), planned.kept()));
    outputs.forEach((unit, kept) -> rewriter.outputs.put(projection(unit), kept));
    for (UnitPlan planned : plan.units()) {
      PrunableUnit unit = unit(units, planned);
      if (!planned.keepsAll() && !outputs.containsKey(unit)) {
        rewriter.prune(unit, planned.kept());
        Optional.ofNullable(fits.get(unit.id())).ifPresent(fit -> rewriter.fit(unit, fit));
      }
    }
    structure.units().stream()
        .filter(unit -> !plan.pruned().containsKey(unit.id()))
        .forEach(
            unit ->
                Optional.ofNullable(fits.get(unit.id())).ifPresent(fit -> rewriter.fit(unit, fit)));
    // Last, for they cut what other units' fits have put in: columns of fitted rows.
    outputs.forEach((unit, kept) -> rewriter.narrow(unit, kept, fits.get(unit.id())));
    return rewriter.finish();
  }

  private static PrunableUnit unit(Map<String, PrunableUnit> units, UnitPlan planned) {
    PrunableUnit unit = units.get(planned.id());
    if (unit == null) {
      throw new IllegalArgumentException("the model has no unit '" + planned.id() + "'");
    }
    return unit;
  }

  /** The down projection that makes a unit's outputs. */
  private static int projection(PrunableUnit outputs) {
    return outputs.slices().get(0).use().node();
  }

  private void prune(PrunableUnit unit, ImmutableIntArray kept) {
    BitSet channels = new BitSet();
    kept.forEach(channels::set);
    Map<String, WeightSlice> cut = new HashMap<>();
    for (WeightSlice slice : unit.slices()) {
      WeightSlice other = cut.putIfAbsent(slice.storage(), slice);
      if (other != null && isSame(slice, other)) {
        editor.share(other.use(), slice.use());
        continue;
      }
      cut(slice, slice.channels().positionsOf(channels));
    }
    numbers.apply(unit.edits(), channels);
    unit.tensors()
        .forEach(
            (tensor, axis) ->
                declarations.narrow(
                    tensor, axis.axis(), axis.width(), axis.positionsOf(channels).length));
  }

  /** Integers in blocks are cut together with their scales. */
  private void cut(WeightSlice slice, int[] positions) {
    int axis = slice.channels().axis();
    QuantisedWeight.of(dense, slice.use())
        .filter(QuantisedWeight::isInBlocks)
        .ifPresentOrElse(
            weight -> QuantisedEditor.cut(editor, weight, axis, positions),
            () -> editor.slice(slice.use(), axis, positions));
  }

  /** Whether both branches of an If use a weight alike: it is cut once. */
  private boolean isSame(WeightSlice slice, WeightSlice other) {
    return dense.exclude(slice.use().node(), other.use().node())
        && slice.channels().equals(other.channels());
  }

  /** Removes outputs of a down projection and spreads the others. */
  private void narrow(PrunableUnit unit, ImmutableIntArray kept, Compensation.@Nullable Fit fit) {
    cutAddedBias(unit, kept);
    prune(unit, kept);
    int node = dense.producer(unit.activation()).orElseThrow();
    Matrix constant = fit == null || Correction.isZero(fit.biasShift()) ? null : fit.biasShift();
    OutputSpread.add(
        editor, unit, node, shapes.rank(unit.activation()).orElseThrow(), kept, constant);
  }

  /** A Gemm without a bias has one by now if its unit was compensated. */
  private void cutAddedBias(PrunableUnit unit, ImmutableIntArray kept) {
    int node = projection(unit);
    boolean added =
        Graph.is(dense.node(node), "Gemm")
            && dense.node(node).getInputCount() < 3
            && editor.node(node).getInputCount() == 3;
    if (added) {
      editor.slice(new Graph.Use(node, 2), -1, kept.toArray());
    }
  }

  private void fit(PrunableUnit unit, Compensation.Fit fit) {
    int from = 0;
    for (Projection consumer : ConsumerWeights.projections(dense, unit)) {
      int columns = ConsumerWeights.outputs(dense, consumer);
      int[] range = IntStream.range(from, from + columns).toArray();
      from += columns;
      for (Projection same : withOtherBranches(unit, consumer)) {
        if (fit.changesWeight()) {
          FittedWeight.write(editor, same, fit.weight().selectCols(range));
        }
        shift(same, fit.biasShift().selectCols(range));
      }
    }
  }

  /** A consumer, and those that multiply by the same weight in the other branch of an If. */
  private List<Projection> withOtherBranches(PrunableUnit unit, Projection consumer) {
    return unit.consumers().stream()
        .filter(
            other ->
                other.equals(consumer)
                    || (weight(other).equals(weight(consumer))
                        && dense.exclude(other.node(), consumer.node())))
        .toList();
  }

  private String weight(Projection consumer) {
    return dense.storage(dense.node(consumer.node()).getInput(consumer.weightInput()));
  }

  private void shift(Projection consumer, Matrix biasShift) {
    Matrix shift = ofKeptOutputs(consumer, biasShift);
    if (!Correction.isZero(shift)) {
      new BiasEditor(editor)
          .add(
              FloatEnds.result(dense, consumer).orElseThrow(),
              shift,
              ConsumerWeights.type(dense, consumer));
    }
  }

  /** Outputs that are gone have no bias: what stands for them is theirs alone. */
  private Matrix ofKeptOutputs(Projection consumer, Matrix shift) {
    ImmutableIntArray kept = outputs.get(consumer.node());
    return kept == null
        ? shift
        : Matrix.tabulate(1, shift.cols(), (i, j) -> kept.contains(j) ? shift.get(i, j) : 0);
  }

  private OnnxModel finish() {
    OnnxModel slim = editor.build();
    return slim.withGraph(declarations.update(slim.graph(), dense));
  }
}
