package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;

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
    ChannelAxis channels) {

  /** Whether the channels came in through input {@code input}. */
  boolean throughInput(int input) {
    return forward && port == input;
  }

  /** A refusal that names this node. */
  Blocked blocked(String what) {
    return new Blocked(node.getOpType() + " " + name() + " " + what);
  }

  /** A refusal for channels on another axis than the last. */
  void requireLastAxis() {
    if (channels.axis() != -1) {
      throw blocked("works along axis " + channels.axis() + " of the channels");
    }
  }

  String name() {
    return "'" + (node.getName().isEmpty() ? node.getOutput(0) : node.getName()) + "'";
  }
}
