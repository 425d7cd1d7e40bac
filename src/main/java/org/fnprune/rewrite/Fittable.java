package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Optional;
import org.fnprune.model.Branches;
import org.fnprune.model.ElementType;
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

  /** The output of a fused skip normalisation that holds its sum. */
  private static final int FUSED_SUM = 3;

  private static final ImmutableSet<Integer> OTHER_FLOATS =
      ImmutableSet.of(
          ElementType.FLOAT16.number(), ElementType.BFLOAT16.number(), ElementType.DOUBLE.number());

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

  /** The tensor that holds a sum, if the graph names it. */
  static Optional<String> total(Graph dense, ResidualSum sum) {
    NodeProto adds = dense.node(dense.uses(sum.written()).get(0).node());
    int output = Graph.is(adds, "Add") ? 0 : FUSED_SUM;
    return output < adds.getOutputCount() && !adds.getOutput(output).isEmpty()
        ? Optional.of(adds.getOutput(output))
        : Optional.empty();
  }

  /** Whether a model can be begun at such a tensor: all floats are float32, and no branches. */
  static boolean canBeginInside(Graph dense) {
    return dense.nodes().stream().noneMatch(Branches::isChoice)
        && dense.model().graph().getInitializerList().stream()
            .noneMatch(tensor -> OTHER_FLOATS.contains(tensor.getDataType()));
  }
}
