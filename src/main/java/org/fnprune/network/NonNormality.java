package org.fnprune.network;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.fnprune.linalg.Matrix;

/** How far a component of zero mean and unit variance is from a normal one, which scores 0. */
final class NonNormality {

  /** E log cosh ν = ∫ log cosh u · exp(−u²/2) / √(2π) du, by Gauss and Hermite's quadrature. */
  private static final double NORMAL = 0.374567207491438;

  private NonNormality() {}

  /** {@code measure} of each row. */
  static ImmutableDoubleArray ofRows(Matrix components, ToDoubleFunction<double[]> measure) {
    return ImmutableDoubleArray.copyOf(
        IntStream.range(0, components.rows())
            .mapToDouble(i -> measure.applyAsDouble(components.row(i))));
  }

  /**
   * The approximation J(y) = (E G(y) − E G(ν))² of negentropy with G(u) = log cosh u and ν standard
   * normal (Hyvärinen and Oja 2000, equations 25 and 26).
   */
  static double negentropy(double[] y) {
    double difference = Arrays.stream(y).map(NonNormality::logCosh).average().orElse(0) - NORMAL;
    return difference * difference;
  }

  /** |u| + log(1 + e^(−2|u|)) − log 2 does not overflow. */
  private static double logCosh(double u) {
    double size = Math.abs(u);
    return size + Math.log1p(Math.exp(-2 * size)) - Math.log(2);
  }

  /** E y⁴ − 3: positive for sparse components, at least −2. */
  static double excessKurtosis(double[] y) {
    return Arrays.stream(y).map(u -> u * u * u * u).average().orElse(0) - 3;
  }
}
