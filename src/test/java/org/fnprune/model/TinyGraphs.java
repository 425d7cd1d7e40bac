package org.fnprune.model;

import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraph.integer;
import static org.fnprune.model.TinyGraph.integers;
import static org.fnprune.model.TinyGraph.real;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;

/** Models with prunable feed-forward blocks, written as the exporters that we know write them. */
public final class TinyGraphs {

  /** Neurons of each block. */
  public static final int WIDTH = 10;

  /** Blocks of each model. */
  public static final int LAYERS = 2;

  /** Prunable models by what is special about them: {@link #LAYERS} × {@link #WIDTH} neurons. */
  public static final Map<String, OnnxModel> PRUNABLE = prunable();

  private TinyGraphs() {}

  private static Map<String, OnnxModel> prunable() {
    Map<String, OnnxModel> models = new LinkedHashMap<>();
    models.put("MatMul, Add, Relu", plain());
    models.put("bias is input 0", layers((g, x) -> block(g, x, true, a -> g.op("Relu", a))));
    models.put("GPT-2 as TorchScript writes it", gpt2TorchScript());
    models.put("GPT-2 as dynamo writes it", gpt2Dynamo());
    models.put("Reshape shape behind a Gather", gatheredShape());
    models.put("erf GELU", layers((g, x) -> block(g, x, false, a -> erfGelu(g, a, true))));
    models.put("erf GELU, halved first", layers((g, x) -> block(g, x, false, a -> halved(g, a))));
    models.put("tanh GELU", layers((g, x) -> block(g, x, false, a -> tanhGelu(g, a))));
    models.put("Gelu of opset 20", layers((g, x) -> block(g, x, false, a -> g.op("Gelu", a))));
    models.put("BiasGelu", layers(TinyGraphs::biasGelu));
    models.put("FastGelu with bias", layers(TinyGraphs::fastGelu));
    models.put("gate, up, down", layers(TinyGraphs::llama));
    models.put("gate with QuickGelu", layers(TinyGraphs::quickGate));
    models.put("packed gate and up, num_outputs", layers((g, x) -> packed(g, x, Split.COUNT)));
    models.put("packed gate and up, sizes", layers((g, x) -> packed(g, x, Split.SIZES)));
    models.put("packed gate and up, attribute", packedAttribute());
    models.put("transB Gemm", transB());
    models.put("FusedMatMul", layers(TinyGraphs::fused));
    models.put("biases shared through Identity", sharedBias());
    models.put("weights in Constant nodes", layers(TinyGraphs::constantNodes));
    models.put("initialisers listed as inputs", initialisersAsInputs());
    models.put("float16", layers(TinyGraph.create(ElementType.FLOAT16, 1), TinyGraphs::plain));
    models.put("two consumers", layers(TinyGraphs::twoConsumers));
    models.put("Reshape with copied sizes", copiedSizes());
    models.put("rescaled by a computed scalar", layers(TinyGraphs::rescaled));
    return models;
  }

  /** One of {@link #PRUNABLE}. */
  public static OnnxModel named(String name) {
    return Objects.requireNonNull(PRUNABLE.get(name), name);
  }

  /** MatMul → Add → Relu → MatMul → Add, with declared shapes. */
  public static OnnxModel plain() {
    return layers(TinyGraphs::plain);
  }

  /** The same with bfloat16 weights, which ONNX Runtime cannot run on a CPU. */
  public static OnnxModel bfloat16() {
    return layers(TinyGraph.create(ElementType.BFLOAT16, 1), TinyGraphs::plain);
  }

  private interface Activation {
    String of(String tensor);
  }

  /** Two residual blocks of {@code body}, then the head. */
  public static OnnxModel layers(BiFunction<TinyGraph, String, String> body) {
    return layers(TinyGraph.create(1), body);
  }

  private static OnnxModel layers(TinyGraph g, BiFunction<TinyGraph, String, String> body) {
    String x = g.embedding();
    for (int layer = 0; layer < LAYERS; layer++) {
      g.prefix("layers." + layer + ".");
      x = g.op("Add", x, body.apply(g, x));
    }
    return g.head(x);
  }

  private static String name(String x, String role) {
    return role + "_after_" + x;
  }

