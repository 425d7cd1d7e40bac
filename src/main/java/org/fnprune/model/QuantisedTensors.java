package org.fnprune.model;

import com.google.common.collect.ImmutableList;
import org.jspecify.annotations.Nullable;

/** The tensors that a file stores a quantised matrix in. */
public sealed interface QuantisedTensors permits LinearTensors, BlockTensors {

  /** The integers. */
  TensorData integers();

  /** The scales. */
  TensorData scales();

  /** The zero points; null where they are left out. */
  @Nullable TensorData zeroPoints();

  /**
   * The matrix, rows × cols as it is stored.
   *
   * @throws org.fnprune.common.UsageException when the tensors do not fit each other
   */
  QuantisedMatrix matrix();

  /** Another matrix of the same scheme, stored in the same way under the same names. */
  QuantisedTensors storing(QuantisedMatrix matrix);

  /** The scales of a matrix in a tensor of the same kind. */
  default TensorData scalesOf(QuantisedMatrix matrix, ImmutableList<Long> dims) {
    double[] scales = new double[matrix.tiling().count()];
    for (int tile = 0; tile < scales.length; tile++) {
      scales[tile] = matrix.step(tile).scale();
    }
    return TensorData.ofDoubles(scales().name(), scales().type(), dims, scales);
  }
}
