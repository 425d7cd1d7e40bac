package org.fnprune.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.Set;
import org.fnprune.common.UsageException;

/** Nodes must have the inputs, outputs and sizes that everything after this looks at. */
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
          "Xor");

  /** Domains whose operators this project knows. */
  private static final Set<String> DOMAINS = ImmutableSet.of("", "ai.onnx", "com.microsoft");

  /** Attributes that count axes, channels or bits. */
  private static final Set<String> COUNTS =
      ImmutableSet.of("K", "N", "axis", "bits", "block_size", "num_outputs");

  /** Operators that are nothing without more inputs. */
  private static final ImmutableMap<String, Integer> MORE_INPUTS =
      ImmutableMap.<String, Integer>builder()
          .put("DequantizeLinear", 2)
          .put("DynamicQuantizeMatMul", 3)
          .put("GroupQueryAttention", 1)
          .put("If", 1)
          .put("MatMulInteger", 2)
          .put("MatMulIntegerToFloat", 4)
          .put("MatMulNBits", 3)
          .put("MultiHeadAttention", 1)
          .put("QGemm", 6)
          .put("QLinearAdd", 7)
          .put("QLinearLeakyRelu", 4)
          .put("QLinearMatMul", 8)
          .put("QLinearMul", 7)
          .put("QLinearSigmoid", 4)
          .put("QLinearSoftmax", 4)
          .put("QuantizeLinear", 2)
          .put("Range", 3)
          .put("RotaryEmbedding", 3)
          .put("Where", 3)
          .buildOrThrow();

  private Arity() {}

  /**
   * Checks one node.
   *
   * @throws UsageException when it has too few inputs or no output, or counts what cannot be
   */
  static void check(NodeProto node) {
    node.getAttributeList().stream()
        .filter(a -> COUNTS.contains(a.getName()) && a.getI() != (int) a.getI())
        .findFirst()
        .ifPresent(
            attribute -> {
              throw new UsageException(
                  "node '"
                      + node.getName()
                      + "' ("
                      + node.getOpType()
                      + ") has "
                      + attribute.getName()
                      + " "
                      + attribute.getI()
                      + ", which no model has",
                  "the file is damaged; export the model again");
            });
    boolean standard = DOMAINS.contains(node.getDomain());
    int least =
        TWO_INPUTS.contains(node.getOpType())
            ? 2
            : standard && !NO_INPUT.contains(node.getOpType()) ? 1 : 0;
    int needed = MORE_INPUTS.getOrDefault(node.getOpType(), least);
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
