package org.fnprune.structure;

/**
 * Operators that treat every value of their first input alone: {@code y = f(x)}. Channels stay on
 * their axis.
 */
final class UnaryRule implements OperatorRule {

  static final String[] OPERATORS = {
    "Abs",
    "Cast",
    "Celu",
    "Clip",
    "Cos",
    "Dropout",
    "Elu",
    "Erf",
    "Exp",
    "Gelu",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "IsNaN",
    "LeakyRelu",
    "Log",
    "Mish",
    "Neg",
    "Not",
    "QuickGelu",
    "Reciprocal",
    "Relu",
    "Selu",
    "Sigmoid",
    "Sin",
    "Softplus",
    "Softsign",
    "Sqrt",
    "Swish",
    "Tanh",
    "ThresholdedRelu"
  };

  @Override
  public void reach(Reach reach) {
    if (reach.port() != 0) {
      throw reach.blocked("uses the channels as a parameter");
    }
    reach.input(0, reach.channels());
    reach.output(0, reach.channels());
  }
}
