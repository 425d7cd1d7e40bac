package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.fnprune.model.Attributes;
import org.fnprune.structure.GraphEdit;
import org.fnprune.structure.GraphEdit.AttributeEdit;
import org.fnprune.structure.GraphEdit.NewSize;
import org.fnprune.structure.GraphEdit.PickEdit;
import org.fnprune.structure.GraphEdit.ShapeEdit;
import org.fnprune.structure.GraphEdit.SliceEdit;
import org.fnprune.structure.GraphEdit.SplitEdit;
import org.fnprune.structure.Shapes;

/** Changes the numbers of a graph that follow from how many channels there are. */
final class NumberEditor {

  private static final int SLICE_STARTS = 1;
  private static final int SLICE_ENDS = 2;

  private final GraphEditor editor;
  private final ShapeEditor shapes;

  NumberEditor(GraphEditor editor, Shapes shapes) {
    this.editor = editor;
    this.shapes = new ShapeEditor(editor, shapes);
  }

  /** Applies a unit's edits for the channels that stay. */
  void apply(List<GraphEdit> edits, BitSet kept) {
    Map<Integer, Map<Integer, Long>> elements = new LinkedHashMap<>();
    Map<Integer, Integer> lengths = new LinkedHashMap<>();
    for (GraphEdit edit : edits) {
      if (edit instanceof ShapeEdit shape && shape.size() instanceof NewSize.Scaled scaled) {
        int stay = scaled.axis().positionsOf(kept).length;
        shapes.scale(shape, stay, scaled.axis().width());
      } else if (edit instanceof ShapeEdit shape) {
        lengths.put(shape.node(), shape.length());
        elements
            .computeIfAbsent(shape.node(), n -> new TreeMap<>())
            .put(shape.element(), value(shape.size(), kept));
      } else if (edit instanceof SplitEdit split) {
        resize(split, kept);
      } else if (edit instanceof SliceEdit slice) {
        move(slice, kept);
      } else if (edit instanceof PickEdit pick) {
        pick(pick, kept);
      } else if (edit instanceof AttributeEdit attribute) {
        set(attribute, kept);
      }
    }
    elements.forEach((node, values) -> shapes.set(node, 1, lengths.getOrDefault(node, 0), values));
  }

  private static long value(NewSize size, BitSet kept) {
    if (size instanceof NewSize.Kept axis) {
      return axis.axis().positionsOf(kept).length;
    }
    return size instanceof NewSize.Fixed fixed ? fixed.value() : -1;
  }

  private void resize(SplitEdit edit, BitSet kept) {
    List<Long> sizes = edit.parts().stream().map(p -> (long) p.positionsOf(kept).length).toList();
    NodeProto.Builder split = editor.node(edit.node());
    if (split.getInputCount() > 1) {
      split.setInput(
          1,
          editor.vector(
              split.getInput(1) + "_pruned", sizes.stream().mapToLong(Long::longValue).toArray()));
      return;
    }
    attribute(split, "split").clearInts().addAllInts(sizes);
  }

  /** Bounds become the numbers of kept positions before them. */
  private void move(SliceEdit edit, BitSet kept) {
    int[] positions = edit.axis().positionsOf(kept);
    long start = IntStream.of(positions).filter(p -> p < edit.start()).count();
    long end = IntStream.of(positions).filter(p -> p < edit.end()).count();
    shapes.set(edit.node(), SLICE_STARTS, edit.length(), Map.of(edit.element(), start));
    shapes.set(edit.node(), SLICE_ENDS, edit.length(), Map.of(edit.element(), end));
  }

  /** Reads only the kept positions; where they repeat, the batch gets an axis of its own. */
  private void pick(PickEdit edit, BitSet kept) {
    NodeProto.Builder reader = editor.node(edit.node());
    String operand = reader.getInput(edit.input());
    long[] positions = IntStream.of(edit.axis().positionsOf(kept)).asLongStream().toArray();
    String picked = editor.vector(operand + "_kept", positions);
    String from = operand;
    if (edit.repeated()) {
      from =
          insert(
              edit.node(),
              "Reshape",
              operand,
              editor.vector(operand + "_split", -1, edit.axis().width(), 0),
              0);
    }
    String result = insert(edit.node(), "Gather", from, picked, edit.repeated() ? 1 : edit.at());
    if (edit.repeated()) {
      result =
          insert(edit.node(), "Reshape", result, editor.vector(operand + "_merged", -1, 1, 0), 0);
    }
    reader.setInput(edit.input(), result);
  }

  private String insert(int before, String operator, String input, String numbers, int axis) {
    String output = editor.freshName(input + "_part");
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(output)
            .addInput(input)
            .addInput(numbers)
            .addOutput(output);
    if (operator.equals("Gather")) {
      node.addAttribute(Attributes.of("axis", axis));
    }
    editor.insertBefore(before, node.build());
    return output;
  }

  private void set(AttributeEdit edit, BitSet kept) {
    AttributeProto.Builder attribute = attribute(editor.node(edit.node()), edit.attribute());
    long value = edit.axis().positionsOf(kept).length;
    if (edit.element() < 0) {
      attribute.setI(value);
    } else {
      attribute.setInts(edit.element(), value);
    }
  }

  private static AttributeProto.Builder attribute(NodeProto.Builder node, String name) {
    return node.getAttributeBuilderList().stream()
        .filter(a -> a.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
