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
final class AttentionShapes {

  private final NodeProto node;
  private final int port;
  private final Shapes shapes;

  private AttentionShapes(NodeProto node, int port, Shapes shapes) {
    this.node = node;
    this.port = port;
    this.shapes = shapes;
  }

  /** The sizes of output number {@code port} of an attention operator, if they can be told. */
  static Optional<ImmutableList<Size>> of(NodeProto node, int port, Shapes shapes) {
    AttentionShapes found = new AttentionShapes(node, port, shapes);
    return switch (node.getOpType()) {
      case "Attention" ->
          node.getDomain().equals("com.microsoft") ? found.packed() : found.standard();
      case "MultiHeadAttention" -> found.multiHead();
      case "GroupQueryAttention" -> found.groupQuery();
      default -> throw new IllegalArgumentException(node.getOpType());
    };
  }

  private Optional<ImmutableList<Size>> packed() {
    Optional<PackedAttentionRule.Blocks> blocks = PackedAttentionRule.Blocks.of(shapes, node);
    Size heads = attribute("num_heads");
    return sizes(0)
        .filter(x -> x.size() == 3)
        .map(
            x ->
                port == 0
                    ? of(x.get(0), x.get(1), blocks.map(b -> Size.of(b.values())).orElse(last()))
                    : of(
                        Size.of(2),
                        x.get(0),
                        heads,
                        unknown(-2),
                        blocks.flatMap(b -> Size.of(b.keys()).dividedBy(heads)).orElse(last())));
  }

  private Optional<ImmutableList<Size>> multiHead() {
    Size heads = attribute("num_heads");
    Size keySize = headSize(0, heads).orElse(last());
    Size valueSize = present(2) ? headSize(2, heads).orElse(last()) : keySize;
    return sizes(0)
        .filter(q -> q.size() == 3 || q.size() == 5)
        .map(
            q ->
                port == 0
                    ? of(q.get(0), q.get(1), whole(2, heads, valueSize))
                    : kept(q.get(0), heads, port == 1 ? keySize : valueSize));
  }

  private Optional<ImmutableList<Size>> groupQuery() {
    Size heads = attribute("num_heads");
    Size keyHeads = attribute("kv_num_heads");
    long sharing = present(1) ? heads.factor() : heads.factor() + 2 * keyHeads.factor();
    return sizes(0)
        .filter(q -> q.size() == 3)
        .map(
            q -> {
              Size size = q.get(2).dividedBy(Size.of(sharing)).orElse(last());
              return switch (port) {
                case 0 -> of(q.get(0), q.get(1), present(1) ? q.get(2) : heads.times(size));
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
        switch (port) {
          case 0 ->
              flat
                  ? of(q.get(0), tokens, heads.times(valueSize))
                  : of(q.get(0), heads, tokens, valueSize);
          case 3 -> of(q.get(0), heads, tokens, last());
          default -> kept(q.get(0), keyHeads, port == 1 ? keySize : valueSize);
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
    return port == 3 ? of(batch, heads, unknown(-2), last()) : of(batch, heads, unknown(-2), size);
  }

  private boolean present(int input) {
    return input < node.getInputCount() && !node.getInput(input).isEmpty();
  }

  private Optional<ImmutableList<Size>> sizes(int input) {
    return present(input)
        ? shapes.of(node.getInput(input)).filter(s -> s.size() >= 3)
        : Optional.empty();
  }

  private Size attribute(String name) {
    return Size.of(Attributes.integer(node, name, 0));
  }

  private Size last() {
    return unknown(-1);
  }

  private Size unknown(int axis) {
    return Shapes.unknown(node.getOutput(port), axis);
  }

  private static ImmutableList<Size> of(Size... sizes) {
    return ImmutableList.copyOf(List.of(sizes));
  }
}
