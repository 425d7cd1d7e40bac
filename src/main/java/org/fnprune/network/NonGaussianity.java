package org.fnprune.network;

import com.google.common.primitives.ImmutableDoubleArray;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.ZScore;

/**
 * How far from normal a component is: the approximation J(y) = (E G(y) − E G(ν))² of its negentropy
 * with G(u) = log cosh u and ν standard normal (Hyvärinen and Oja 2000, equations 25 and 26). 0 for
 * a normal component.
 */
final class NonGaussianity {

  /** E log cosh ν. */
  private static final double NORMAL = 0.37456720749143;

  private NonGaussianity() {}

  /**
   * J of every component W X, z-scored.
   *
   * @param unmixing W, k × k
   * @param white X, k × samples
   */
  static ImmutableDoubleArray of(Matrix unmixing, Matrix white) {
    ImmutableDoubleArray.Builder negentropy = ImmutableDoubleArray.builder(unmixing.rows());
    for (int i = 0; i < unmixing.rows(); i++) {
      double[] component = unmixing.selectRows(new int[] {i}).times(white).row(0);
      double sum = 0;
      for (double y : ZScore.of(component)) {
        // log cosh y = |y| + log(1 + e^(−2|y|)) − log 2 does not overflow.
        double size = Math.abs(y);
        sum += size + Math.log1p(Math.exp(-2 * size)) - Math.log(2);
      }
      double difference = sum / white.cols() - NORMAL;
      negentropy.add(difference * difference);
    }
    return negentropy.build();
  }
}
