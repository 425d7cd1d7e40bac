package org.fnprune.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.common.collect.ImmutableList;
import java.util.List;

/**
 * Puts a model into both branches of an If, as optimum merges the decoders with and without a cache
 * into one: floating-point weights outside and shared, whole numbers in each branch, the same names
 * in both.
 *
 * <pre>
 *   logits = If(sequence &gt; 5) then { the model } else { the model }
 * </pre>
 */
public final class MergedDecoders {

  /** Which branch runs depends on the number of tokens, so that one set of batches runs both. */
  private static final long LONG = 5;

  private MergedDecoders() {}

  /** A model merged with itself. */
  public static OnnxModel of(OnnxModel model) {
    return of(model, "");
  }

  /** The same, where names of tensors that are added begin with {@code prefix}. */
  public static OnnxModel of(OnnxModel model, String prefix) {
    GraphProto plain = model.graph();
    GraphProto.Builder merged = plain.toBuilder().clearNode().clearInitializer().clearValueInfo();
    plain.getInitializerList().stream()
        .filter(MergedDecoders::isShared)
        .forEach(merged::addInitializer);
    String tokens = prefix + "tokens";
    merged.addInitializer(number(prefix + "long_tokens", LONG));
    merged.addInitializer(number(prefix + "second_axis", 1));
    merged.addNode(node("Shape", prefix + "sizes", "input_ids"));
    merged.addNode(node("Gather", tokens, prefix + "sizes", prefix + "second_axis"));
    merged.addNode(node("Greater", prefix + "is_long", tokens, prefix + "long_tokens"));
    NodeProto.Builder choice =
        node("If", "merged", prefix + "is_long").toBuilder()
            .clearOutput()
            .addAttribute(branch(Branches.THEN, plain, prefix + "_branch"))
            .addAttribute(branch(Branches.ELSE, plain, prefix + "_branch"));
    plain.getOutputList().forEach(output -> choice.addOutput(output.getName()));
    merged.addNode(choice);
    return new OnnxModel(model.proto().toBuilder().setGraph(merged).build(), model.file());
  }

  private static boolean isShared(TensorProto tensor) {
    return ElementType.isFloat(tensor.getDataType());
  }

  private static AttributeProto branch(String name, GraphProto plain, String suffix) {
    List<String> outputs = plain.getOutputList().stream().map(ValueInfoProto::getName).toList();
    GraphProto.Builder branch =
        GraphProto.newBuilder().setName(name).addAllValueInfo(plain.getValueInfoList());
    plain.getInitializerList().stream()
        .filter(tensor -> !isShared(tensor))
        .forEach(branch::addInitializer);
    for (NodeProto node : plain.getNodeList()) {
      branch.addNode(Renaming.of(node, t -> outputs.contains(t) ? t + suffix : t));
    }
    plain
        .getOutputList()
        .forEach(o -> branch.addOutput(o.toBuilder().setName(o.getName() + suffix)));
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(branch)
        .build();
  }

  private static TensorProto number(String name, long value) {
    return TensorData.ofLongs(name, ImmutableList.of(), new long[] {value}).toProto();
  }

  private static NodeProto node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }
}
