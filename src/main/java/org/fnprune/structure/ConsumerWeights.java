package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;
import java.util.Optional;
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
    return Matrix.beside(
        projections(graph, unit).stream().map(consumer -> read(graph, consumer)).toList());
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
   * The products that a unit enters, of an If's branches only those in the first: those in the
   * other multiply by the same weights.
   */
  public static List<Projection> projections(Graph graph, PrunableUnit unit) {
    int first = unit.consumers().stream().mapToInt(Projection::node).min().orElse(0);
    return unit.consumers().stream()
        .filter(consumer -> !graph.exclude(first, consumer.node()))
        .toList();
  }

  /** W of one projection, positions × m; a Gemm's alpha is multiplied in. */
  public static Matrix read(Graph graph, Projection consumer) {
    Matrix stored =
        quantised(graph, consumer)
            .map(weight -> weight.tensors(graph).matrix().dequantised())
            .orElseGet(() -> matrix(tensor(graph, consumer)));
    Matrix oriented = consumer.transposed() ? stored.transposed() : stored;
    double alpha = alpha(graph, consumer);
    return alpha == 1 ? oriented : oriented.scaled(alpha);
  }

  /** The integers that one projection's weight is stored as, if it is. */
  public static Optional<QuantisedWeight> quantised(Graph graph, Projection consumer) {
    return QuantisedWeight.of(graph, new Graph.Use(consumer.node(), consumer.weightInput()));
  }

  /** Whether any projection of a unit has a weight that is stored as integers. */
  public static boolean areQuantised(Graph graph, PrunableUnit unit) {
    return unit.consumers().stream().anyMatch(c -> quantised(graph, c).isPresent());
  }

  /** The stored tensor of one projection's weight: the integers, if it is quantised. */
  static TensorProto stored(Graph graph, Projection consumer) {
    return StoredWeight.of(graph, graph.node(consumer.node()), consumer.weightInput())
        .orElseThrow();
  }

  /** The values of one projection's weight, which is not quantised. */
  public static TensorData tensor(Graph graph, Projection consumer) {
    return graph.model().data(stored(graph, consumer));
  }

  /** Outputs of a projection. */
  public static int outputs(Graph graph, Projection consumer) {
    NodeProto node = graph.node(consumer.node());
    return node.getOpType().equals("MatMulNBits")
        ? Math.toIntExact(Attributes.integer(node, "N", 0))
        : Math.toIntExact(stored(graph, consumer).getDims(consumer.transposed() ? 0 : 1));
  }

  /** The type that a projection's floating-point input and result have. */
  public static ElementType type(Graph graph, Projection consumer) {
    String tensor =
        quantised(graph, consumer)
            .map(QuantisedWeight::scales)
            .map(use -> graph.node(use.node()).getInput(use.input()))
            .orElse(graph.node(consumer.node()).getInput(consumer.weightInput()));
    TensorProto constant = graph.constant(tensor).orElseThrow();
    return ElementType.of(constant.getDataType(), tensor);
  }

  /** The factor that a Gemm multiplies its product by. */
  public static double alpha(Graph graph, Projection consumer) {
    return Attributes.real(graph.node(consumer.node()), "alpha", 1f);
  }
}
