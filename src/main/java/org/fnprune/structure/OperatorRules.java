package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableMap;
import java.util.Optional;

/** The rules by operator. A new operator is one class (or one family member) and one line here. */
final class OperatorRules {

  private static final ImmutableMap<String, OperatorRule> RULES = rules();

  private OperatorRules() {}

  /** The rule for a node's operator, if there is one. */
  static Optional<OperatorRule> of(NodeProto node) {
    boolean known =
        switch (node.getDomain()) {
          case "", "ai.onnx", "com.microsoft" -> true;
          default -> false;
        };
    return known ? Optional.ofNullable(RULES.get(node.getOpType())) : Optional.empty();
  }

  private static ImmutableMap<String, OperatorRule> rules() {
    ImmutableMap.Builder<String, OperatorRule> rules = ImmutableMap.builder();
    register(rules, new MatrixProductRule(), "MatMul", "FusedMatMul", "Gemm");
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

  private static void register(
      ImmutableMap.Builder<String, OperatorRule> rules, OperatorRule rule, String... operators) {
    for (String operator : operators) {
      rules.put(operator, rule);
    }
  }
}
