package org.fnprune.model;

import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraph.integer;
import static org.fnprune.model.TinyGraph.integers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Models whose attention is one operator, of ONNX Runtime or of opset 23. */
public final class FusedAttention {

  /** Query heads of each block. */
  public static final int HEADS = 4;

  /** Key and value heads of the blocks that share them. */
  public static final int KV_HEADS = 2;

  /** Values of one head: rotary kernels want a multiple of 16. */
  public static final int SIZE = 16;

  private static final AttributeProto COUNT = integer("num_heads", HEADS);

  /** Models whose unit is a head, by what is special about them. */
  public static final Map<String, OnnxModel> BY_HEAD = byHead();

  /** Models whose unit is a head of keys with its query heads. */
  public static final Map<String, OnnxModel> BY_GROUP = byGroup();

  /** MultiHeadAttention of packed inputs, which ONNX Runtime does not run on a CPU. */
  public static final Map<String, OnnxModel> PACKED = packed();

  private static final int ALL = HEADS * SIZE;
  private static final int SHARED = KV_HEADS * SIZE;
  private static final int POSITIONS = 32;

  private final TinyGraph g;
  private final String x;

  private FusedAttention(TinyGraph g, String x) {
    this.g = g;
    this.x = x;
  }

  private interface Block {
    /** What the output projection reads. */
    String of(FusedAttention attention);
  }

  private static Map<String, OnnxModel> byHead() {
    Map<String, OnnxModel> models = new LinkedHashMap<>();
    models.put("Attention", model(1, a -> a.packed(3 * ALL, List.of(COUNT))));
    models.put("Attention, narrow values", model(1, FusedAttention::narrowValues));
    models.put("Attention, past", model(1, FusedAttention::packedPast));
    models.put("Attention, score bias", model(1, FusedAttention::packedScores));
    models.put("MultiHeadAttention", model(1, a -> a.multiHead(a.q(), a.k(ALL), a.v(ALL))));
    models.put("MultiHeadAttention, narrow values", model(1, FusedAttention::narrowMultiHead));
    models.put("MultiHeadAttention, packed bias", model(1, FusedAttention::packedBias));
    models.put("MultiHeadAttention, of an encoder", model(1, FusedAttention::ofEncoder));
    models.put("MultiHeadAttention, past", model(1, FusedAttention::multiHeadPast));
    models.put("RotaryEmbedding, flat", model(1, a -> a.rotated(List.of(), SIZE / 2)));
    models.put("RotaryEmbedding, of a part", model(1, a -> a.rotated(part(), SIZE / 4)));
    models.put("RotaryEmbedding, by head", model(1, FusedAttention::rotatedByHead));
    models.put("GroupQueryAttention, one head of keys", model(1, FusedAttention::oneKey));
    models.put("opset 23, one head of keys", model(23, a -> a.flat(1)));
    models.put("opset 23, one head of keys, by head", model(23, a -> a.byHead(1)));
    models.put("opset 23, flat", model(23, a -> a.flat(HEADS)));
    models.put("opset 23, by head", model(23, a -> a.byHead(HEADS)));
    models.put("opset 23, rotated flat", model(23, FusedAttention::standardRotation));
    models.put("opset 23, rotated by head, norms", model(23, FusedAttention::rotatedNorms));
    models.put("opset 23, past and mask", model(23, FusedAttention::standardPast));
    return models;
  }

  private static Map<String, OnnxModel> byGroup() {
    Map<String, OnnxModel> models = new LinkedHashMap<>();
    models.put("GroupQueryAttention", model(1, a -> a.groups(a.q(), a.k(SHARED), a.v(SHARED))));
    models.put("GroupQueryAttention, packed", model(1, FusedAttention::packedGroups));
    models.put("GroupQueryAttention, rotary", model(1, FusedAttention::rotaryGroups));
    models.put("GroupQueryAttention, sinks and bias", model(1, FusedAttention::sinks));
    models.put("opset 23, flat", model(23, a -> a.flat(KV_HEADS)));
    models.put("opset 23, by head", model(23, a -> a.byHead(KV_HEADS)));
    return models;
  }

  private static Map<String, OnnxModel> packed() {
    Map<String, OnnxModel> models = new LinkedHashMap<>();
    models.put("queries, keys, values", model(1, FusedAttention::packedQueriesKeysValues));
    models.put("keys, values", model(1, FusedAttention::packedKeysValues));
    return models;
  }

  private static OnnxModel model(int opset, Block block) {
    TinyGraph g = TinyGraph.create(1).opset(opset == 1 ? 20 : opset);
    String x = g.embedding();
    for (int layer = 0; layer < TinyGraphs.LAYERS; layer++) {
      g.prefix("layers." + layer + ".");
      FusedAttention attention = new FusedAttention(g, x);
      String context = block.of(attention);
      int width = attention.narrow ? ALL / 2 : ALL;
      x = g.op("Add", x, g.op("MatMul", context, attention.weight("o", width, HIDDEN)));
    }
    return g.head(x);
  }

