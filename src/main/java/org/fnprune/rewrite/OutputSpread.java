package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.Longs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.Attributes;
import org.fnprune.model.ElementType;
import org.fnprune.model.TensorData;
import org.fnprune.structure.PrunableUnit;
import org.jspecify.annotations.Nullable;

/**
 * Spreads the outputs that a down projection keeps over the whole residual width, under the name
 * that they had:
 *
 * <pre>
 *   h · W_K + b_K → Pad(one zero) → Gather(place of each kept output, else the zero) → y
 * </pre>
 *
 * <p>That copies each value and multiplies none, so it is exact in every type, infinities included.
 * A constant in place of the dropped outputs is added behind the Gather.
 */
final class OutputSpread {

  private static final int PADS_ARE_AN_INPUT = 11;

  private final GraphEditor editor;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final String base;
  private String last;

  private OutputSpread(GraphEditor editor, PrunableUnit unit, String narrow) {
    this.editor = editor;
    this.base = unit.activation();
    this.last = narrow;
  }

  /**
   * Spreads a unit's outputs right behind the node that makes them.
   *
   * @param node it
   * @param rank of its result
   * @param kept outputs that stay
   * @param constant 1 × m, what is added; null for nothing
   */
  static void add(
      GraphEditor editor,
      PrunableUnit unit,
      int node,
      int rank,
      ImmutableIntArray kept,
      @Nullable Matrix constant) {
    String whole = editor.node(node).getOutput(0);
    String narrow = editor.freshName(unit.activation() + "_kept");
    editor.node(node).setOutput(0, narrow);
    OutputSpread spread = new OutputSpread(editor, unit, narrow);
    spread.pad(rank);
    spread.gather(rank, places(unit.width(), kept));
    if (constant != null) {
      TensorProto weight = editor.current(unit.slices().get(0).use());
      ElementType type = ElementType.of(weight.getDataType(), weight.getName());
      spread.shift(constant, type);
    }
    editor.insertFirstAfter(node, spread.ending(whole));
  }

  /** For every output its place among the kept ones, or that of the zero behind them. */
  private static long[] places(int width, ImmutableIntArray kept) {
    long[] places = new long[width];
    Arrays.fill(places, kept.length());
    for (int i = 0; i < kept.length(); i++) {
      places[kept.get(i)] = i;
    }
    return places;
  }

  private void pad(int rank) {
    long[] pads = new long[2 * rank];
    pads[2 * rank - 1] = 1;
    NodeProto.Builder pad = NodeProto.newBuilder().setOpType("Pad").addInput(last);
    if (editor.dense().model().opset() < PADS_ARE_AN_INPUT) {
      pad.addAttribute(
          AttributeProto.newBuilder()
              .setName("pads")
              .setType(AttributeProto.AttributeType.INTS)
              .addAllInts(Longs.asList(pads)));
    } else {
      pad.addInput(put(TensorData.ofLongs("", dims(pads.length), pads), "_pads"));
    }
    add(pad, "_padded");
  }

  private void gather(int rank, long[] places) {
    add(
        NodeProto.newBuilder()
            .setOpType("Gather")
            .addInput(last)
            .addInput(put(TensorData.ofInts("", dims(places.length), places), "_places"))
            .addAttribute(Attributes.of("axis", rank - 1)),
        "_spread");
  }

  private void shift(Matrix constant, ElementType type) {
    TensorData data = TensorData.ofDoubles("", type, dims(constant.cols()), constant.toArray());
    add(
        NodeProto.newBuilder().setOpType("Add").addInput(last).addInput(put(data, "_mean")),
        "_shifted");
  }

  private void add(NodeProto.Builder node, String role) {
    last = editor.freshName(base + role);
    nodes.add(node.setName(last).addOutput(last).build());
  }

  /** The nodes, of which the last makes {@code whole}. */
  private List<NodeProto> ending(String whole) {
    NodeProto end = nodes.remove(nodes.size() - 1);
    nodes.add(end.toBuilder().setOutput(0, whole).build());
    return nodes;
  }

  private String put(TensorData data, String role) {
    return editor.add(data, base + role);
  }

  private static ImmutableList<Long> dims(int length) {
    return ImmutableList.of((long) length);
  }
}