  private static String plain(TinyGraph g, String x) {
    String up = g.op("MatMul", x, g.weight(name(x, "w1"), HIDDEN, WIDTH));
    String biased = g.op("Add", up, g.weight(name(x, "b1"), WIDTH));
    String active = g.op("Relu", biased);
    g.declare(biased, "batch", "sequence", WIDTH).declare(active, "batch", "sequence", "width");
    String down = g.op("MatMul", active, g.weight(name(x, "w2"), WIDTH, HIDDEN));
    return g.op("Add", down, g.weight(name(x, "b2"), HIDDEN));
  }

  private static String block(TinyGraph g, String x, boolean biasFirst, Activation activation) {
    String up = g.op("MatMul", x, g.weight(name(x, "w1"), HIDDEN, WIDTH));
    String b1 = g.weight(name(x, "b1"), WIDTH);
    String active = activation.of(biasFirst ? g.op("Add", b1, up) : g.op("Add", up, b1));
    String down = g.op("MatMul", active, g.weight(name(x, "w2"), WIDTH, HIDDEN));
    String b2 = g.weight(name(x, "b2"), HIDDEN);
    return biasFirst ? g.op("Add", b2, down) : g.op("Add", down, b2);
  }

  private static String erfGelu(TinyGraph g, String a, boolean halfLast) {
    String erf = g.op("Erf", g.op("Div", a, g.scalar(Math.sqrt(2))));
    String factor = g.op("Add", erf, g.scalar(1));
    return halfLast
        ? g.op("Mul", g.op("Mul", a, factor), g.scalar(0.5))
        : g.op("Mul", g.op("Mul", a, g.scalar(0.5)), factor);
  }

  private static String halved(TinyGraph g, String a) {
    return erfGelu(g, a, false);
  }

  private static String tanhGelu(TinyGraph g, String a) {
    String half = g.op("Mul", a, g.scalar(0.5));
    String cube = g.op("Mul", g.op("Pow", a, g.scalar(3)), g.scalar(0.044715));
    String inner = g.op("Mul", g.op("Add", a, cube), g.scalar(Math.sqrt(2 / Math.PI)));
    return g.op("Mul", half, g.op("Add", g.op("Tanh", inner), g.scalar(1)));
  }

  private static String biasGelu(TinyGraph g, String x) {
    String up = g.op("MatMul", x, g.weight(name(x, "w1"), HIDDEN, WIDTH));
    String active = g.op("BiasGelu", up, g.weight(name(x, "b1"), WIDTH));
    return g.op("MatMul", active, g.weight(name(x, "w2"), WIDTH, HIDDEN));
  }

  private static String fastGelu(TinyGraph g, String x) {
    String up = g.op("MatMul", x, g.weight(name(x, "w1"), HIDDEN, WIDTH));
    String active = g.op("FastGelu", up, g.weight(name(x, "b1"), WIDTH));
    return g.op("MatMul", active, g.weight(name(x, "w2"), WIDTH, HIDDEN));
  }

  private static String llama(TinyGraph g, String x) {
    String gate = g.op("MatMul", x, g.weight(name(x, "gate"), HIDDEN, WIDTH));
    String up = g.op("MatMul", x, g.weight(name(x, "up"), HIDDEN, WIDTH));
    String silu = g.op("Mul", gate, g.op("Sigmoid", gate));
    String h = g.op("Mul", silu, up);
    return g.op("MatMul", h, g.weight(name(x, "down"), WIDTH, HIDDEN));
  }

  private static String quickGate(TinyGraph g, String x) {
    String gate = g.op("MatMul", x, g.weight(name(x, "gate"), HIDDEN, WIDTH));
    String silu = g.op("QuickGelu", real("alpha", 1), gate);
    String up = g.op("MatMul", x, g.weight(name(x, "up"), HIDDEN, WIDTH));
    String h = g.op("Mul", up, silu);
    return g.op("MatMul", h, g.weight(name(x, "down"), WIDTH, HIDDEN));
  }

  private enum Split {
    COUNT,
    SIZES,
    ATTRIBUTE
  }

  private static String packed(TinyGraph g, String x, Split how) {
    String both = g.op("MatMul", x, g.weight(name(x, "gate_up"), HIDDEN, 2 * WIDTH));
    List<String> parts =
        switch (how) {
          case COUNT ->
              g.op("Split", 2, List.of(integer("axis", -1), integer("num_outputs", 2)), both);
          case SIZES -> {
            String sizes = g.longs(name(x, "sizes"), WIDTH, WIDTH);
            yield g.op("Split", 2, List.of(integer("axis", 2)), both, sizes);
          }
          case ATTRIBUTE ->
              g.op("Split", 2, List.of(integer("axis", -1), integers("split", WIDTH, WIDTH)), both);
        };
    String h = g.op("Mul", g.op("Sigmoid", parts.get(0)), parts.get(1));
    return g.op("MatMul", h, g.weight(name(x, "down"), WIDTH, HIDDEN));
  }

