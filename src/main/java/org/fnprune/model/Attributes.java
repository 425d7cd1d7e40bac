package org.fnprune.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;

/** Reads the attributes of a node, and makes them. */
public final class Attributes {

  private Attributes() {}

  /** An attribute that is an integer. */
  public static AttributeProto of(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  /** An integer attribute, or {@code fallback} when it is not there. */
  public static long integer(NodeProto node, String name, long fallback) {
    return find(node, name).map(AttributeProto::getI).orElse(fallback);
  }

  /** A float attribute, or {@code fallback} when it is not there. */
  public static float real(NodeProto node, String name, float fallback) {
    return find(node, name).map(AttributeProto::getF).orElse(fallback);
  }

  /** A list of integers; empty when the attribute is not there. */
  public static List<Long> integers(NodeProto node, String name) {
    return find(node, name).map(AttributeProto::getIntsList).orElse(List.of());
  }

  /** The attribute itself. */
  public static Optional<AttributeProto> find(NodeProto node, String name) {
    return node.getAttributeList().stream().filter(a -> a.getName().equals(name)).findFirst();
  }
}