  private boolean narrow;

  private String weight(String role, int... dims) {
    return g.weight(role + "_after_" + x, dims);
  }

  private String longs(String role, long... values) {
    return g.longs(role + "_after_" + x, values);
  }

  private String projection(String role, int width) {
    return g.op("MatMul", x, weight(role, HIDDEN, width));
  }

  private String q() {
    return projection("q", ALL);
  }

  private String k(int width) {
    return projection("k", width);
  }

  private String v(int width) {
    return projection("v", width);
  }

  /** [b, s, n·D] → [b, n, s, D]. */
  private String byHead(String flat, int heads) {
    String split = g.op("Reshape", flat, longs(flat + ".heads", 0, 0, heads, SIZE));
    return g.op("Transpose", integers("perm", 0, 2, 1, 3), split);
  }

  private String flattened(String heads) {
    String back = g.op("Transpose", integers("perm", 0, 2, 1, 3), heads);
    return g.op("Reshape", back, longs(back + ".flat", 0, 0, ALL));
  }

  private String packed(int columns, List<AttributeProto> attributes, String... more) {
    String[] inputs = new String[3 + more.length];
    inputs[0] = x;
    inputs[1] = weight("qkv", HIDDEN, columns);
    inputs[2] = weight("qkv_bias", columns);
    System.arraycopy(more, 0, inputs, 3, more.length);
    return g.microsoft("Attention", more.length == 2 ? 2 : 1, attributes, inputs).get(0);
  }

  private String narrowValues() {
    narrow = true;
    return packed(
        2 * ALL + ALL / 2, List.of(COUNT, integers("qkv_hidden_sizes", ALL, ALL, ALL / 2)));
  }

  /** Earlier keys and values [2, b, n, t, D], here of the same tokens by other weights. */
  private String packedPast() {
    String axis = longs("first", 0);
    String keys = g.op("Unsqueeze", past("k"), axis);
    String both = g.op("Concat", integer("axis", 0), keys, g.op("Unsqueeze", past("v"), axis));
    return packed(3 * ALL, List.of(COUNT), "", both);
  }

  private String past(String role) {
    return byHead(projection("past_" + role, ALL), HEADS);
  }

  private String packedScores() {
    return packed(3 * ALL, List.of(COUNT), "", "", scores());
  }

  /** [b, n, s, s]: what each head thinks of each token. */
  private String scores() {
    String looked = g.op("Gather", weight("table", TinyGraph.VOCABULARY, HEADS), "input_ids");
    String heads = g.op("Transpose", integers("perm", 0, 2, 1), looked);
    String keys = g.op("Unsqueeze", heads, longs("keys", 2));
    String queries = g.op("Unsqueeze", heads, longs("queries", 3));
    return g.op("Mul", keys, queries);
  }

  private String multiHead(String... inputs) {
    return g.microsoft("MultiHeadAttention", 1, List.of(COUNT), inputs).get(0);
  }

  private String narrowMultiHead() {
    narrow = true;
    return multiHead(q(), k(ALL), v(ALL / 2));
  }

  private String packedBias() {
    return multiHead(q(), k(ALL), v(ALL), weight("qkv_bias", 3 * ALL));
  }

  private String packedQueriesKeysValues() {
    String packed = projection("qkv", 3 * ALL);
    return multiHead(g.op("Reshape", packed, longs("parts", 0, 0, HEADS, 3, SIZE)));
  }

  private String packedKeysValues() {
    String packed = projection("kv", 2 * ALL);
    return multiHead(q(), g.op("Reshape", packed, longs("parts", 0, 0, HEADS, 2, SIZE)));
  }

  private String ofEncoder() {
    return multiHead(q(), past("k"), past("v"));
  }

  private String multiHeadPast() {
    String[] inputs = {q(), k(ALL), v(ALL), "", "", "", past("k"), past("v")};
    return g.microsoft("MultiHeadAttention", 3, List.of(COUNT), inputs).get(0);
  }

  private static List<AttributeProto> part() {
    return List.of(COUNT, integer("rotary_embedding_dim", SIZE / 2));
  }

  private String rotated(List<AttributeProto> attributes, int turned) {
    return multiHead(
        rotation(attributes, q(), turned), rotation(attributes, k(ALL), turned), v(ALL));
  }

  private String rotation(List<AttributeProto> attributes, String tensor, int turned) {
    String cos = g.weight(tensor + ".cos", POSITIONS, turned);
    String sin = g.weight(tensor + ".sin", POSITIONS, turned);
    return g.microsoft(
            "RotaryEmbedding", 1, attributes, tensor, g.longs(tensor + ".first", 0), cos, sin)
        .get(0);
  }

