package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import org.fnprune.model.Attributes;

/**
 * The shapes of what attention operators make: the result is like the queries, but as wide as the
 * values; keys and values that are kept for later are [b, k, t, D].
 */
record AttentionShapes(NodeOutput made) {

  /** The sizes of an output of an attention operator, if they can be told. */
  static Optional<ImmutableList<Size>> of(NodeOutput made) {
    AttentionShapes found = new AttentionShapes(made);
    NodeProto node = made.node();
    return switch (node.getOpType()) {
      case "Attention" ->
          node.getDomain().equals("com.microsoft") ? found.packed() : found.standard();
      case "MultiHeadAttention" -> found.multiHead();
      case "GroupQueryAttention" -> found.groupQuery();
      default -> throw new IllegalArgumentException(node.getOpType());
    };
  }

  private Optional<ImmutableList<Size>> packed() {
    Optional<PackedAttentionRule.Blocks> blocks =
        PackedAttentionRule.Blocks.of(made.shapes(), made.node());
    Size heads = attribute("num_heads");
    return sizes(0)
        .filter(x -> x.size() == 3)
        .map(
            x ->
                made.port() == 0
                    ? of(x.get(0), x.get(1), blocks.map(b -> Size.of(b.values())).orElse(last()))
                    : of(
                        Size.of(2),
                        x.get(0),
                        heads,
                        made.unknown(-2),
                        blocks.flatMap(b -> Size.of(b.keys()).dividedBy(heads)).orElse(last())));
  }

  private Optional<ImmutableList<Size>> multiHead() {
    Size heads = attribute("num_heads");
    Size keySize = headSize(0, heads).orElse(last());
    Size valueSize = made.has(2) ? headSize(2, heads).orElse(last()) : keySize;
    return sizes(0)
        .filter(q -> q.size() == 3 || q.size() == 5)
        .map(
            q ->
                made.port() == 0
                    ? of(q.get(0), q.get(1), whole(2, heads, valueSize))
                    : kept(q.get(0), heads, made.port() == 1 ? keySize : valueSize));
  }

  private Optional<ImmutableList<Size>> groupQuery() {
    Size heads = attribute("num_heads");
    Size keyHeads = attribute("kv_num_heads");
    long sharing = made.has(1) ? heads.factor() : heads.factor() + 2 * keyHeads.factor();
    return sizes(0)
        .filter(q -> q.size() == 3)
        .map(
            q -> {
              Size size = q.get(2).dividedBy(Size.of(sharing)).orElse(last());
              return switch (made.port()) {
                case 0 -> of(q.get(0), q.get(1), made.has(1) ? q.get(2) : heads.times(size));
                case 3 -> of(q.get(0), heads, q.get(1), last());
                default -> kept(q.get(0), keyHeads, size);
              };
            });
  }

  private Optional<ImmutableList<Size>> standard() {
    Optional<ImmutableList<Size>> queries = sizes(0);
    Optional<ImmutableList<Size>> keys = sizes(1);
    if (queries.isEmpty() || keys.isEmpty() || queries.get().size() != keys.get().size()) {
      return Optional.empty();
    }
    ImmutableList<Size> q = queries.get();
    boolean flat = q.size() == 3;
    Size heads = flat ? attribute("q_num_heads") : q.get(1);
    Size keyHeads = flat ? attribute("kv_num_heads") : keys.get().get(1);
    Size tokens = flat ? q.get(1) : q.get(2);
    Size keySize = headSize(1, keyHeads).orElse(last());
    Size valueSize = headSize(2, keyHeads).orElse(last());
    return Optional.of(
        switch (made.port()) {
          case 0 ->
              flat
                  ? of(q.get(0), tokens, heads.times(valueSize))
                  : of(q.get(0), heads, tokens, valueSize);
          case 3 -> of(q.get(0), heads, tokens, last());
          default -> kept(q.get(0), keyHeads, made.port() == 1 ? keySize : valueSize);
        });
  }

  /** The size of one head of an input, with or without an axis of heads. */
  private Optional<Size> headSize(int input, Size heads) {
    return sizes(input)
        .flatMap(
            s -> {
              Size last = s.get(s.size() - 1);
              return s.size() == 3 ? last.dividedBy(heads) : Optional.of(last);
            });
  }

  /** Values of all heads of an input, as written if it is flat. */
  private Size whole(int input, Size heads, Size size) {
    return sizes(input).filter(s -> s.size() == 3).map(s -> s.get(2)).orElse(heads.times(size));
  }

  private ImmutableList<Size> kept(Size batch, Size heads, Size size) {
    return made.port() == 3
        ? of(batch, heads, made.unknown(-2), last())
        : of(batch, heads, made.unknown(-2), size);
  }

  private Optional<ImmutableList<Size>> sizes(int input) {
    return made.input(input).filter(s -> s.size() >= 3);
  }

  private Size attribute(String name) {
    return Size.of(Attributes.integer(made.node(), name, 0));
  }

  private Size last() {
    return made.unknown(-1);
  }

  private static ImmutableList<Size> of(Size... sizes) {
    return ImmutableList.copyOf(List.of(sizes));
  }
}
