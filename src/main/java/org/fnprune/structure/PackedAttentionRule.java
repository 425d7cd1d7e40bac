package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Collections;
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
      return shapes
          .size(node.getInput(WEIGHT), HeadMap.VALUES)
          .filter(columns -> columns.isKnown() && columns.factor() <= Integer.MAX_VALUE)
          .map(Size::factor)
          .filter(columns -> told.isEmpty() ? columns % 3 == 0 : isSum(columns, told))
          .map(columns -> told.isEmpty() ? Collections.nCopies(3, columns / 3) : told)
          .map(b -> new Blocks(b.get(0).intValue(), b.get(1).intValue(), b.get(2).intValue()));
    }

    private static boolean isSum(long columns, List<Long> parts) {
      return parts.size() == 3
          && parts.stream().allMatch(part -> part > 0 && part <= columns)
          && parts.stream().mapToLong(Long::longValue).sum() == columns;
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
    int count = Heads.told(reach, "num_heads");
    Heads heads = Heads.of(reach, count, count);
    ImmutableIntArray queries = heads.queries(blocks.queries());
    ImmutableIntArray keys = heads.keys(blocks.keys());
    ImmutableIntArray values = heads.keys(blocks.values());
    ImmutableIntArray columns =
        ImmutableIntArray.builder().addAll(queries).addAll(keys).addAll(values).build();
    ImmutableIntArray each = heads.eachKey();
    new HeadMap(reach, heads)
        .input(WEIGHT, HeadMap.VALUES, columns)
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
