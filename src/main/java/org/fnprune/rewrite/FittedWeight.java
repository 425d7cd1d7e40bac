package org.fnprune.rewrite;

import com.google.common.collect.ImmutableList;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.Graph;
import org.fnprune.model.TensorData;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.Projection;

/** Turns a fitted weight into the tensor that the graph stores. */
final class FittedWeight {

  private FittedWeight() {}

  /**
   * What to store for a projection whose weight shall be {@code oriented}, kept × m: in the dense
   * tensor's type and orientation, without a Gemm's alpha.
   */
  static TensorData stored(Graph graph, Projection consumer, Matrix oriented) {
    TensorData dense = ConsumerWeights.tensor(graph, consumer);
    Matrix scaled = oriented.scaled(1 / ConsumerWeights.alpha(graph, consumer));
    Matrix stored = consumer.transposed() ? scaled.transposed() : scaled;
    return TensorData.ofDoubles(
        dense.name(),
        dense.type(),
        ImmutableList.of((long) stored.rows(), (long) stored.cols()),
        stored.toArray());
  }
}
