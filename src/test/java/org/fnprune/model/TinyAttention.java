package org.fnprune.model;

import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraph.integer;
import static org.fnprune.model.TinyGraph.integers;

/** Tiny models with attention beside their feed-forward blocks, as TorchScript writes them. */
public final class TinyAttention {

  /** Query heads of every layer. */
  public static final int HEADS = 4;

  /** Key and value heads of a model with grouped queries. */
  public static final int GROUPS = 2;

  /** Channels of one head. */
  public static final int HEAD_SIZE = 3;

  /** Neurons of every feed-forward block. */
  public static final int WIDTH = 16;

  /** Blocks of each model. */
  public static final int LAYERS = 2;

  private final TinyGraph graph = TinyGraph.create(5);
  private final int groups;
  private final boolean cache;
  private int layer;

  private TinyAttention(int groups, boolean cache) {
    this.groups = groups;
    this.cache = cache;
  }

  /** Every query head has its own key and value head: units of kind {@code heads}. */
  public static OnnxModel multiHead() {
    return new TinyAttention(HEADS, false).model();
  }

  /** Two query heads read each key and value head: units of kind {@code kv_groups}. */
  public static OnnxModel grouped() {
    return new TinyAttention(GROUPS, false).model();
  }

  /** The same with {@code past_key_values.*} inputs and {@code present.*} outputs. */
  public static OnnxModel groupedWithCache() {
    return new TinyAttention(GROUPS, true).model();
  }

  private OnnxModel model() {
    String x = graph.embedding();
    for (layer = 0; layer < LAYERS; layer++) {
      graph.prefix("layers." + layer + ".");
      x = graph.op("Add", x, attention(x));
      x = graph.op("Add", x, feedForward(x));
    }
    return graph.head(x);
  }

  private String feedForward(String x) {
    String up = graph.op("MatMul", x, graph.weight(name("w1"), HIDDEN, WIDTH));
    String active = graph.op("Relu", graph.op("Add", up, graph.weight(name("b1"), WIDTH)));
    String down = graph.op("MatMul", active, graph.weight(name("w2"), WIDTH, HIDDEN));
    return graph.op("Add", down, graph.weight(name("b2"), HIDDEN));
  }

  private String attention(String x) {
    String query = heads(x, "q", HEADS);
    String key = repeated(cached(heads(x, "k", groups), "key"), "k");
    String value = repeated(cached(heads(x, "v", groups), "value"), "v");
    String keys = graph.op("Transpose", integers("perm", 0, 1, 3, 2), key);
    String scores = graph.op("Mul", graph.op("MatMul", query, keys), graph.scalar(0.6));
    String seen = cache ? graph.op("Add", scores, causal(scores)) : scores;
    String mixed = graph.op("MatMul", graph.op("Softmax", integer("axis", -1), seen), value);
    String rows = graph.op("Transpose", integers("perm", 0, 2, 1, 3), mixed);
    String flat = graph.op("Reshape", rows, graph.longs(name("flat"), 0, 0, HEADS * HEAD_SIZE));
    String out = graph.op("MatMul", flat, graph.weight(name("wo"), HEADS * HEAD_SIZE, HIDDEN));
    return graph.op("Add", out, graph.weight(name("bo"), HIDDEN));
  }

  /** [b, heads, s, head size]. */
  private String heads(String x, String role, int count) {
    String weight = graph.weight(name("w" + role), HIDDEN, count * HEAD_SIZE);
    String bias = graph.weight(name("b" + role), count * HEAD_SIZE);
    String flat = graph.op("Add", graph.op("MatMul", x, weight), bias);
    String shape = graph.longs(name("shape." + role), 0, 0, count, HEAD_SIZE);
    return graph.op("Transpose", integers("perm", 0, 2, 1, 3), graph.op("Reshape", flat, shape));
  }

  /** [tokens, tokens with those before]: hides what comes later. */
  private String causal(String scores) {
    String sizes = graph.op("Gather", graph.op("Shape", scores), graph.longs(name("ends"), 2, 3));
    String hidden = graph.op("Add", graph.op("ConstantOfShape", sizes), graph.scalar(-1e4));
    String tokens = graph.op("Gather", sizes, graph.longs(name("tokens"), 0));
    String all = graph.op("Gather", sizes, graph.longs(name("all"), 1));
    String later = graph.op("Add", graph.op("Sub", all, tokens), graph.longs(name("next"), 1));
    String diagonal = graph.op("Squeeze", later, graph.longs(name("first"), 0));
    return graph.op("Trilu", integer("upper", 1), hidden, diagonal);
  }

  private String cached(String tensor, String role) {
    if (!cache) {
      return tensor;
    }
    String past =
        graph.input("past_key_values." + layer + "." + role, "batch", groups, "past", HEAD_SIZE);
    String present = graph.op("Concat", integer("axis", 2), past, tensor);
    graph.alsoOutput(present, "present." + layer + "." + role);
    return present;
  }

  /** Every key or value head as often as query heads read it. */
  private String repeated(String tensor, String role) {
    if (groups == HEADS) {
      return tensor;
    }
    String wider = graph.op("Unsqueeze", tensor, graph.longs(name("axis." + role), 2));
    long repeats = HEADS / groups;
    String expanded =
        graph.op("Expand", wider, graph.longs(name("repeats." + role), 1, 1, repeats, 1, 1));
    return graph.op("Reshape", expanded, graph.longs(name("all." + role), 0, HEADS, -1, HEAD_SIZE));
  }

  private String name(String role) {
    return role + "." + layer;
  }
}
