package org.fnprune.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The body of a model-local function in place of one call. Its tensors are named as ONNX's own
 * inliner names them, {@code name__N} for call number N, and its nodes after the call, which names
 * the layer:
 *
 * <pre>
 *   Mlp(in_0, in_1) = { t = MatMul(in_0, in_1); out = Relu(t) }
 *   y = Mlp(x, w)     becomes     t__1 = MatMul(x, w); y = Relu(t__1)
 * </pre>
 */
final class FunctionCall {

  private final FunctionProto function;
  private final NodeProto call;
  private final int number;
  private final TensorNames taken;
  private final Map<String, String> names = new HashMap<>();
  private final List<NodeProto> handedThrough = new ArrayList<>();

  private FunctionCall(FunctionProto function, NodeProto call, int number, TensorNames taken) {
    this.function = function;
    this.call = call;
    this.number = number;
    this.taken = taken;
    for (int i = 0; i < function.getInputCount(); i++) {
      names.put(function.getInput(i), i < call.getInputCount() ? call.getInput(i) : "");
    }
    for (int i = 0; i < Math.min(function.getOutputCount(), call.getOutputCount()); i++) {
      bind(function.getOutput(i), call.getOutput(i));
    }
  }

  /**
   * The nodes that stand for a call.
   *
   * @param number of the call in its model
   * @param taken names that new tensors must not have
   */
  static List<NodeProto> expand(
      FunctionProto function, NodeProto call, int number, TensorNames taken) {
    FunctionCall expanded = new FunctionCall(function, call, number, taken);
    List<NodeProto> nodes = new ArrayList<>();
    function.getNodeList().forEach(node -> nodes.add(expanded.expand(node)));
    nodes.addAll(expanded.handedThrough);
    return nodes;
  }

  /** A result that is an input, or one of the results twice, is copied. */
  private void bind(String formal, String actual) {
    if (actual.isEmpty()) {
      return;
    }
    String before = names.putIfAbsent(formal, actual);
    if (before != null) {
      handedThrough.add(
          NodeProto.newBuilder()
              .setOpType("Identity")
              .setName(actual)
              .addInput(before)
              .addOutput(actual)
              .build());
    }
  }

  private NodeProto expand(NodeProto node) {
    NodeProto.Builder bound = node.toBuilder();
    bindAttributes(bound);
    String inner = node.getName().isEmpty() ? node.getOpType() : node.getName();
    String outer = call.getName().isEmpty() ? call.getOpType() + "__" + number : call.getName();
    bound.setName(outer + "/" + inner);
    for (StringStringEntryProto entry : call.getMetadataPropsList()) {
      if (bound.getMetadataPropsList().stream().noneMatch(e -> e.getKey().equals(entry.getKey()))) {
        bound.addMetadataProps(entry);
      }
    }
    return Renaming.of(bound.build(), this::name);
  }

  private String name(String formal) {
    return names.computeIfAbsent(formal, f -> taken.fresh(f + "__" + number));
  }

  /** Attributes that refer to the function's own get the call's value, or the default, or go. */
  private void bindAttributes(NodeProto.Builder node) {
    List<AttributeProto> bound = new ArrayList<>();
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getRefAttrName().isEmpty()) {
        bound.add(bindInside(attribute));
      } else {
        value(attribute.getRefAttrName())
            .ifPresent(v -> bound.add(v.toBuilder().setName(attribute.getName()).build()));
      }
    }
    node.clearAttribute().addAllAttribute(bound);
  }

  private AttributeProto bindInside(AttributeProto attribute) {
    if (!attribute.hasG() && attribute.getGraphsCount() == 0) {
      return attribute;
    }
    AttributeProto.Builder bound = attribute.toBuilder();
    if (attribute.hasG()) {
      bindInside(bound.getGBuilder());
    }
    bound.getGraphsBuilderList().forEach(this::bindInside);
    return bound.build();
  }

  private void bindInside(GraphProto.Builder graph) {
    graph.getNodeBuilderList().forEach(this::bindAttributes);
  }

  private Optional<AttributeProto> value(String attribute) {
    return Attributes.find(call, attribute)
        .or(
            () ->
                function.getAttributeProtoList().stream()
                    .filter(a -> a.getName().equals(attribute))
                    .findFirst());
  }
}
