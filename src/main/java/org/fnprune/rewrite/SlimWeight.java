package org.fnprune.rewrite;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.Graph;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.Projection;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.UnitKind;

/**
 * The weight of the projections behind a slim unit, side by side: what it is without a fit, and
 * what the model's type can store of another.
 */
final class SlimWeight {

  private final Matrix dense;
  private final ImmutableIntArray kept;
  private final Matrix stored;
  private final UnaryOperator<Matrix> nearest;

  private SlimWeight(
      Matrix dense, ImmutableIntArray kept, Matrix stored, UnaryOperator<Matrix> nearest) {
    if (!dense.isFinite()) {
      throw new IllegalArgumentException("the weight holds values that are not finite");
    }
    this.dense = dense;
    this.kept = kept;
    this.stored = stored;
    this.nearest = nearest;
  }

  /** A weight whose type can store everything. */
  static SlimWeight exact(Matrix dense, ImmutableIntArray kept) {
    return new SlimWeight(dense, kept, dense.selectRows(kept.toArray()), UnaryOperator.identity());
  }

  /**
   * The weight of a unit of a model.
   *
   * @param kept the positions that stay
   */
  static SlimWeight of(Graph graph, PrunableUnit unit, ImmutableIntArray kept) {
    Matrix dense = ConsumerWeights.read(graph, unit);
    if (unit.kind() == UnitKind.FFN_OUT) {
      return exact(dense, kept);
    }
    List<Projection> consumers = ConsumerWeights.projections(graph, unit);
    Matrix stored =
        Matrix.beside(consumers.stream().map(c -> FittedWeight.kept(graph, c, kept)).toList());
    return new SlimWeight(
        dense,
        kept,
        stored,
        fitted -> {
          List<Matrix> parts = new ArrayList<>();
          int from = 0;
          for (Projection consumer : consumers) {
            int to = from + ConsumerWeights.outputs(graph, consumer);
            parts.add(FittedWeight.nearest(graph, consumer, fitted.columns(from, to)));
            from = to;
          }
          return Matrix.beside(parts);
        });
  }

  /** The slim weight without a fit, kept × m: quantised blocks that broke are rounded anew. */
  Matrix stored() {
    return stored;
  }

  /** Positions that stay. */
  ImmutableIntArray kept() {
    return kept;
  }

  /** What the slim output lacks without a fit: D of e = h D, d × m. */
  Matrix lost() {
    int[] places = places(kept.toArray(), dense.rows());
    return Matrix.tabulate(
        dense.rows(),
        dense.cols(),
        (i, j) -> dense.get(i, j) - (places[i] < 0 ? 0 : stored.get(places[i], j)));
  }

  /** The change of the stored weight that its type makes of {@code change}. */
  Matrix storable(Matrix change) {
    return nearest.apply(stored.plus(change)).minus(stored);
  }

  /** Rows put in their places among {@code count}, the others zero. */
  static Matrix spread(Matrix rows, int[] indices, int count) {
    int[] places = places(indices, count);
    return Matrix.tabulate(
        count, rows.cols(), (i, j) -> places[i] < 0 ? 0 : rows.get(places[i], j));
  }

  /** Where each of {@code count} rows is among the indices; −1 where it is not. */
  private static int[] places(int[] indices, int count) {
    int[] places = new int[count];
    Arrays.fill(places, -1);
    for (int i = 0; i < indices.length; i++) {
      places[indices[i]] = i;
    }
    return places;
  }
}
