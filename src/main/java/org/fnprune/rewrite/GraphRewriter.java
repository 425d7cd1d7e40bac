package org.fnprune.rewrite;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TensorData;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.Projection;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Shapes;
import org.fnprune.structure.Structure;
import org.fnprune.structure.WeightSlice;

/**
 * Removes the channels that a plan drops: cuts weights and biases, changes the sizes written into
 * the graph, and puts in fitted projections. Names of tensors and nodes stay.
 */
public final class GraphRewriter {

  private final GraphEditor editor;
  private final NumberEditor numbers;
  private final Graph dense;
  private final Declarations declarations = new Declarations();

  private GraphRewriter(Graph dense) {
    this.dense = dense;
    this.editor = new GraphEditor(dense);
    this.numbers = new NumberEditor(editor, new Shapes(dense));
  }

  /**
   * The slim model.
   *
   * @param plan which channels stay; units of the structure that it does not name stay whole
   * @param fits compensated projections by unit id; units without one keep their weights' values
   */
  public static OnnxModel rewrite(
      Graph dense,
      Structure structure,
      PruningPlan plan,
      ImmutableMap<String, Compensation.Fit> fits) {
    GraphRewriter rewriter = new GraphRewriter(dense);
    Map<String, PrunableUnit> units = new HashMap<>();
    structure.units().forEach(unit -> units.put(unit.id(), unit));
    for (UnitPlan planned : plan.units()) {
      PrunableUnit unit = units.get(planned.id());
      if (unit == null) {
        throw new IllegalArgumentException("the model has no unit '" + planned.id() + "'");
      }
      if (!planned.keepsAll()) {
        rewriter.prune(unit, planned.kept());
        Compensation.Fit fit = fits.get(unit.id());
        if (fit != null) {
          rewriter.fit(unit, fit);
        }
      }
    }
    return rewriter.finish();
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
      editor.slice(slice.use(), slice.channels().axis(), slice.channels().positionsOf(channels));
    }
    numbers.apply(unit.edits(), channels);
    unit.tensors()
        .forEach(
            (tensor, axis) ->
                declarations.narrow(
                    tensor, axis.axis(), axis.width(), axis.positionsOf(channels).length));
  }

  /** Whether both branches of an If use a weight alike: it is cut once. */
  private boolean isSame(WeightSlice slice, WeightSlice other) {
    return dense.exclude(slice.use().node(), other.use().node())
        && slice.channels().equals(other.channels());
  }

  private void fit(PrunableUnit unit, Compensation.Fit fit) {
    BiasEditor biases = new BiasEditor(editor);
    int from = 0;
    for (Projection consumer : unit.consumers()) {
      TensorData original = ConsumerWeights.tensor(dense, consumer);
      int columns = original.dim(consumer.transposed() ? 0 : 1);
      int[] range = IntStream.range(from, from + columns).toArray();
      from += columns;
      TensorData stored = FittedWeight.stored(dense, consumer, fit.weight().selectCols(range));
      String name = editor.node(consumer.node()).getInput(consumer.weightInput());
      editor.put(stored.named(name).toProto());
      Matrix shift = fit.biasShift().selectCols(range);
      if (!isZero(shift)) {
        biases.add(consumer.node(), shift, original.type());
      }
    }
  }

  private static boolean isZero(Matrix shift) {
    return IntStream.range(0, shift.cols()).allMatch(i -> shift.get(0, i) == 0);
  }

  private OnnxModel finish() {
    OnnxModel slim = editor.build();
    return slim.withGraph(declarations.update(slim.graph(), dense));
  }
}
