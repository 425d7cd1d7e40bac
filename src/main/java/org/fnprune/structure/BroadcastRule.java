package org.fnprune.structure;

/**
 * Operators that combine their inputs value by value after broadcasting: bias addition, gates, the
 * pieces of a GELU. All operands that span the channels share them. Axes line up from the end.
 */
final class BroadcastRule implements OperatorRule {

  static final String[] OPERATORS = {
    "Add",
    "And",
    "BiasGelu",
    "Div",
    "Equal",
    "FastGelu",
    "Greater",
    "GreaterOrEqual",
    "Less",
    "LessOrEqual",
    "Max",
    "Mean",
    "Min",
    "Mod",
    "Mul",
    "Or",
    "Pow",
    "PRelu",
    "Sub",
    "Sum",
    "Where",
    "Xor"
  };

  @Override
  public void reach(Reach reach) {
    for (int input = 0; input < reach.node().getInputCount(); input++) {
      reach.propagation().operand(reach, input, reach.channels());
    }
    reach.propagation().mark(reach.node().getOutput(0), reach.channels());
  }
}
