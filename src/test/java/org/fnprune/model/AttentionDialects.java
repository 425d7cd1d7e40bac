package org.fnprune.model;

import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraph.integer;
import static org.fnprune.model.TinyGraph.integers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import com.google.common.collect.ImmutableList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Models with attention blocks, written as the exporters that we know write them. */
public final class AttentionDialects {

  /** Query heads of each block. */
  public static final int HEADS = 4;

  /** Key and value heads of the blocks that share them. */
  public static final int KV_HEADS = 2;

  /** Values of one head. */
  public static final int SIZE = 4;

  /** Models whose unit is a head, by what is special about them. */
  public static final Map<String, OnnxModel> BY_HEAD = byHead();

  /** Models whose unit is a KV head with its query heads. */
  public static final Map<String, OnnxModel> BY_GROUP = byGroup();

  private static final int ALL = HEADS * SIZE;
  private static final int REPEATS = HEADS / KV_HEADS;

  private final TinyGraph g;

  /** What is added to the scores; empty when nothing is. */
  private final String bias;

  private AttentionDialects(TinyGraph g, String bias) {
    this.g = g;
    this.bias = bias;
  }

  private interface Block {
    String of(AttentionDialects attention, String x);
  }

  private static Map<String, OnnxModel> byHead() {
    Map<String, OnnxModel> models = new LinkedHashMap<>();
    models.put("counts left open", model((a, x) -> a.separate(x, -1, -1)));
    models.put("counts written", model((a, x) -> a.separate(x, HEADS, ALL)));
    models.put(
        "float16",
        model(TinyGraph.create(ElementType.FLOAT16, 1), (a, x) -> a.separate(x, HEADS, ALL)));
    models.put("packed, taken apart by Split", model(AttentionDialects::packedBySplit));
    models.put("packed, taken apart by Slice", model(AttentionDialects::packedBySlice));
    models.put("packed head by head", model(AttentionDialects::interleaved));
    models.put("packed in an axis of its own", model(AttentionDialects::stacked));
    models.put("heads merged with the batch", model((a, x) -> a.merged(x, false)));
    models.put("rotated queries and keys", model((a, x) -> a.rotated(x, SIZE)));
    models.put("rotation that leaves nothing over", model((a, x) -> a.partlyRotated(x, SIZE)));
    models.put("rotation of the first half", model((a, x) -> a.partlyRotated(x, SIZE / 2)));
    models.put("norms over every head", model(AttentionDialects::normed));
    models.put("position bias of all layers", biased());
    models.put("ALiBi of all layers", alibi());
    return models;
  }

  private static Map<String, OnnxModel> byGroup() {
    Map<String, OnnxModel> models = new LinkedHashMap<>();
    models.put("Expand to a written shape", model((a, x) -> a.grouped(x, a.written(x))));
    models.put("Expand to a computed shape", model((a, x) -> a.grouped(x, a.computed(x))));
    return models;
  }

  private static OnnxModel model(Block block) {
    return model(TinyGraph.create(1), block);
  }

  private static OnnxModel model(TinyGraph g, Block block) {
    return model(new AttentionDialects(g, ""), g.embedding(), block);
  }

  private static OnnxModel model(AttentionDialects attention, String embedding, Block block) {
    String x = embedding;
    for (int layer = 0; layer < TinyGraphs.LAYERS; layer++) {
      attention.g.prefix("layers." + layer + ".");
      x = attention.g.op("Add", x, block.of(attention, x));
    }
    return attention.g.head(x);
  }

  /** T5: a table of biases by distance, looked up once; here by token. */
  private static OnnxModel biased() {
    TinyGraph g = TinyGraph.create(1);
    String table = g.weight("bias.table", TinyGraph.VOCABULARY, HEADS);
    String looked = g.op("Gather", table, "input_ids"); // [b, s, H]
    String first = g.op("Transpose", integers("perm", 0, 2, 1), looked);
    String bias = g.op("Unsqueeze", first, g.longs("bias.axis", 2)); // [b, H, 1, s]
    return model(
        new AttentionDialects(g, bias), g.embedding(), (a, x) -> a.separate(x, HEADS, ALL));
  }

  /** BLOOM: slopes times positions, shaped [b·H, 1, s] once. */
  private static OnnxModel alibi() {
    TinyGraph g = TinyGraph.create(1);
    String positions =
        g.op("Cast", integer("to", 1), g.op("Unsqueeze", "input_ids", g.longs("middle", 1)));
    String slopes = g.op("Mul", positions, g.weight("slopes", HEADS, 1)); // [b, H, s]
    AttentionDialects unbiased = new AttentionDialects(g, "");
    String rows =
        g.op(
            "Concat",
            integer("axis", 0),
            unbiased.rows("input_ids", "alibi"),
            g.longs("alibi.one", 1),
            g.longs("alibi.rest", -1));
    String bias = g.op("Reshape", slopes, rows);
    return model(new AttentionDialects(g, bias), g.embedding(), (a, x) -> a.merged(x, true));
  }

