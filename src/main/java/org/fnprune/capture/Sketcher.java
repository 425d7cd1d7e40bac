package org.fnprune.capture;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fnprune.linalg.BlockKrylov;
import org.fnprune.linalg.Matrix;

/**
 * Finds the strongest directions of the correlation matrices of several signals at once. Each
 * search runs on a thread of its own and waits where it needs its operator; when all wait, one pass
 * over the text answers them.
 */
final class Sketcher {

  private final TextPass text;
  private final CaptureOptions options;

  Sketcher(TextPass text, CaptureOptions options) {
    this.text = text;
    this.options = options;
  }

  /**
   * Sketches signals.
   *
   * @param sums Σh and Σh² of the signals
   */
  ImmutableMap<Signal, Sketch> sketch(List<Sums> sums) {
    Map<Signal, Standard> standards = new LinkedHashMap<>();
    sums.forEach(s -> standards.put(s.signal(), Standard.of(s)));
    return Rendezvous.run(
        standards.keySet(),
        (signal, operator) -> search(requireNonNull(standards.get(signal)), operator),
        blocks -> apply(standards, blocks));
  }

  /** Mean and deviation of a signal's neurons. */
  private record Standard(Sketch bare, ImmutableIntArray live, Matrix scale, Matrix shift) {

    static Standard of(Sums sums) {
      Matrix none = Matrix.zeros(sums.signal().width(), 0);
      Sketch bare =
          new Sketch(
              sums.values().count(),
              sums.sum(),
              sums.sumOfSquares(),
              ImmutableDoubleArray.of(),
              none,
              0);
      ImmutableIntArray live = LiveNeurons.of(bare);
      double[] scale = new double[bare.width()];
      Matrix variance = bare.variance();
      live.forEach(j -> scale[j] = 1 / Math.sqrt(variance.get(0, j)));
      Matrix mean = bare.mean();
      return new Standard(
          bare,
          live,
          Matrix.of(1, scale.length, scale),
          Matrix.tabulate(1, scale.length, (i, j) -> mean.get(0, j) * scale[j]));
    }
  }

  private Sketch search(Standard standard, BlockKrylov.Operator operator) {
    Sketch bare = standard.bare();
    int rank = Math.min(options.rank(), standard.live().length());
    if (rank == 0) {
      return bare;
    }
    int[] live = standard.live().toArray();
    BlockKrylov.Pairs pairs =
        BlockKrylov.top(
            block -> operator.apply(spread(block, live, bare.width())).selectRows(live),
            live.length,
            rank,
            options.rank() + CapturePlan.OVERSAMPLING,
            options.seed(),
            CapturePlan.APPLICATIONS,
            0);
    return new Sketch(
        bare.count(),
        bare.sum(),
        bare.squares(),
        pairs.values(),
        spread(pairs.vectors(), live, bare.width()),
        pairs.relativeResidual());
  }

  /** Rows at their places among {@code count}; zero elsewhere. */
  private static Matrix spread(Matrix rows, int[] places, int count) {
    double[] values = new double[Math.multiplyExact(count, rows.cols())];
    for (int i = 0; i < places.length; i++) {
      System.arraycopy(rows.row(i), 0, values, places[i] * rows.cols(), rows.cols());
    }
    return Matrix.of(count, rows.cols(), values);
  }

  private Map<Signal, Matrix> apply(Map<Signal, Standard> standards, Map<Signal, Matrix> blocks) {
    List<Signal> signals = List.copyOf(blocks.keySet());
    Map<Signal, CorrelationProduct> products = new LinkedHashMap<>();
    for (int i = 0; i < signals.size(); i++) {
      Standard standard = requireNonNull(standards.get(signals.get(i)));
      products.put(
          signals.get(i),
          new CorrelationProduct(
              TextPass.rows(i),
              standard.scale(),
              standard.shift(),
              requireNonNull(blocks.get(signals.get(i)))));
    }
    text.run(signals, products.values().stream().map(List::of).toList());
    return ImmutableMap.copyOf(Maps.transformValues(products, CorrelationProduct::product));
  }
}