  private static OnnxModel packedAttribute() {
    return layers(TinyGraph.create(1).opset(11), (g, x) -> packed(g, x, Split.ATTRIBUTE));
  }

  private static String fused(TinyGraph g, String x) {
    List<AttributeProto> up = List.of(integer("transB", 1), real("alpha", 2));
    List<AttributeProto> down = List.of(integer("transB", 1), real("alpha", 0.5));
    String h = g.op("FusedMatMul", up, x, g.weight(name(x, "w1"), WIDTH, HIDDEN)).get(0);
    String w2 = g.weight(name(x, "w2"), HIDDEN, WIDTH);
    return g.op("FusedMatMul", down, g.op("Relu", h), w2).get(0);
  }

  private static String constantNodes(TinyGraph g, String x) {
    String up = g.op("MatMul", x, g.constantNode(name(x, "w1"), HIDDEN, WIDTH));
    String biased = g.op("Add", up, g.constantNode(name(x, "b1"), WIDTH));
    return g.op("MatMul", g.op("Relu", biased), g.constantNode(name(x, "w2"), WIDTH, HIDDEN));
  }

  private static String twoConsumers(TinyGraph g, String x) {
    String h = g.op("Relu", g.op("MatMul", x, g.weight(name(x, "w1"), HIDDEN, WIDTH)));
    String one = g.op("MatMul", h, g.weight(name(x, "w2a"), WIDTH, HIDDEN));
    String two = g.op("MatMul", h, g.weight(name(x, "w2b"), WIDTH, HIDDEN));
    return g.op("Add", one, g.op("Add", two, g.weight(name(x, "b2b"), HIDDEN)));
  }

  /** Dividing by a number that the channels have no part in: the hidden size, not the width. */
  private static String rescaled(TinyGraph g, String x) {
    String hidden = g.op("Shape", integer("start", -1), x);
    String scale = g.op("Sqrt", g.op("Cast", integer("to", ElementType.FLOAT.number()), hidden));
    g.declare(scale, 1);
    String up = g.op("MatMul", x, g.weight(name(x, "w1"), HIDDEN, WIDTH));
    String h = g.op("Relu", g.op("Div", up, scale));
    return g.op("MatMul", h, g.weight(name(x, "w2"), WIDTH, HIDDEN));
  }

  private static OnnxModel sharedBias() {
    TinyGraph g = TinyGraph.create(1);
    String b1 = g.op("Identity", g.weight("b1", WIDTH));
    String b2 = g.weight("b2", HIDDEN);
    return layers(
        g,
        (tiny, x) -> {
          String up = g.op("MatMul", x, g.weight(name(x, "w1"), HIDDEN, WIDTH));
          String h = g.op("Relu", g.op("Add", up, b1));
          return g.op("Add", g.op("MatMul", h, g.weight(name(x, "w2"), WIDTH, HIDDEN)), b2);
        });
  }

  private static OnnxModel initialisersAsInputs() {
    TinyGraph g = TinyGraph.create(1);
    String b1 = g.weight("b1", WIDTH);
    g.alsoInput(b1);
    return layers(
        g,
        (tiny, x) -> {
          String w1 = g.weight(name(x, "w1"), HIDDEN, WIDTH);
          String w2 = g.weight(name(x, "w2"), WIDTH, HIDDEN);
          g.alsoInput(w1).alsoInput(w2);
          return g.op("MatMul", g.op("Relu", g.op("Add", g.op("MatMul", x, w1), b1)), w2);
        });
  }

  /** [b, s, H] → [−1, H] → Gemm → [b, s, N] → Relu → [−1, N] → Gemm → [b, s, H]. */
  private static OnnxModel gpt2TorchScript() {
    TinyGraph g = TinyGraph.create(1);
    String x = g.embedding();
    String flat = g.longs("flat", -1, HIDDEN);
    String wide = shape(g, x, g.longs("wide", WIDTH));
    String narrow = shape(g, x, g.longs("narrow", HIDDEN));
    for (int layer = 0; layer < LAYERS; layer++) {
      g.prefix("h." + layer + ".");
      String b1 = g.weight("b1." + layer, WIDTH);
      String up = g.op("Gemm", g.op("Reshape", x, flat), w1(g, layer), b1);
      String h = g.op("Relu", g.op("Reshape", up, wide));
      String last =
          g.op(
              "Slice",
              g.op("Shape", h),
              g.longs("from." + layer, -1),
              g.longs("to." + layer, Long.MAX_VALUE));
      String rows = g.op("Concat", integer("axis", 0), g.longs("any." + layer, -1), last);
      String b2 = g.weight("b2." + layer, HIDDEN);
      String down = g.op("Gemm", g.op("Reshape", h, rows), w2(g, layer), b2);
      x = g.op("Add", x, g.op("Reshape", down, narrow));
    }
    return g.head(x);
  }

