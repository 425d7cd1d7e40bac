package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.fnprune.model.Attributes;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.TensorData;

/** Evaluates the little computations that exporters write to build a shape. */
final class ShapeExpression {

  private static final int LONGEST_SHAPE = 64;

  /** One element of a shape. */
  sealed interface Element {

    /** A number written into the graph. */
    record Fixed(long value) implements Element {}

    /** The size of an axis of a tensor at run time; the axis counts from the end. */
    record Dim(String tensor, int axis) implements Element {}

    /** Anything else. */
    record Unknown() implements Element {}
  }

  private final Graph graph;
  private final Ranks ranks;

  ShapeExpression(Graph graph, Ranks ranks) {
    this.graph = graph;
    this.ranks = ranks;
  }

  /** The elements of a shape tensor (one for a scalar); empty when their number is unknown. */
  Optional<List<Element>> of(String tensor) {
    Optional<TensorData> constant = graph.constantData(tensor);
    if (constant.isPresent()) {
      return fixed(constant.get());
    }
    return graph.producer(tensor).map(graph::node).flatMap(this::fromNode);
  }

  private static Optional<List<Element>> fixed(TensorData constant) {
    boolean integers = constant.type() == ElementType.INT64 || constant.type() == ElementType.INT32;
    if (!integers || constant.rank() > 1 || constant.elements() > LONGEST_SHAPE) {
      return Optional.empty();
    }
    List<Element> elements = new ArrayList<>();
    for (long value : constant.toLongs()) {
      elements.add(new Element.Fixed(value));
    }
    return Optional.of(elements);
  }

  private Optional<List<Element>> fromNode(NodeProto node) {
    return switch (node.getOpType()) {
      case "Shape" -> shape(node);
      case "Gather" -> gather(node);
      case "Slice" -> slice(node);
      case "Concat" -> concat(node);
      case "Unsqueeze", "Squeeze", "Cast", "Identity" -> of(node.getInput(0));
      case "Add", "Sub", "Mul", "Div", "Max", "Min" ->
          of(node.getInput(0)).map(e -> Collections.nCopies(e.size(), new Element.Unknown()));
      default -> Optional.empty();
    };
  }

  private Optional<List<Element>> shape(NodeProto node) {
    OptionalInt rank = ranks.of(node.getInput(0));
    if (rank.isEmpty()) {
      return Optional.empty();
    }
    int start = clamp(Attributes.integer(node, "start", 0), rank.getAsInt());
    int end = clamp(Attributes.integer(node, "end", Integer.MAX_VALUE), rank.getAsInt());
    List<Element> elements = new ArrayList<>();
    for (int axis = start; axis < end; axis++) {
      elements.add(new Element.Dim(node.getInput(0), axis - rank.getAsInt()));
    }
    return Optional.of(elements);
  }

  private Optional<List<Element>> gather(NodeProto node) {
    Optional<TensorData> indices = graph.constantData(node.getInput(1));
    Optional<List<Element>> from = of(node.getInput(0));
    if (indices.isEmpty() || indices.get().elements() > LONGEST_SHAPE) {
      return Optional.empty();
    }
    if (from.isEmpty()) {
      return Optional.of(
          Collections.nCopies((int) indices.get().elements(), new Element.Unknown()));
    }
    List<Element> elements = new ArrayList<>();
    for (long index : indices.get().toLongs()) {
      long at = index < 0 ? index + from.get().size() : index;
      if (at < 0 || at >= from.get().size()) {
        return Optional.empty();
      }
      elements.add(from.get().get((int) at));
    }
    return Optional.of(elements);
  }

  private Optional<List<Element>> slice(NodeProto node) {
    Optional<List<Element>> from = of(node.getInput(0));
    if (from.isEmpty() || node.getInputCount() < 3) {
      return Optional.empty();
    }
    Optional<TensorData> starts = graph.constantData(node.getInput(1));
    Optional<TensorData> ends = graph.constantData(node.getInput(2));
    boolean stepped =
        node.getInputCount() > 4
            && graph.constantData(node.getInput(4)).map(s -> s.toLongs()[0] != 1).orElse(true);
    if (starts.isEmpty() || ends.isEmpty() || starts.get().elements() != 1 || stepped) {
      return Optional.empty();
    }
    int start = clamp(starts.get().toLongs()[0], from.get().size());
    int end = clamp(ends.get().toLongs()[0], from.get().size());
    return Optional.of(from.get().subList(start, Math.max(start, end)));
  }

  private Optional<List<Element>> concat(NodeProto node) {
    List<Element> elements = new ArrayList<>();
    for (String input : node.getInputList()) {
      Optional<List<Element>> part = of(input);
      if (part.isEmpty()) {
        return Optional.empty();
      }
      elements.addAll(part.get());
    }
    return Optional.of(elements);
  }

  private static int clamp(long index, int size) {
    long at = index < 0 ? index + size : index;
    return (int) Math.max(0, Math.min(at, size));
  }
}
