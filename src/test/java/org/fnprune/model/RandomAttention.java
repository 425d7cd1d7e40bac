package org.fnprune.model;

import static org.fnprune.model.TinyGraph.integer;
import static org.fnprune.model.TinyGraph.integers;

import java.util.ArrayList;
import java.util.List;

/** An attention block of a random transformer. */
final class RandomAttention {

  private final RandomParts p;
  private final TinyGraph g;

  /** Query heads. */
  private final int heads;

  /** Key and value heads: a divisor of {@link #heads}. */
  private final int groups;

  /** Values of a head. */
  private final int size;

  private final int all;
  private final int shared;

  /** A vector as wide as all queries, which several projections may add. */
  private final String sharedBias;

  RandomAttention(RandomParts parts, int heads, int groups, int size, String sharedBias) {
    this.p = parts;
    this.g = parts.g;
    this.heads = heads;
    this.groups = groups;
    this.size = size;
    this.all = heads * size;
    this.shared = groups * size;
    this.sharedBias = sharedBias;
  }

  /** What the block adds to the residual stream x. */
  String of(String x) {
    String flat = p.once(4) ? fused(x) : merged(context(x));
    return p.linear(p.noise(flat), all, p.hidden, p.once(3) ? "" : p.weight("bo", p.hidden));
  }

  private String bias(int width) {
    return switch (p.random.nextInt(4)) {
      case 0, 1 -> "";
      case 2 -> width == all ? sharedBias : p.weight("b", width);
      default -> p.weight("b", width);
    };
  }

  private String projected(String x, int width) {
    return p.noise(p.linear(p.noise(x), p.hidden, width, bias(width)));
  }

  /** Queries, keys and values, each [b, s, width]. */
  private List<String> flatParts(String x) {
    if (p.once(2)) {
      return List.of(projected(x, all), projected(x, shared), projected(x, shared));
    }
    return p.parts(projected(x, all + 2 * shared), 3, all, shared, shared);
  }

  /** One operator for the whole attention: [b, s, all]. */
  private String fused(String x) {
    if (p.opset >= 23 && p.once(2)) {
      return standard(x);
    }
    List<String> parts = flatParts(x);
    String[] inputs = parts.toArray(new String[0]);
    if (groups == heads) {
      return g.microsoft("MultiHeadAttention", 1, List.of(integer("num_heads", heads)), inputs)
          .get(0);
    }
    return merged(
        attended(byHead(parts.get(0), heads), repeated(parts.get(1)), repeated(parts.get(2))));
  }

  /** The operator of opset 23; behind a Slice or Split, ONNX Runtime infers wrong sizes for it. */
  private String standard(String x) {
    return g.op(
            "Attention",
            List.of(integer("q_num_heads", heads), integer("kv_num_heads", groups)),
            g.op("MatMul", x, p.weight("wq", p.hidden, all)),
            g.op("MatMul", x, p.weight("wk", p.hidden, shared)),
            g.op("MatMul", x, p.weight("wv", p.hidden, shared)))
        .get(0);
  }

  /** [b, heads, s, size]. */
  private String context(String x) {
    if (groups == heads && p.once(4)) {
      List<String> parts = p.once(2) ? interleaved(x) : stacked(x);
      return attended(parts.get(0), parts.get(1), parts.get(2));
    }
    List<String> parts = flatParts(x);
    String q = byHead(parts.get(0), heads);
    String k = byHead(parts.get(1), groups);
    if (p.once(4)) {
      q = norm(q);
      k = norm(k);
    }
    if (size % 2 == 0 && p.once(3)) {
      String cos = p.weight("cos", size);
      String sin = p.weight("sin", size);
      q = rotated(q, cos, sin);
      k = rotated(k, cos, sin);
    }
    return attended(q, spread(k), spread(byHead(parts.get(2), groups)));
  }

  private String norm(String byHead) {
    return new RandomNorm(p).of(byHead, size);
  }

  private String repeated(String flat) {
    return spread(byHead(flat, groups));
  }

  /** [b, s, n·D] → [b, n, s, D]. */
  private String byHead(String flat, int count) {
    String shape =
        switch (p.random.nextInt(4)) {
          case 0 -> p.longs(0, 0, -1, size);
          case 1 -> p.rowsOf(flat, count, size);
          case 2 -> p.rowsOf(flat, -1, size);
          default -> p.longs(0, 0, count, size);
        };
    return byToken(g.op("Reshape", flat, shape));
  }