  private static OnnxModel gpt2Dynamo() {
    TinyGraph g = TinyGraph.create(1);
    String x = g.embedding();
    String flat = g.longs("val_flat", -1, HIDDEN);
    String flatWide = g.longs("val_flat_wide", -1, WIDTH);
    String wide = shape(g, x, g.longs("val_wide", WIDTH));
    String narrow = shape(g, x, g.longs("val_narrow", HIDDEN));
    for (int layer = 0; layer < LAYERS; layer++) {
      g.prefix("h." + layer + ".");
      String up = g.op("Gemm", g.op("Reshape", x, flat), w1(g, layer));
      String h = g.op("Relu", g.op("Reshape", up, wide));
      String down = g.op("Gemm", g.op("Reshape", h, flatWide), w2(g, layer));
      x = g.op("Add", x, g.op("Reshape", down, narrow));
    }
    return g.head(x);
  }

  private static String w1(TinyGraph g, int layer) {
    return g.weight("w1." + layer, HIDDEN, WIDTH);
  }

  private static String w2(TinyGraph g, int layer) {
    return g.weight("w2." + layer, WIDTH, HIDDEN);
  }

  /** Concat(b, s, [last]), the shape that every layer shares. */
  private static String shape(TinyGraph g, String x, String last) {
    String sizes = g.op("Shape", x);
    String zero = g.longs(last + ".zero", 0);
    String batch = g.op("Gather", sizes, zero);
    String sequence = g.op("Gather", sizes, g.longs(last + ".one", 1));
    return g.op("Concat", integer("axis", 0), batch, sequence, last);
  }

  private static OnnxModel gatheredShape() {
    TinyGraph g = TinyGraph.create(1);
    String flat = g.longs("flat", -1, HIDDEN);
    String pick = g.longs("pick", 0, 1, 2);
    return layers(
        g,
        (tiny, x) -> {
          String wide = g.longs(name(x, "wide"), WIDTH, 99);
          String shape = g.op("Gather", shape(g, x, wide), pick);
          String w1 = g.weight(name(x, "w1"), HIDDEN, WIDTH);
          String up = g.op("Reshape", g.op("Gemm", g.op("Reshape", x, flat), w1), shape);
          return g.op("MatMul", g.op("Relu", up), g.weight(name(x, "w2"), WIDTH, HIDDEN));
        });
  }

  private static OnnxModel copiedSizes() {
    TinyGraph g = TinyGraph.create(1);
    String copied = g.longs("copied", 0, 0, -1);
    return layers(
        g,
        (tiny, x) -> {
          String up = g.op("MatMul", x, g.weight(name(x, "w1"), HIDDEN, WIDTH));
          String h = g.op("Relu", g.op("Reshape", up, copied));
          return g.op("MatMul", h, g.weight(name(x, "w2"), WIDTH, HIDDEN));
        });
  }

  /** Weights stored outputs × inputs, and factors on both terms. */
  private static OnnxModel transB() {
    TinyGraph g = TinyGraph.create(1);
    String flat = g.longs("flat", -1, HIDDEN);
    List<AttributeProto> factors =
        List.of(integer("transB", 1), real("alpha", 0.5), real("beta", 2));
    return layers(
        g,
        (tiny, x) -> {
          String w1 = g.weight(name(x, "w1"), WIDTH, HIDDEN);
          String w2 = g.weight(name(x, "w2"), HIDDEN, WIDTH);
          String b1 = g.weight(name(x, "b1"), WIDTH);
          String b2 = g.weight(name(x, "b2"), HIDDEN);
          String up = g.op("Gemm", factors, g.op("Reshape", x, flat), w1, b1).get(0);
          String down = g.op("Gemm", factors, g.op("Relu", up), w2, b2).get(0);
          String narrow = shape(g, x, g.longs(name(x, "narrow"), HIDDEN));
          return g.op("Reshape", down, narrow);
        });
  }
}
