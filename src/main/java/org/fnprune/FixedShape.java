package org.fnprune;

import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.Optional;
import java.util.Set;
import org.fnprune.model.Graph;

/**
 * The batch that an export insists on.
 *
 * @param rows sequences or images; empty when any number will do
 * @param tokens tokens of a sequence; empty when any number will do
 */
record FixedShape(Optional<Integer> rows, Optional<Integer> tokens) {

  private static final Set<String> IDS = Set.of("input_ids", "decoder_input_ids");
  private static final Set<String> OTHERS = Set.of("inputs_embeds", "pixel_values");

  /** Reads what the graph declares of its inputs. */
  static FixedShape of(Graph graph) {
    Optional<Integer> rows = Optional.empty();
    Optional<Integer> tokens = Optional.empty();
    for (ValueInfoProto input : graph.model().graph().getInputList()) {
      TensorShapeProto shape = input.getType().getTensorType().getShape();
      boolean ids = IDS.contains(input.getName());
      if (ids || OTHERS.contains(input.getName())) {
        rows = rows.isPresent() ? rows : fixed(shape, 0);
      }
      if (ids || input.getName().equals("inputs_embeds")) {
        tokens = tokens.isPresent() ? tokens : fixed(shape, 1);
      }
    }
    return new FixedShape(rows, tokens);
  }

  private static Optional<Integer> fixed(TensorShapeProto shape, int axis) {
    return shape.getDimCount() > axis && shape.getDim(axis).hasDimValue()
        ? Optional.of(Math.toIntExact(shape.getDim(axis).getDimValue())).filter(size -> size > 0)
        : Optional.empty();
  }
}
