package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;
import org.fnprune.model.Graph;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.FloatEnds;
import org.fnprune.structure.Projection;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.ResidualSum;
import org.fnprune.structure.UnitKind;

/** What of the projections behind a unit can be fitted, and why not more. */
final class Fittable {

  private static final int QGEMM_BIAS = 6;

  private Fittable() {}

  /** Why not even a bias can be added; empty when it can. */
  static Optional<String> obstacleToBias(Graph dense, PrunableUnit unit) {
    return unit.consumers().stream().anyMatch(c -> FloatEnds.result(dense, c).isEmpty())
        ? Optional.of("its projection makes integers, to which no bias can be added")
        : Optional.empty();
  }

  /** Why the weight cannot be fitted, while a bias can be added; empty when it can. */
  static Optional<String> obstacleToWeight(Graph dense, PrunableUnit unit) {
    if (unit.kind() == UnitKind.FFN_OUT) {
      return Optional.of("outputs of a down projection have no projection behind them");
    }
    return unit.consumers().stream().anyMatch(c -> hasIntegerBias(dense, c))
        ? Optional.of("its QGemm has a bias of integers, which stand for steps of the old weight")
        : Optional.empty();
  }

  private static boolean hasIntegerBias(Graph dense, Projection consumer) {
    NodeProto node = dense.node(consumer.node());
    return node.getOpType().equals("QGemm")
        && node.getInputCount() > QGEMM_BIAS
        && !node.getInput(QGEMM_BIAS).isEmpty();
  }

  /** Where a unit's one projection joins the residual stream, if there is such a place. */
  static Optional<ResidualSum> stream(Graph dense, PrunableUnit unit) {
    List<Projection> consumers = ConsumerWeights.projections(dense, unit);
    return unit.kind() != UnitKind.FFN_OUT && consumers.size() == 1
        ? ResidualSum.of(dense, consumers.get(0))
        : Optional.empty();
  }
}
