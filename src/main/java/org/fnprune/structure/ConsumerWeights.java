package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.Attributes;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.TensorData;

/** Reads the weights that consume a unit as one matrix. */
public final class ConsumerWeights {

  private ConsumerWeights() {}

  /**
   * What a selector goes by, read when it is asked for.
   *
   * @param measured whether it sees activations too: {@link #read}, or {@link #readUnmeasured}
   */
  public static ChannelWeights of(Graph graph, PrunableUnit unit, boolean measured) {
    return new StoredWeights(graph, unit, measured);
  }

  /**
   * W of all consuming projections side by side, positions × Σm; a Gemm's alpha is multiplied in.
   * Outputs of a down projection are added to the residual stream as they are: the identity.
   */
  public static Matrix read(Graph graph, PrunableUnit unit) {
    if (unit.kind() == UnitKind.FFN_OUT) {
      return Matrix.identity(unit.width());
    }
    List<Matrix> parts = new ArrayList<>();
    projections(graph, unit).forEach(consumer -> parts.add(read(graph, consumer)));
    if (parts.size() == 1) {
      return parts.get(0);
    }
    int columns = parts.stream().mapToInt(Matrix::cols).sum();
    double[] values = new double[Math.multiplyExact(unit.positions(), columns)];
    int from = 0;
    for (Matrix part : parts) {
      for (int row = 0; row < unit.positions(); row++) {
        System.arraycopy(part.row(row), 0, values, row * columns + from, part.cols());
      }
      from += part.cols();
    }
    return Matrix.of(unit.positions(), columns, values);
  }

  /**
   * What a selector that sees no activations goes by: W as in {@link #read}, and of outputs of a
   * down projection the columns that make them, m × N.
   */
  public static Matrix readUnmeasured(Graph graph, PrunableUnit unit) {
    if (unit.kind() != UnitKind.FFN_OUT) {
      return read(graph, unit);
    }
    WeightSlice columns = unit.slices().get(0);
    Matrix stored = matrix(graph.constantData(columns.storage()).orElseThrow());
    return columns.channels().axis() == -1 ? stored.transposed() : stored;
  }

  private static Matrix matrix(TensorData stored) {
    return Matrix.of(stored.dim(0), stored.dim(1), stored.toDoubles());
  }

  /**
   * The products that read a unit's activation. Those of its consumers that lie in the other branch
   * of an If read another tensor, and multiply by the same weights.
   */
  public static List<Projection> projections(Graph graph, PrunableUnit unit) {
    return unit.consumers().stream()
        .filter(
            consumer ->
                graph
                    .node(consumer.node())
                    .getInput(consumer.activationInput())
                    .equals(unit.activation()))
        .toList();
  }

  private static Matrix read(Graph graph, Projection consumer) {
    Matrix stored = matrix(tensor(graph, consumer));
    Matrix oriented = consumer.transposed() ? stored.transposed() : stored;
    double alpha = alpha(graph, consumer);
    return alpha == 1 ? oriented : oriented.scaled(alpha);
  }

  /** The element type of one projection's weight. */
  public static ElementType type(Graph graph, Projection consumer) {
    TensorProto weight = constant(graph, consumer);
    return ElementType.of(weight.getDataType(), weight.getName());
  }

  static TensorProto constant(Graph graph, Projection consumer) {
    return graph
        .constant(graph.node(consumer.node()).getInput(consumer.weightInput()))
        .orElseThrow();
  }

  /** The stored tensor of one projection's weight. */
  public static TensorData tensor(Graph graph, Projection consumer) {
    return graph.model().data(constant(graph, consumer));
  }

  /** The factor that a Gemm multiplies its product by. */
  public static double alpha(Graph graph, Projection consumer) {
    return Attributes.real(graph.node(consumer.node()), "alpha", 1f);
  }
}