  private String rotatedByHead() {
    String q = rotation(List.of(), byHead(q(), HEADS), SIZE / 2);
    String k = rotation(List.of(), byHead(k(ALL), HEADS), SIZE / 2);
    return multiHead(flattened(q), k, byHead(v(ALL), HEADS));
  }

  private String groups(String... inputs) {
    return groups(List.of(), inputs);
  }

  private String groups(List<AttributeProto> more, String... inputs) {
    return groups(KV_HEADS, more, inputs);
  }

  private String groups(int keyHeads, List<AttributeProto> more, String... inputs) {
    String length = g.op("Gather", g.op("Shape", "input_ids"), longs("length", 1));
    String total = g.op("Cast", integer("to", ElementType.INT32.number()), length);
    String last = g.op("Sub", length, longs("one", 1));
    String rows = g.op("Gather", g.op("Shape", "input_ids"), longs("batch", 0));
    String lengths =
        g.op("Cast", integer("to", ElementType.INT32.number()), g.op("Expand", last, rows));
    String[] all = Arrays.copyOf(inputs, Math.max(7, inputs.length));
    for (int i = 0; i < all.length; i++) {
      all[i] = all[i] == null ? "" : all[i];
    }
    all[5] = lengths;
    all[6] = total;
    List<AttributeProto> attributes = new ArrayList<>(more);
    attributes.add(COUNT);
    attributes.add(integer("kv_num_heads", keyHeads));
    return g.microsoft("GroupQueryAttention", 3, attributes, all).get(0);
  }

  /** All queries read the same keys, so that they can go one by one. */
  private String oneKey() {
    return groups(1, List.of(), q(), k(SIZE), v(SIZE));
  }

  private String packedGroups() {
    return groups(projection("qkv", ALL + 2 * SHARED));
  }

  private String rotaryGroups() {
    String cos = weight("cos", POSITIONS, SIZE / 2);
    String sin = weight("sin", POSITIONS, SIZE / 2);
    String packed = projection("qkv", ALL + 2 * SHARED);
    return groups(List.of(integer("do_rotary", 1)), packed, "", "", "", "", "", "", cos, sin);
  }

  private String sinks() {
    String[] inputs = new String[12];
    inputs[0] = q();
    inputs[1] = k(SHARED);
    inputs[2] = v(SHARED);
    inputs[10] = scores();
    inputs[11] = weight("sinks", HEADS);
    return groups(inputs);
  }

  private String flat(int keyHeads) {
    return flat(keyHeads, q(), k(keyHeads * SIZE));
  }

  private String flat(int keyHeads, String q, String k) {
    List<AttributeProto> counts =
        List.of(integer("q_num_heads", HEADS), integer("kv_num_heads", keyHeads));
    return g.op("Attention", counts, q, k, v(keyHeads * SIZE)).get(0);
  }

  private String byHead(int keyHeads) {
    String k = byHead(k(keyHeads * SIZE), keyHeads);
    String v = byHead(v(keyHeads * SIZE), keyHeads);
    return flattened(g.op("Attention", integer("is_causal", 1), byHead(q(), HEADS), k, v));
  }

  private String turned(List<AttributeProto> attributes, String tensor) {
    String ids = g.op("Cast", integer("to", ElementType.INT64.number()), "input_ids");
    String cos = g.weight(tensor + ".cos", POSITIONS, SIZE / 2);
    String sin = g.weight(tensor + ".sin", POSITIONS, SIZE / 2);
    return g.op("RotaryEmbedding", attributes, tensor, cos, sin, ids).get(0);
  }

  private String standardRotation() {
    return flat(HEADS, turned(List.of(COUNT), q()), turned(List.of(COUNT), k(ALL)));
  }

  private String rotatedNorms() {
    String q = turned(List.of(), norm(byHead(q(), HEADS)));
    String k = turned(List.of(), norm(byHead(k(ALL), HEADS)));
    return flattened(g.op("Attention", q, k, byHead(v(ALL), HEADS)));
  }

  private String norm(String heads) {
    return g.op("RMSNormalization", heads, g.weight(heads + ".norm", SIZE));
  }

  /** Keys that were there before come first, so that a mask is twice as wide as the tokens. */
  private String standardPast() {
    String scores = scores();
    String mask = g.op("Concat", integer("axis", -1), scores, scores);
    List<AttributeProto> counts =
        List.of(integer("q_num_heads", HEADS), integer("kv_num_heads", HEADS));
    String[] inputs = {q(), k(ALL), v(ALL), mask, past("k"), past("v")};
    return g.op("Attention", 3, counts, inputs).get(0);
  }
}
