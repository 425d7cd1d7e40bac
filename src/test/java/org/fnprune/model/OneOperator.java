package org.fnprune.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.fnprune.linalg.Matrix;
import org.jspecify.annotations.Nullable;

/** Runs single operators in ONNX Runtime: what a stored weight means is what it does with it. */
public final class OneOperator {

  private OneOperator() {}

  /** rows × cols, what DequantizeLinear makes of {@code tensors}. */
  public static Matrix dequantizeLinear(LinearTensors tensors) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType("DequantizeLinear")
            .addAttribute(TinyGraph.integer("axis", tensors.axis()));
    if (tensors.blockSize() > 0) {
      node.addAttribute(TinyGraph.integer("block_size", tensors.blockSize()));
    }
    return run(node, tensors, null, tensors.integers().dim(-1));
  }

  /** x Wᵀ, what MatMulNBits makes of {@code tensors}. */
  public static Matrix matMulNBits(Matrix x, BlockTensors tensors) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType("MatMulNBits")
            .setDomain("com.microsoft")
            .addInput("x")
            .addAllAttribute(attributes(tensors));
    return run(node, tensors, x, tensors.rows());
  }

  private static List<AttributeProto> attributes(BlockTensors tensors) {
    return List.of(
        TinyGraph.integer("N", tensors.rows()),
        TinyGraph.integer("K", tensors.cols()),
        TinyGraph.integer("bits", tensors.bits()),
        TinyGraph.integer("block_size", tensors.blockSize()));
  }

  private static Matrix run(
      NodeProto.Builder node, QuantisedTensors tensors, @Nullable Matrix x, int cols) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("one");
    List<TensorData> constants = new ArrayList<>(List.of(tensors.integers(), tensors.scales()));
    if (tensors.zeroPoints() != null) {
      constants.add(Objects.requireNonNull(tensors.zeroPoints()));
    }
    for (TensorData constant : constants) {
      node.addInput(constant.name());
      graph.addInitializer(constant.toProto());
    }
    if (x != null) {
      graph.addInput(floats("x"));
    }
    graph.addNode(node.addOutput("y")).addOutput(floats("y"));
    return run(graph.build(), x, cols);
  }

  private static Matrix run(GraphProto graph, @Nullable Matrix x, int cols) {
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(10)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(21))
            .addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1))
            .setGraph(graph)
            .build();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model.toByteArray());
        OnnxTensor input = x == null ? null : tensor(environment, x);
        OrtSession.Result result = session.run(input == null ? Map.of() : Map.of("x", input))) {
      FloatBuffer found = ((OnnxTensor) result.get(0)).getFloatBuffer();
      double[] values = new double[found.remaining()];
      for (int i = 0; i < values.length; i++) {
        values[i] = found.get(i);
      }
      return Matrix.of(values.length / cols, cols, values);
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }

  private static OnnxTensor tensor(OrtEnvironment environment, Matrix x) throws OrtException {
    FloatBuffer values = FloatBuffer.allocate(x.rows() * x.cols());
    for (double value : x.toArray()) {
      values.put((float) value);
    }
    return OnnxTensor.createTensor(environment, values.rewind(), new long[] {x.rows(), x.cols()});
  }

  private static ValueInfoProto floats(String name) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(ElementType.FLOAT.number())))
        .build();
  }
}
