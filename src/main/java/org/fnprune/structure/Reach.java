package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;

/**
 * Channels that have reached a node.
 *
 * @param propagation where to mark what they reach next
 * @param index the node's number
 * @param forward whether they came in through an input (else through an output)
 * @param port the number of that input or output
 * @param channels what they carry
 */
record Reach(
    ChannelPropagation propagation,
    int index,
    NodeProto node,
    boolean forward,
    int port,
    ChannelLayout channels) {

  /** Whether the channels came in through input {@code input}. */
  boolean throughInput(int input) {
    return forward && port == input;
  }

  /** A refusal that names this node. */
  Blocked blocked(String what) {
    return new Blocked(node.getOpType() + " " + name() + " " + what);
  }

  String input(int i) {
    return i < node.getInputCount() ? node.getInput(i) : "";
  }

  /** The tensor that the channels came in on. */
  String tensor() {
    return forward ? node.getInput(port) : node.getOutput(port);
  }

  Shapes shapes() {
    return propagation.shapes();
  }

  /**
   * The sizes of a tensor of this node.
   *
   * @throws Blocked when they cannot be told
   */
  ImmutableList<Size> sizes(String tensor) {
    return shapes().of(tensor).orElseThrow(() -> blocked("has an input or output of unknown rank"));
  }

  /** An attribute that counts axes, as a number from the end. */
  int axisFromEnd(long axis, String tensor) {
    return (int) (axis < 0 ? axis : axis - sizes(tensor).size());
  }

  /** Marks an activation, or cuts a constant, wherever the channels go next. */
  void input(int i, ChannelLayout layout) {
    if (propagation.graph().constant(node.getInput(i)).isPresent()) {
      propagation.cut(this, i, layout);
    } else {
      propagation.mark(node.getInput(i), layout);
    }
  }

  /** The same for an operand that is broadcast, of which a part can be picked. */
  void operand(int i, ChannelLayout layout) {
    if (propagation.bias().is(node.getInput(i), layout)) {
      propagation.edit(index, i, PositionBias.pick(this, i));
    } else {
      input(i, layout);
    }
  }

  void output(int i, ChannelLayout layout) {
    if (i < node.getOutputCount() && !node.getOutput(i).isEmpty()) {
      propagation.mark(node.getOutput(i), layout);
    }
  }

  String name() {
    return "'" + (node.getName().isEmpty() ? node.getOutput(0) : node.getName()) + "'";
  }
}
