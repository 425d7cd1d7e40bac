package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.fnprune.model.Attributes;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.TensorData;
import org.fnprune.structure.GraphEdit;
import org.fnprune.structure.Shapes;

/**
 * Changes single numbers of a vector that the graph computes: a shape, or the bounds of a Slice.
 * Exporters share such vectors between layers, so the computation is copied for the one node that
 * needs other numbers:
 *
 * <pre>
 *   [-1, 160]           → Reshape   becomes   [-1, 96]                            → Reshape
 *   Concat(b, s, [160]) → Reshape   becomes   Concat(b, s, [96])                  → Reshape
 *   anything else       → Reshape   becomes   Concat(Slice(it, 0, i), [96], …)    → Reshape
 * </pre>
 */
final class ShapeEditor {

  private static final int SLICE_WITH_INPUTS = 10;

  private final GraphEditor editor;
  private final Shapes shapes;

  ShapeEditor(GraphEditor editor, Shapes shapes) {
    this.editor = editor;
    this.shapes = shapes;
  }

  /**
   * Sets elements of the vector that input {@code input} of {@code node} reads.
   *
   * @param length of the vector
   * @param values new values by position
   */
  void set(int node, int input, int length, Map<Integer, Long> values) {
    NodeProto.Builder reader = editor.node(node);
    String vector = reader.getInput(input);
    Optional<TensorData> constant = numbers(vector);
    Optional<NodeProto> concat =
        editor
            .dense()
            .producer(vector)
            .map(editor.dense()::node)
            .filter(n -> Graph.is(n, "Concat"));
    if (constant.isPresent()) {
      reader.setInput(input, changed(constant.get(), vector, values));
    } else if (concat.isPresent() && lengths(concat.get()).isPresent()) {
      reader.setInput(input, copied(node, concat.get(), values));
    } else {
      reader.setInput(input, replaced(node, vector, length, values));
    }
  }

  /** Makes one element of a vector {@code numerator / denominator} of what the graph computes. */
  void scale(GraphEdit.ShapeEdit edit, long numerator, long denominator) {
    NodeProto.Builder reader = editor.node(edit.node());
    String vector = reader.getInput(edit.input());
    String product = pairwise(edit, "Mul", vector, numerator);
    reader.setInput(edit.input(), pairwise(edit, "Div", product, denominator));
  }

  private String pairwise(GraphEdit.ShapeEdit edit, String operator, String vector, long number) {
    long[] factors = new long[edit.length()];
    Arrays.fill(factors, 1);
    factors[edit.element()] = number;
    String result = editor.freshName(vector + "_part");
    editor.insertBefore(
        edit.node(),
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(result)
            .addInput(vector)
            .addInput(editor.vector(result + "_factors", factors))
            .addOutput(result)
            .build());
    return result;
  }

  private Optional<TensorData> numbers(String tensor) {
    return editor
        .dense()
        .constantData(tensor)
        .filter(
            t ->
                (t.type() == ElementType.INT64 || t.type() == ElementType.INT32)
                    && t.rank() == 1
                    && t.elements() > 0);
  }

  private String changed(int before, String part, int length, Map<Integer, Long> values) {
    Optional<TensorData> constant = numbers(part);
    if (constant.isPresent()) {
      return changed(constant.get(), part, values);
    }
    return length == values.size()
        ? editor.vector(
            part + "_pruned", values.values().stream().mapToLong(Long::longValue).toArray())
        : replaced(before, part, length, values);
  }

  private String changed(TensorData constant, String tensor, Map<Integer, Long> values) {
    long[] numbers = constant.toLongs();
    values.forEach((i, value) -> numbers[i] = value);
    return constant.type() == ElementType.INT32
        ? editor.add(TensorData.ofInts("", constant.dims(), numbers), tensor + "_pruned")
        : editor.vector(tensor + "_pruned", numbers);
  }

  /** How many elements each part of a Concat has: exporters join constants and single sizes. */
  private Optional<List<Integer>> lengths(NodeProto concat) {
    List<Integer> lengths = new ArrayList<>();
    for (String part : concat.getInputList()) {
      OptionalInt length = shapes.length(part);
      if (length.isEmpty()) {
        return Optional.empty();
      }
      lengths.add(length.getAsInt());
    }
    return Optional.of(lengths);
  }

  private String copied(int before, NodeProto concat, Map<Integer, Long> values) {
    List<Integer> lengths = lengths(concat).orElseThrow();
    NodeProto.Builder copy = concat.toBuilder();
    int from = 0;
    for (int part = 0; part < lengths.size(); part++) {
      int to = from + lengths.get(part);
      Map<Integer, Long> inside = new TreeMap<>();
      for (Map.Entry<Integer, Long> entry : values.entrySet()) {
        int at = entry.getKey();
        if (at >= from && at < to) {
          inside.put(at - from, entry.getValue());
        }
      }
      if (!inside.isEmpty()) {
        copy.setInput(part, changed(before, concat.getInput(part), to - from, inside));
      }
      from = to;
    }
    String output = editor.freshName(concat.getOutput(0) + "_pruned");
    editor.insertBefore(
        before,
        copy.setName(editor.freshName(concat.getName() + "_pruned")).setOutput(0, output).build());
    return output;
  }

  /** The vector cut in pieces around the new numbers. */
  private String replaced(int before, String vector, int length, Map<Integer, Long> values) {
    NodeProto.Builder concat = NodeProto.newBuilder().setOpType("Concat");
    int from = 0;
    for (Map.Entry<Integer, Long> entry : new TreeMap<>(values).entrySet()) {
      if (entry.getKey() > from) {
        concat.addInput(slice(before, vector, from, entry.getKey()));
      }
      concat.addInput(editor.vector(vector + "_number", entry.getValue()));
      from = entry.getKey() + 1;
    }
    if (from < length) {
      concat.addInput(slice(before, vector, from, length));
    }
    String whole = editor.freshName(vector + "_pruned");
    editor.insertBefore(
        before,
        concat.setName(whole).addOutput(whole).addAttribute(Attributes.of("axis", 0)).build());
    return whole;
  }

  private String slice(int before, String vector, int from, int to) {
    String part = editor.freshName(vector + "_part");
    NodeProto.Builder slice =
        NodeProto.newBuilder().setOpType("Slice").setName(part).addInput(vector).addOutput(part);
    if (editor.dense().model().opset() < SLICE_WITH_INPUTS) {
      slice.addAttribute(integers("starts", from)).addAttribute(integers("ends", to));
    } else {
      slice.addInput(editor.vector(part + "_from", from)).addInput(editor.vector(part + "_to", to));
    }
    editor.insertBefore(before, slice.build());
    return part;
  }

  private static AttributeProto integers(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addInts(value)
        .build();
  }
}
