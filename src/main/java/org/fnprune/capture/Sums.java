package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import java.util.Optional;
import java.util.stream.Stream;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrix;

/**
 * What the first passes add up of one signal.
 *
 * @param values Σh
 * @param squares Σh², where it is not the diagonal of {@code gram}
 * @param gram Σhhᵀ, where it fits
 * @param neighbours Σ_t h_t h_{t+1}, where it is asked for
 */
record Sums(
    Signal signal,
    VectorSum values,
    Optional<VectorSum> squares,
    Optional<GramSum> gram,
    Optional<VectorSum> neighbours) {

  /** All products of neurons. */
  static Sums whole(String rows, Signal signal, boolean lag) {
    return new Sums(
        signal,
        sum(rows, signal, VectorSum.Of.VALUES),
        Optional.empty(),
        Optional.of(new GramSum(rows, signal.width())),
        neighbours(rows, signal, lag));
  }

  /** Squares alone. */
  static Sums ofWide(String rows, Signal signal, boolean lag) {
    return new Sums(
        signal,
        sum(rows, signal, VectorSum.Of.VALUES),
        Optional.of(sum(rows, signal, VectorSum.Of.SQUARES)),
        Optional.empty(),
        neighbours(rows, signal, lag));
  }

  private static VectorSum sum(String rows, Signal signal, VectorSum.Of of) {
    return new VectorSum(rows, of, signal.width());
  }

  private static Optional<VectorSum> neighbours(String rows, Signal signal, boolean lag) {
    return lag ? Optional.of(sum(rows, signal, VectorSum.Of.NEIGHBOURS)) : Optional.empty();
  }

  ImmutableList<Measurement> measurements() {
    return Stream.of(Optional.of(values), squares, gram, neighbours)
        .<Measurement>flatMap(Optional::stream)
        .collect(ImmutableList.toImmutableList());
  }

  /** n, Σh and Σhhᵀ; to be asked for once. */
  Moments moments() {
    return new Moments(values.count(), sum(), finite(gram.orElseThrow().toMatrix()));
  }

  /** Σh, 1 × d. */
  Matrix sum() {
    return finite(values.sum());
  }

  /** Σh² of a wide signal, 1 × d. */
  Matrix sumOfSquares() {
    return finite(squares.orElseThrow().sum());
  }

  Optional<LagProducts> lag() {
    return neighbours.map(n -> new LagProducts(n.count(), n.sum()));
  }

  private Matrix finite(Matrix matrix) {
    if (!matrix.isFinite()) {
      throw new UsageException(
          "the activations of unit '" + signal.id() + "' are not all finite numbers",
          "the model overflows on this text; check it with 'fnprune eval'");
    }
    return matrix;
  }
}
