package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Optional;

/** How channels pass one kind of operator. One small class per operator or family of operators. */
interface OperatorRule {

  /**
   * A weight inside an operator whose output channels may be removable.
   *
   * @param input the input that is the weight
   * @param width channels on the last axis of the first output
   */
  record Weight(int input, int width) {}

  /**
   * Called once for every input or output of a node that turned out to carry channels. Marks the
   * node's other operands, cuts its weights, or refuses.
   *
   * @throws Blocked when the channels cannot be followed
   */
  void reach(Reach reach);

  /** The weight that makes a node's output channels, for operators that have one. */
  default Optional<Weight> weight(Shapes shapes, NodeProto node) {
    return Optional.empty();
  }
}