  /** batch · heads, as one number in a vector. */
  private String rows(String x, String name) {
    String batch = g.op("Gather", g.op("Shape", x), g.longs(name + ".batch", 0));
    return g.op("Mul", batch, g.longs(name + ".heads", HEADS));
  }

  private String projection(String x, String role, int width) {
    String product = g.op("MatMul", x, g.weight(role + "_after_" + x, HIDDEN, width));
    return g.op("Add", product, g.weight(role + "_bias_after_" + x, width));
  }

  private String out(String x, String context) {
    return g.op("MatMul", context, g.weight("o_after_" + x, ALL, HIDDEN));
  }

  /** [b, s, n·D] → [b, n, s, D]. */
  private String heads(String projected, long count) {
    String split = g.op("Reshape", projected, g.longs(projected + ".heads", 0, 0, count, SIZE));
    return g.op("Transpose", integers("perm", 0, 2, 1, 3), split);
  }

  /** softmax(q kᵀ + bias) v for heads [b, H, s, D], as [b, s, H·D]. */
  private String attend(String q, String k, String v, long width) {
    String context = weighted(q, g.op("Transpose", integers("perm", 0, 1, 3, 2), k), v);
    String back = g.op("Transpose", integers("perm", 0, 2, 1, 3), context);
    return g.op("Reshape", back, g.longs(back + ".shape", 0, 0, width));
  }

  private String weighted(String q, String transposedK, String v) {
    String scores = g.op("Mul", g.op("MatMul", q, transposedK), g.scalar(0.5));
    String added = bias.isEmpty() ? scores : g.op("Add", scores, bias);
    return g.op("MatMul", g.op("Softmax", integer("axis", -1), added), v);
  }

  private String separate(String x, long count, long width) {
    String q = heads(projection(x, "q", ALL), count);
    String k = heads(projection(x, "k", ALL), count);
    String v = heads(projection(x, "v", ALL), count);
    return out(x, attend(q, k, v, width));
  }

  private String packedBySplit(String x) {
    List<AttributeProto> axis = List.of(integer("axis", 2));
    String sizes = g.longs("sizes_after_" + x, ALL, ALL, ALL);
    List<String> parts = g.op("Split", 3, axis, projection(x, "qkv", 3 * ALL), sizes);
    return ofParts(x, parts);
  }

  private String packedBySlice(String x) {
    String packed = projection(x, "qkv", 3 * ALL);
    String q = slice(packed, 0, ALL);
    String k = slice(packed, ALL, 2L * ALL);
    return ofParts(x, List.of(q, k, slice(packed, 2L * ALL, Long.MAX_VALUE)));
  }

  private String ofParts(String x, List<String> parts) {
    List<String> heads = parts.stream().map(part -> heads(part, HEADS)).toList();
    return out(x, attend(heads.get(0), heads.get(1), heads.get(2), ALL));
  }

  private String slice(String tensor, long from, long to) {
    String name = tensor + ".from" + from;
    return g.op(
        "Slice",
        tensor,
        g.longs(name, from),
        g.longs(name + ".to", to),
        g.longs(name + ".axis", -1));
  }

  /** GPT-NeoX: [b, s, H, 3·D], every head's q, k and v together. */
  private String interleaved(String x) {
    String packed = heads(projection(x, "qkv", 3 * ALL), x);
    return out(x, attend(slice(packed, 0, 4), slice(packed, 4, 8), slice(packed, 8, 12), ALL));
  }

  private String heads(String projected, String x) {
    String shape = g.longs("heads_after_" + x, 0, 0, HEADS, 3L * SIZE);
    return g.op("Transpose", integers("perm", 0, 2, 1, 3), g.op("Reshape", projected, shape));
  }

  /** [b, s, 3, H, D], from which Gather picks. */
  private String stacked(String x) {
    String shape = g.longs("stack_after_" + x, 0, 0, 3, HEADS, SIZE);
    String stack = g.op("Reshape", projection(x, "qkv", 3 * ALL), shape);
    String[] parts = new String[3];
    for (int i = 0; i < parts.length; i++) {
      String index = g.tensor(TensorData.ofLongs(stack + i, ImmutableList.of(), new long[] {i}));
      String part = g.op("Gather", integer("axis", 2), stack, index);
      parts[i] = g.op("Transpose", integers("perm", 0, 2, 1, 3), part);
    }
    return out(x, attend(parts[0], parts[1], parts[2], ALL));
  }