  private String byToken(String heads) {
    return g.op("Transpose", integers("perm", 0, 2, 1, 3), heads);
  }

  /** GPT-NeoX: every head's queries, keys and values lie together. */
  private List<String> interleaved(String x) {
    String shape = p.once(2) ? p.longs(0, 0, heads, 3L * size) : p.longs(0, 0, -1, 3L * size);
    String packed = g.op("Reshape", projected(x, 3 * all), shape);
    if (p.once(2)) {
      return p.parts(byToken(packed), 4, size, size, size);
    }
    return p.parts(packed, 4, size, size, size).stream().map(this::byToken).toList();
  }

  /** An axis of its own tells queries, keys and values apart. */
  private List<String> stacked(String x) {
    String stack = g.op("Reshape", projected(x, 3 * all), p.longs(0, 0, 3, heads, size));
    boolean first = p.once(2);
    String turned = first ? g.op("Transpose", integers("perm", 2, 0, 3, 1, 4), stack) : stack;
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String part = g.op("Gather", integer("axis", first ? 0 : 2), turned, p.index(i));
      parts.add(first ? part : byToken(part));
    }
    return parts;
  }

  /** x · cos + rotate_half(x) · sin. */
  private String rotated(String byHead, String cos, String sin) {
    List<String> halves = p.parts(byHead, 4, size / 2, size / 2);
    String turned = g.op("Concat", integer("axis", -1), g.op("Neg", halves.get(1)), halves.get(0));
    return p.sum(p.product(byHead, cos), p.product(turned, sin));
  }

  /** Every key or value head as often as query heads read it. */
  private String spread(String byGroup) {
    if (groups == heads) {
      return byGroup;
    }
    int repeats = heads / groups;
    String wider = g.op("Unsqueeze", byGroup, p.longs(2));
    String to =
        switch (p.random.nextInt(3)) {
          case 0 -> p.longs(1, 1, repeats, 1, 1);
          case 1 -> p.longs(1, groups, repeats, 1, size);
          default -> {
            String sizes = g.op("Shape", byGroup);
            yield g.op(
                "Concat",
                integer("axis", 0),
                g.op("Gather", sizes, p.longs(0)),
                p.longs(groups),
                p.longs(repeats),
                g.op("Gather", sizes, p.longs(2)),
                p.longs(size));
          }
        };
    return g.op("Reshape", g.op("Expand", wider, to), p.longs(0, heads, -1, size));
  }

  private String attended(String q, String k, String v) {
    double scale = 1 / Math.sqrt(size);
    String queries = p.once(3) ? p.product(q, g.scalar(scale)) : q;
    String keys = g.op("Transpose", integers("perm", 0, 1, 3, 2), k);
    String scores = g.op("MatMul", queries, keys);
    if (queries.equals(q)) {
      scores =
          p.once(2) ? g.op("Div", scores, g.scalar(1 / scale)) : p.product(scores, g.scalar(scale));
    }
    if (p.opset >= 14 && p.once(3)) {
      scores = p.sum(scores, causal(scores));
    }
    String weights = g.op("Softmax", integer("axis", p.once(2) ? -1 : 3), scores);
    if (p.once(4)) {
      weights = g.op("Where", g.op("IsNaN", weights), g.scalar(0), weights);
    }
    return g.op("MatMul", weights, v);
  }

  /** [s, s]: hides what comes later. */
  private String causal(String scores) {
    String sizes = g.op("Gather", g.op("Shape", scores), p.longs(2, 3));
    String hidden = g.op("Add", g.op("ConstantOfShape", sizes), g.scalar(-1e4));
    return g.op("Trilu", integer("upper", 1), hidden, p.index(1));
  }

  /** [b, n, s, D] → [b, s, n·D]. */
  private String merged(String context) {
    String rows = byToken(context);
    String shape =
        switch (p.random.nextInt(4)) {
          case 0 -> p.longs(0, 0, -1);
          case 1 -> p.longs(0, -1, all);
          case 2 -> p.rowsOf(rows, all);
          default -> p.longs(0, 0, all);
        };
    return g.op("Reshape", rows, shape);
  }
}
