package org.fnprune.structure;

/**
 * Operators that start the residual stream (embeddings) or whose every result depends on all of it
 * (normalisations and reductions). Whatever writes to the stream ends here and is refused.
 */
final class MixingRule implements OperatorRule {

  static final String[] OPERATORS = {
    "ArgMax",
    "GroupNormalization",
    "InstanceNormalization",
    "LayerNormalization",
    "LpNormalization",
    "LogSoftmax",
    "ReduceL2",
    "ReduceMax",
    "ReduceMean",
    "ReduceSum",
    "ReduceSumSquare",
    "RMSNormalization",
    "SimplifiedLayerNormalization",
    "SkipLayerNormalization",
    "SkipSimplifiedLayerNormalization",
    "Softmax"
  };

  @Override
  public void reach(Reach reach) {
    throw reach.blocked("belongs to the residual stream");
  }
}
