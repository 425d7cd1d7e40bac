package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Optional;
import org.fnprune.model.Attributes;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.FloatEnds;
import org.fnprune.structure.Projection;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.UnitKind;

/**
 * The dense model with one float input more, which is added to what one unit writes: to see how
 * much the model's output minds.
 *
 * @param model the model to run
 * @param input the name of the input, batch · tokens × outputs values in the order of the batch
 */
public record NudgedModel(OnnxModel model, String input) {

  /** Adds the input; empty where a unit writes to several places, or integers. */
  public static Optional<NudgedModel> of(Graph dense, PrunableUnit unit) {
    return writer(dense, unit).map(node -> at(dense, node, type(dense, unit)));
  }

  private static Optional<Integer> writer(Graph dense, PrunableUnit unit) {
    if (unit.kind() == UnitKind.FFN_OUT) {
      return dense.producer(unit.activation());
    }
    List<Projection> consumers = ConsumerWeights.projections(dense, unit);
    return consumers.size() == 1 && consumers.size() == unit.consumers().size()
        ? FloatEnds.result(dense, consumers.get(0))
        : Optional.empty();
  }

  private static ElementType type(Graph dense, PrunableUnit unit) {
    return unit.kind() == UnitKind.FFN_OUT
        ? ElementType.FLOAT
        : ConsumerWeights.type(dense, unit.consumers().get(0));
  }

  private static NudgedModel at(Graph dense, int node, ElementType type) {
    GraphEditor editor = new GraphEditor(dense);
    String written = dense.node(node).getOutput(0);
    String input = editor.freshName("fnprune_nudge");
    String whole = editor.freshName(written + "_whole");
    String shape = editor.freshName(whole + "_shape");
    String shaped = editor.freshName(input + "_shaped");
    String typed = type == ElementType.FLOAT ? shaped : editor.freshName(input + "_cast");
    editor.node(node).setOutput(0, whole);
    editor.insertAfter(node, operator("Shape", shape, whole));
    editor.insertAfter(node, operator("Reshape", shaped, input, shape));
    if (type != ElementType.FLOAT) {
      NodeProto cast = operator("Cast", typed, shaped);
      editor.insertAfter(
          node, cast.toBuilder().addAttribute(Attributes.of("to", type.number())).build());
    }
    editor.insertAfter(node, operator("Add", written, whole, typed));
    OnnxModel edited = editor.build();
    GraphProto graph =
        edited.graph().toBuilder()
            .addInput(
                ValueInfoProto.newBuilder()
                    .setName(input)
                    .setType(
                        TypeProto.newBuilder()
                            .setTensorType(
                                TypeProto.Tensor.newBuilder()
                                    .setElemType(ElementType.FLOAT.number()))))
            .build();
    return new NudgedModel(edited.withGraph(graph), input);
  }

  private static NodeProto operator(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }
}
