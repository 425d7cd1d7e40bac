package org.fnprune.capture;

import com.google.common.hash.PrimitiveSink;
import org.fnprune.linalg.Matrix;

/**
 * An affine map of signals h ∈ R^d, as a row, to k numbers: h · directions + offset.
 *
 * @param directions d × k
 * @param offset 1 × k
 */
public record Projection(Matrix directions, Matrix offset) {

  public Projection {
    if (offset.rows() != 1 || offset.cols() != directions.cols()) {
      throw new IllegalArgumentException(
          "directions are " + directions + " but offset is " + offset);
    }
  }

  /** Feeds a hash with all its numbers. */
  void identify(PrimitiveSink hash) {
    directions.identify(hash);
    offset.identify(hash);
  }
}
