package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.Optional;
import org.fnprune.model.Attributes;

/**
 * ONNX Runtime's Attention, which makes queries, keys and values itself:
 *
 * <pre>
 *   x [b, s, K] · W [K, Nq + Nk + Nv] + bias, past [2, b, n, t, D] → y [b, s, Nv], present
 * </pre>
 *
 * <p>Heads are made here: each takes columns of all three blocks of W. The sizes of the blocks are
 * an attribute, or equal.
 */
final class PackedAttentionRule implements OperatorRule {

  private static final int INPUT = 0;
  private static final int WEIGHT = 1;
  private static final int BIAS = 2;
  private static final int PAST = 4;
  private static final int SCORES = 5;

  /** Columns of each block of the weight. */
  record Blocks(int queries, int keys, int values) {

    static Optional<Blocks> of(Shapes shapes, NodeProto node) {
      List<Long> told = Attributes.integers(node, "qkv_hidden_sizes");
      if (told.size() == 3) {
        return Optional.of(
            new Blocks(
                Math.toIntExact(told.get(0)),
                Math.toIntExact(told.get(1)),
                Math.toIntExact(told.get(2))));
      }
      return shapes
          .size(node.getInput(WEIGHT), HeadMap.VALUES)
          .filter(size -> told.isEmpty() && size.isKnown() && size.factor() % 3 == 0)
          .map(size -> Math.toIntExact(size.factor() / 3))
          .map(third -> new Blocks(third, third, third));
    }
  }

  @Override
  public Optional<Weight> weight(Shapes shapes, NodeProto node) {
    return shapes
        .graph()
        .constant(node.getInput(WEIGHT))
        .filter(MatrixProductRule::isMatrix)
        .flatMap(w -> Blocks.of(shapes, node))
        .map(blocks -> new Weight(WEIGHT, blocks.values()));
  }

  @Override
  public void reach(Reach reach) {
    if (reach.throughInput(INPUT)) {
      throw reach.blocked("consumes the channels as queries, keys and values at once");
    }
    NodeProto node = reach.node();
    Blocks blocks =
        Blocks.of(reach.shapes(), node)
            .orElseThrow(() -> reach.blocked("has blocks of unknown sizes in its weight"));
    int heads = Math.toIntExact(Attributes.integer(node, "num_heads", 0));
    HeadMap map = HeadMap.of(reach, heads, heads);
    ImmutableIntArray queries = map.queries(blocks.queries());
    ImmutableIntArray keys = map.keys(blocks.keys());
    ImmutableIntArray values = map.keys(blocks.values());
    ImmutableIntArray columns =
        ImmutableIntArray.builder().addAll(queries).addAll(keys).addAll(values).build();
    ImmutableIntArray each = map.keys(heads);
    map.input(WEIGHT, HeadMap.VALUES, columns)
        .input(BIAS, HeadMap.VALUES, columns)
        .input(PAST, HeadMap.HEADS, each)
        .scoreInput(SCORES)
        .output(0, HeadMap.VALUES, values)
        .output(1, HeadMap.HEADS, each)
        .counted("num_heads", -1, each)
        .counted("qkv_hidden_sizes", 0, queries)
        .counted("qkv_hidden_sizes", 1, keys)
        .counted("qkv_hidden_sizes", 2, values)
        .attend();
  }
}
