package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import java.util.Optional;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.Attributes;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.TensorData;

/**
 * Adds a constant to the result of a projection: into the bias that is there (the third input of a
 * Gemm, or the Add that follows a MatMul), or with a new Add where there is none.
 */
final class BiasEditor {

  private final GraphEditor editor;

  BiasEditor(GraphEditor editor) {
    this.editor = editor;
  }

  /**
   * @param node the projection
   * @param shift 1 × m
   * @param type of the projection's weight
   */
  void add(int node, Matrix shift, ElementType type) {
    if (isGemm(editor.dense().node(node))) {
      addToGemm(node, shift, type);
      return;
    }
    Optional<Graph.Use> bias = followingBias(node, shift.cols());
    if (bias.isPresent()) {
      addToConstant(bias.get(), shift);
    } else {
      insertAdd(node, shift, type);
    }
  }

  /** Whether a constant can be added to a projection's result without a new parameter. */
  static boolean hasBias(Graph dense, int node, int width) {
    BiasEditor editor = new BiasEditor(new GraphEditor(dense));
    NodeProto product = dense.node(node);
    return isGemm(product)
        ? Attributes.real(product, "beta", 1f) != 0
            && product.getInputCount() > 2
            && editor.isVector(product.getInput(2), width)
        : editor.followingBias(node, width).isPresent();
  }

  /** A FusedGemm adds its bias before its activation, as a shift must be. */
  private static boolean isGemm(NodeProto node) {
    return Graph.is(node, "Gemm") || node.getOpType().equals("FusedGemm");
  }

  private void addToGemm(int node, Matrix shift, ElementType type) {
    NodeProto.Builder gemm = editor.node(node);
    double beta = Attributes.real(editor.dense().node(node), "beta", 1f);
    boolean hasBias = gemm.getInputCount() > 2 && !gemm.getInput(2).isEmpty();
    if (beta == 0) {
      insertAdd(node, shift, type);
    } else if (!hasBias) {
      String name = editor.freshName(gemm.getOutput(0) + "_bias");
      put(name, shift.scaled(1 / beta), type);
      while (gemm.getInputCount() < 3) {
        gemm.addInput("");
      }
      gemm.setInput(2, name);
    } else if (isVector(gemm.getInput(2), shift.cols())) {
      addToConstant(new Graph.Use(node, 2), shift.scaled(1 / beta));
    } else {
      insertAdd(node, shift, type);
    }
  }

  /** The one Add of a constant vector that alone reads the projection, if there is one. */
  private Optional<Graph.Use> followingBias(int node, int width) {
    String output = editor.dense().node(node).getOutput(0);
    var uses = editor.dense().uses(output);
    if (uses.size() != 1 || editor.dense().isOutput(output)) {
      return Optional.empty();
    }
    int reader = uses.get(0).node();
    NodeProto add = editor.dense().node(reader);
    int other = 1 - uses.get(0).input();
    return Graph.is(add, "Add") && isVector(add.getInput(other), width)
        ? Optional.of(new Graph.Use(reader, other))
        : Optional.empty();
  }

  private boolean isVector(String tensor, int width) {
    return editor
        .dense()
        .constant(tensor)
        .map(t -> t.getDimsCount() == 1 && t.getDims(0) == width)
        .orElse(false);
  }

  /** Shifts a constant vector for one of its uses. */
  private void addToConstant(Graph.Use use, Matrix shift) {
    String tensor = editor.dense().node(use.node()).getInput(use.input());
    TensorData old = editor.dense().constantData(tensor).orElseThrow();
    double[] values = old.toDoubles();
    for (int i = 0; i < values.length; i++) {
      values[i] += shift.get(0, i);
    }
    editor.replace(use, TensorData.ofDoubles(tensor, old.type(), old.dims(), values));
  }

  private void insertAdd(int node, Matrix shift, ElementType type) {
    NodeProto.Builder projection = editor.node(node);
    String output = projection.getOutput(0);
    String unshifted = editor.freshName(output + "_unshifted");
    String bias = editor.freshName(output + "_bias");
    put(bias, shift, type);
    projection.setOutput(0, unshifted);
    editor.insertAfter(
        node,
        NodeProto.newBuilder()
            .setOpType("Add")
            .setName(editor.freshName(projection.getName() + "_bias_add"))
            .addInput(unshifted)
            .addInput(bias)
            .addOutput(output)
            .build());
  }

  private void put(String name, Matrix vector, ElementType type) {
    editor.put(
        TensorData.ofDoubles(name, type, ImmutableList.of((long) vector.cols()), vector.toArray())
            .toProto());
  }
}
