package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Optional;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.Graph;
import org.fnprune.model.SlicedTensor;
import org.jspecify.annotations.Nullable;

/** The consuming weights of one unit of a graph; norms need no more memory than a buffer. */
final class StoredWeights implements ChannelWeights {

  private final Graph graph;
  private final PrunableUnit unit;
  private @Nullable Matrix matrix;

  StoredWeights(Graph graph, PrunableUnit unit) {
    this.graph = graph;
    this.unit = unit;
  }

  @Override
  public int rows() {
    return unit.positions();
  }

  @Override
  public Matrix matrix() {
    Matrix read = matrix;
    if (read == null) {
      read = ConsumerWeights.read(graph, unit);
      matrix = read;
    }
    return read;
  }

  @Override
  public double[] squaredNorms() {
    double[] sums = new double[rows()];
    for (Projection consumer : unit.consumers()) {
      TensorProto weight = ConsumerWeights.constant(graph, consumer);
      Optional<SlicedTensor> inFile = graph.model().inFile(weight);
      if (inFile.isEmpty() || matrix != null) {
        return ChannelWeights.super.squaredNorms();
      }
      int columns = Math.toIntExact(weight.getDims(1));
      double alpha = ConsumerWeights.alpha(graph, consumer);
      boolean transposed = consumer.transposed();
      inFile
          .get()
          .forEachValue(
              (index, value) -> {
                double scaled = alpha * value;
                sums[(int) (transposed ? index % columns : index / columns)] += scaled * scaled;
              });
    }
    return sums;
  }
}
