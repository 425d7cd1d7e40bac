package org.fnprune.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableSet;
import java.util.Set;
import org.fnprune.common.UsageException;

/** Nodes must have the inputs and outputs that everything after this looks at. */
final class Arity {

  private static final Set<String> NO_INPUT =
      ImmutableSet.of(
          "Constant", "Loop", "Optional", "RandomNormal", "RandomUniform", "SequenceEmpty");

  private static final Set<String> TWO_INPUTS =
      ImmutableSet.of(
          "Add",
          "And",
          "Attention",
          "BiasGelu",
          "Div",
          "Equal",
          "Expand",
          "FusedGemm",
          "FusedMatMul",
          "Gather",
          "Gemm",
          "Greater",
          "GreaterOrEqual",
          "Less",
          "LessOrEqual",
          "MatMul",
          "Mod",
          "Mul",
          "Or",
          "PRelu",
          "Pow",
          "Reshape",
          "Sub",
          "Where",
          "Xor");

  private Arity() {}

  /**
   * Checks one node.
   *
   * @throws UsageException when it has too few inputs or no output
   */
  static void check(NodeProto node) {
    boolean standard = node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
    int needed =
        TWO_INPUTS.contains(node.getOpType())
            ? 2
            : standard && !NO_INPUT.contains(node.getOpType()) ? 1 : 0;
    if (node.getInputCount() < needed || node.getOutputCount() == 0) {
      throw new UsageException(
          "node '"
              + node.getName()
              + "' ("
              + node.getOpType()
              + ") has "
              + node.getInputCount()
              + " inputs and "
              + node.getOutputCount()
              + " outputs; it needs at least "
              + needed
              + " and 1",
          "the file is damaged, or of an opset before 5; export the model again");
    }
  }
}