  /** BLOOM: products of three axes, the first of which is b·H. */
  private String merged(String x, boolean open) {
    String rows = rows(x, x);
    String last = g.longs(x + ".size", SIZE);
    String rest = g.longs(x + ".rest", -1);
    String shape = g.op("Concat", integer("axis", 0), rows, rest, last);
    String q = g.op("Reshape", heads(projection(x, "q", ALL), HEADS), shape);
    String k = g.op("Reshape", heads(projection(x, "k", ALL), HEADS), shape);
    String v = g.op("Reshape", heads(projection(x, "v", ALL), HEADS), shape);
    String context = weighted(q, g.op("Transpose", integers("perm", 0, 2, 1), k), v);
    long tokens = open ? 0 : -1;
    String batch = g.op("Gather", g.op("Shape", x), g.longs(x + ".batches", 0));
    String length = g.op("Gather", g.op("Shape", x), g.longs(x + ".lengths", 1));
    String four = g.op("Concat", integer("axis", 0), batch, g.longs(x + ".h", HEADS), length, last);
    String split = g.op("Reshape", context, four);
    String back = g.op("Transpose", integers("perm", 0, 2, 1, 3), split);
    return out(x, g.op("Reshape", back, g.longs(back + ".shape", 0, tokens, ALL)));
  }

  private String rotated(String x, int size) {
    String q = rotation(heads(projection(x, "q", ALL), HEADS), size);
    String k = rotation(heads(projection(x, "k", ALL), HEADS), size);
    return out(x, attend(q, k, heads(projection(x, "v", ALL), HEADS), ALL));
  }

  /** x · cos + rotate_half(x) · sin. */
  private String rotation(String heads, int size) {
    String half = g.op("Neg", slice(heads, size / 2, Long.MAX_VALUE));
    String turned = g.op("Concat", integer("axis", -1), half, slice(heads, 0, size / 2));
    String cos = g.op("Mul", heads, g.weight(heads + ".cos", size));
    return g.op("Add", cos, g.op("Mul", turned, g.weight(heads + ".sin", size)));
  }

  private String partlyRotated(String x, int size) {
    String q = partRotation(heads(projection(x, "q", ALL), HEADS), size);
    String k = partRotation(heads(projection(x, "k", ALL), HEADS), size);
    return out(x, attend(q, k, heads(projection(x, "v", ALL), HEADS), ALL));
  }

  private String partRotation(String heads, int size) {
    String first = slice(heads, 0, size);
    // The same bounds again under other names.
    String rest =
        g.op(
            "Slice",
            heads,
            g.longs(heads + ".rest", size),
            g.longs(heads + ".end", Long.MAX_VALUE),
            g.longs(heads + ".axis", -1));
    return g.op("Concat", integer("axis", -1), rotation(first, size), rest);
  }

  /** Qwen 3: a norm over the values of each head, whose weights all heads share. */
  private String normed(String x) {
    String q = norm(heads(projection(x, "q", ALL), HEADS));
    String k = norm(heads(projection(x, "k", ALL), HEADS));
    return out(x, attend(q, k, heads(projection(x, "v", ALL), HEADS), ALL));
  }

  private String norm(String heads) {
    String square = g.op("Pow", heads, g.scalar(2));
    String mean = g.op("ReduceMean", square, g.longs(heads + ".mean", -1));
    String root = g.op("Sqrt", g.op("Add", mean, g.scalar(1e-5)));
    return g.op("Mul", g.weight(heads + ".norm", SIZE), g.op("Div", heads, root));
  }

  /** [b, K, s, D] → [b, K, R, s, D] → [b, K·R, s, D]. */
  private String grouped(String x, String shape) {
    String q = heads(projection(x, "q", ALL), HEADS);
    String k = repeated(heads(projection(x, "k", KV_HEADS * SIZE), KV_HEADS), shape);
    String v = repeated(heads(projection(x, "v", KV_HEADS * SIZE), KV_HEADS), shape);
    return out(x, attend(q, k, v, ALL));
  }

  private String repeated(String heads, String shape) {
    String wider = g.op("Unsqueeze", heads, g.longs(heads + ".axis", 2));
    String copies = g.op("Expand", wider, shape);
    return g.op("Reshape", copies, g.longs(copies + ".shape", 0, HEADS, -1, SIZE));
  }

  private String written(String x) {
    return g.longs(x + ".to", 1, KV_HEADS, REPEATS, 1, SIZE);
  }

  private String computed(String x) {
    String shape = g.op("Shape", x);
    String batch = g.op("Gather", shape, g.longs(x + ".b", 0));
    String length = g.op("Gather", shape, g.longs(x + ".s", 1));
    return g.op(
        "Concat",
        integer("axis", 0),
        batch,
        g.longs(x + ".kv", KV_HEADS),
        g.longs(x + ".repeats", REPEATS),
        length,
        g.longs(x + ".head", SIZE));
  }
}
