package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;
import java.util.Optional;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.Graph;
import org.fnprune.model.SlicedTensor;
import org.jspecify.annotations.Nullable;

/** The weights that tell of one unit's channels; norms need no more memory than a buffer. */
final class StoredWeights implements ChannelWeights {

  private final Graph graph;
  private final PrunableUnit unit;
  private final boolean measured;
  private @Nullable Matrix matrix;

  /**
   * @param measured whether activations are known as well
   */
  StoredWeights(Graph graph, PrunableUnit unit, boolean measured) {
    this.graph = graph;
    this.unit = unit;
    this.measured = measured;
  }

  @Override
  public int rows() {
    return unit.positions();
  }

  @Override
  public Matrix matrix() {
    Matrix read = matrix;
    if (read == null) {
      read =
          measured
              ? ConsumerWeights.read(graph, unit)
              : ConsumerWeights.readUnmeasured(graph, unit);
      matrix = read;
    }
    return read;
  }

  @Override
  public double[] squaredNorms() {
    List<Projection> consumers = ConsumerWeights.projections(graph, unit);
    List<TensorProto> weights =
        consumers.stream().map(c -> ConsumerWeights.stored(graph, c)).toList();
    if (unit.kind() == UnitKind.FFN_OUT
        || ConsumerWeights.areQuantised(graph, unit)
        || weights.stream().anyMatch(w -> graph.model().inFile(w).isEmpty())) {
      return ChannelWeights.super.squaredNorms();
    }
    double[] sums = new double[rows()];
    for (int i = 0; i < weights.size(); i++) {
      add(consumers.get(i), weights.get(i), sums);
    }
    return sums;
  }

  private void add(Projection consumer, TensorProto weight, double[] sums) {
    Optional<SlicedTensor> inFile = graph.model().inFile(weight);
    double alpha = ConsumerWeights.alpha(graph, consumer);
    long columns = weight.getDims(1);
    boolean transposed = consumer.transposed();
    inFile
        .orElseThrow()
        .forEachValue(
            (index, value) -> {
              double scaled = alpha * value;
              sums[(int) (transposed ? index % columns : index / columns)] += scaled * scaled;
            });
  }
}
