package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Optional;
import org.fnprune.model.Branches;

/** The rules by operator. A new operator is one class (or one family member) and one line here. */
final class OperatorRules {

  private static final ImmutableMap<String, OperatorRule> RULES = rules();

  /** Operators of the ONNX standard whose names mean something else elsewhere. */
  private static final ImmutableMap<String, OperatorRule> STANDARD =
      ImmutableMap.of(
          "Attention", new AttentionRule(), "RotaryEmbedding", new RotaryEmbeddingRule(1));

  /** Operators that only ONNX Runtime has, or has differently. */
  private static final ImmutableMap<String, OperatorRule> MICROSOFT =
      ImmutableMap.<String, OperatorRule>builder()
          .put("Attention", new PackedAttentionRule())
          .put("DynamicQuantizeMatMul", product(0, 1, 4, 2, 3))
          .put("GroupQueryAttention", new GroupQueryAttentionRule())
          .put("MatMulIntegerToFloat", product(0, 1, 6, 3, 5))
          .put("MatMulNBits", new BlockProductRule())
          .put("MultiHeadAttention", new MultiHeadAttentionRule())
          .put("QGemm", product(0, 3, 6, 4, 5))
          .put("QLinearAdd", new QuantisedBroadcastRule())
          .put("QLinearLeakyRelu", new UnaryRule())
          .put("QLinearMul", new QuantisedBroadcastRule())
          .put("QLinearSigmoid", new UnaryRule())
          .put("QLinearSoftmax", new MixingRule())
          .put("RotaryEmbedding", new RotaryEmbeddingRule(2))
          .buildOrThrow();

  private static final OperatorRule CHOICE = new ChoiceRule();

  private OperatorRules() {}

  /** The rule for a node's operator, if there is one. */
  static Optional<OperatorRule> of(NodeProto node) {
    return switch (node.getDomain()) {
      case "", "ai.onnx" -> find(STANDARD, node);
      case "com.microsoft" -> find(MICROSOFT, node);
      case Branches.DOMAIN -> Optional.of(CHOICE);
      default -> Optional.empty();
    };
  }

  private static Optional<OperatorRule> find(
      ImmutableMap<String, OperatorRule> ofDomain, NodeProto node) {
    return Optional.ofNullable(ofDomain.get(node.getOpType()))
        .or(() -> Optional.ofNullable(RULES.get(node.getOpType())));
  }

  private static ImmutableMap<String, OperatorRule> rules() {
    ImmutableMap.Builder<String, OperatorRule> rules = ImmutableMap.builder();
    register(rules, product(0, 1, 2), "MatMul", "FusedMatMul", "Gemm", "FusedGemm");
    register(rules, product(0, 1, -1, 3), "MatMulInteger");
    register(rules, product(0, 3, -1, 4, 5), "QLinearMatMul");
    register(rules, new LinearQuantisationRule(), "DequantizeLinear", "QuantizeLinear");
    register(rules, new DynamicQuantisationRule(), "DynamicQuantizeLinear");
    register(rules, new UnaryRule(), UnaryRule.OPERATORS);
    register(rules, new BroadcastRule(), BroadcastRule.OPERATORS);
    register(rules, new RowMajorRule(), RowMajorRule.OPERATORS);
    register(rules, new TransposeRule(), "Transpose");
    register(rules, new ExpandRule(), "Expand");
    register(rules, new ConcatRule(), "Concat");
    register(rules, new SliceRule(), "Slice");
    register(rules, new SplitRule(), "Split");
    register(rules, new ShapeRule(), "Shape");
    register(rules, new GatherRule(), "Gather");
    register(rules, new MixingRule(), MixingRule.OPERATORS);
    return rules.buildOrThrow();
  }

  private static OperatorRule product(int first, int second, int bias, int... perColumn) {
    return new MatrixProductRule(
        new MatrixProductRule.Operands(first, second, bias, ImmutableIntArray.copyOf(perColumn)));
  }

  private static void register(
      ImmutableMap.Builder<String, OperatorRule> rules, OperatorRule rule, String... operators) {
    for (String operator : operators) {
      rules.put(operator, rule);
    }
  }
}
