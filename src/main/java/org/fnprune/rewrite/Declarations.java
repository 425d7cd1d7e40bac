package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.fnprune.model.Graph;

/**
 * Keeps what a file declares about tensors true: {@code value_info} of activations that got
 * narrower, and initialisers that are listed as inputs too, as all were before IR version 4. ONNX
 * Runtime loads no file that declares a wrong size.
 */
final class Declarations {

  private record Narrowed(int axis, int before, int after) {}

  private final Map<String, Narrowed> narrowed = new HashMap<>();

  /** Axis {@code axis} (from the end) of an activation now has {@code after} positions. */
  void narrow(String tensor, int axis, int before, int after) {
    narrowed.put(tensor, new Narrowed(axis, before, after));
  }

  /** The slim graph with its declarations put right. */
  GraphProto update(GraphProto slim, Graph dense) {
    Map<String, TensorProto> initializers = new HashMap<>();
    slim.getInitializerList().forEach(t -> initializers.put(t.getName(), t));
    GraphProto.Builder graph = slim.toBuilder().clearInput().clearOutput().clearValueInfo();
    slim.getOutputList().forEach(output -> graph.addOutput(narrower(output)));
    for (ValueInfoProto input : slim.getInputList()) {
      TensorProto initializer = initializers.get(input.getName());
      if (initializer != null) {
        graph.addInput(like(initializer, input));
      } else if (dense.isInput(input.getName())) {
        graph.addInput(narrower(input));
      }
    }
    for (ValueInfoProto info : slim.getValueInfoList()) {
      TensorProto initializer = initializers.get(info.getName());
      graph.addValueInfo(initializer != null ? like(initializer, info) : narrower(info));
    }
    return graph.build();
  }

  private static ValueInfoProto like(TensorProto tensor, ValueInfoProto info) {
    return reshaped(
        info,
        shape -> {
          for (int i = 0; i < Math.min(shape.getDimCount(), tensor.getDimsCount()); i++) {
            shape.getDimBuilder(i).setDimValue(tensor.getDims(i));
          }
        });
  }

  private ValueInfoProto narrower(ValueInfoProto info) {
    Narrowed change = narrowed.get(info.getName());
    return change == null ? info : reshaped(info, shape -> narrower(shape, change));
  }

  /** An axis of another size, such as 1, was broadcast and does not change. */
  private static void narrower(TensorShapeProto.Builder shape, Narrowed change) {
    int at = shape.getDimCount() + change.axis();
    if (at >= 0
        && (!shape.getDim(at).hasDimValue() || shape.getDim(at).getDimValue() == change.before())) {
      shape.getDimBuilder(at).setDimValue(change.after());
    }
  }

  private static ValueInfoProto reshaped(
      ValueInfoProto info, Consumer<TensorShapeProto.Builder> change) {
    if (!info.getType().getTensorType().hasShape()) {
      return info;
    }
    ValueInfoProto.Builder builder = info.toBuilder();
    change.accept(builder.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder());
    return builder.build();
  }
}
