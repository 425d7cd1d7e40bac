package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Optional;
import java.util.Set;
import org.fnprune.model.Graph;

/**
 * Where a projection's result joins the residual stream:
 *
 * <pre>
 *   projection → (bias Add, Reshape, Cast, …) → written ─┐
 *                                              stream ───┴ Add, or a fused skip normalisation
 * </pre>
 *
 * @param written the tensor that the unit adds to the stream
 * @param stream the tensor that it is added to
 */
public record ResidualSum(String written, String stream) {

  private static final Set<String> PASSING = Set.of("Cast", "Dropout", "Identity", "Reshape");

  private static final Set<String> FUSED =
      Set.of("SkipLayerNormalization", "SkipSimplifiedLayerNormalization");

  /** The sum that {@code consumer} writes to; empty when its result goes another way. */
  public static Optional<ResidualSum> of(Graph graph, Projection consumer) {
    String tensor =
        graph.node(FloatEnds.result(graph, consumer).orElse(consumer.node())).getOutput(0);
    while (graph.uses(tensor).size() == 1 && !graph.isOutput(tensor)) {
      Graph.Use use = graph.uses(tensor).get(0);
      NodeProto reader = graph.node(use.node());
      boolean sum = Graph.is(reader, "Add") || FUSED.contains(reader.getOpType());
      if (sum && use.input() < 2) {
        String other = reader.getInput(1 - use.input());
        if (graph.constant(other).isEmpty()) {
          return Optional.of(new ResidualSum(tensor, other));
        }
      } else if (!PASSING.contains(reader.getOpType()) || use.input() != 0) {
        return Optional.empty();
      }
      tensor = reader.getOutput(0);
    }
    return Optional.empty();
  }
}
