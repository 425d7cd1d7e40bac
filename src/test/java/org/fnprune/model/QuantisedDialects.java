package org.fnprune.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Feed-forward blocks whose weights are small integers, in every scheme. */
public final class QuantisedDialects {

  /** Neurons: two blocks of {@link #BLOCK}. */
  public static final int NEURONS = 32;

  /** Inputs that share a scale in blocks. */
  public static final int BLOCK = 16;

  /** One product of a float x with a quantised weight, as a scheme writes it. */
  private interface Product {
    String of(TinyGraph tiny, String x, String name, int inputs, int outputs);
  }

  /** Schemes with one scale for all or for each column. */
  public static final ImmutableMap<String, OnnxModel> OF_COLUMNS =
      ImmutableMap.<String, OnnxModel>builder()
          .put("qdq", model(20, (g, x, n, i, o) -> qdq(g, x, n, i, o, false)))
          .put("qdq per column", model(20, (g, x, n, i, o) -> qdq(g, x, n, i, o, true)))
          .put("dynamic", model(20, (g, x, n, i, o) -> dynamic(g, x, n, i, o, false)))
          .put("dynamic per column", model(20, (g, x, n, i, o) -> dynamic(g, x, n, i, o, true)))
          .put("DynamicQuantizeMatMul", model(20, QuantisedDialects::dynamicFused))
          .put("MatMulIntegerToFloat", model(20, QuantisedDialects::integerToFloat))
          .put("QLinearMatMul", model(20, QuantisedDialects::linear))
          .build();

  /** Schemes with one scale for each block of inputs. */
  public static final ImmutableMap<String, OnnxModel> IN_BLOCKS =
      ImmutableMap.of(
          "MatMulNBits", model(20, (g, x, n, i, o) -> bits(g, x, n, i, o, false)),
          "MatMulNBits with zero points", model(20, (g, x, n, i, o) -> bits(g, x, n, i, o, true)),
          "qdq uint4", uint4());

  private QuantisedDialects() {}

  private static OnnxModel model(int opset, Product product) {
    TinyGraph tiny = TinyGraph.create(7).opset(opset).prefix("/layers.0/mlp/");
    String x = tiny.embedding();
    String h = product.of(tiny, x, "up", TinyGraph.HIDDEN, NEURONS);
    String biased = tiny.op("Add", h, tiny.weight("up_bias", NEURONS));
    String y = product.of(tiny, tiny.op("Relu", biased), "down", NEURONS, TinyGraph.HIDDEN);
    return tiny.head(tiny.op("Add", x, y));
  }

  /** Weights of 4 bits, dequantised in blocks in front of each product. */
  public static OnnxModel uint4() {
    return model(21, QuantisedDialects::blocks);
  }

  /** A model whose down projection is a MatMulNBits with more attributes or inputs. */
  public static OnnxModel unusualBlocks(boolean prepacked, long... groups) {
    return model(
        20,
        (tiny, x, name, inputs, outputs) -> {
          boolean down = name.equals("down");
          String groupInput =
              down && groups.length > 0
                  ? tiny.tensor(
                      TensorData.ofInts("groups", ImmutableList.of((long) groups.length), groups))
                  : "";
          return blockProduct(tiny, x, name, inputs, outputs, false, down && prepacked, groupInput);
        });
  }

  private static String qdq(
      TinyGraph tiny, String x, String name, int inputs, int outputs, boolean perColumn) {
    String activation = around(tiny, x, name);
    String weight =
        tiny.op(
            "DequantizeLinear",
            TinyGraph.integer("axis", 1),
            integers(tiny, name, ElementType.INT8, inputs, outputs),
            scales(tiny, name, perColumn ? outputs : 0),
            zeros(tiny, name, ElementType.INT8, perColumn ? outputs : 0));
    return tiny.op("MatMul", activation, weight);
  }

  private static String around(TinyGraph tiny, String x, String name) {
    String scale = tiny.scalar(0.02);
    String zero = unsigned(tiny, name + "_x_zero");
    return tiny.op("DequantizeLinear", tiny.op("QuantizeLinear", x, scale, zero), scale, zero);
  }

  private static String dynamic(
      TinyGraph tiny, String x, String name, int inputs, int outputs, boolean perColumn) {
    List<String> quantised = tiny.op("DynamicQuantizeLinear", 3, List.of(), x);
    String product =
        tiny.op(
            "MatMulInteger",
            quantised.get(0),
            integers(tiny, name, ElementType.INT8, inputs, outputs),
            quantised.get(2),
            zeros(tiny, name, ElementType.INT8, perColumn ? outputs : 0));
    String scale = tiny.op("Mul", quantised.get(1), scales(tiny, name, perColumn ? outputs : 0));
    return tiny.op("Mul", tiny.op("Cast", TinyGraph.integer("to", 1), product), scale);
  }

  private static String dynamicFused(
      TinyGraph tiny, String x, String name, int inputs, int outputs) {
    return tiny.microsoft(
            "DynamicQuantizeMatMul",
            1,
            List.of(),
            x,
            integers(tiny, name, ElementType.INT8, inputs, outputs),
            scales(tiny, name, outputs),
            zeros(tiny, name, ElementType.INT8, outputs),
            tiny.weight(name + "_fused_bias", outputs))
        .get(0);
  }

  private static String integerToFloat(
      TinyGraph tiny, String x, String name, int inputs, int outputs) {
    List<String> quantised = tiny.op("DynamicQuantizeLinear", 3, List.of(), x);
    return tiny.microsoft(
            "MatMulIntegerToFloat",
            1,
            List.of(),
            quantised.get(0),
            integers(tiny, name, ElementType.INT8, inputs, outputs),
            quantised.get(1),
            scales(tiny, name, outputs),
            quantised.get(2),
            zeros(tiny, name, ElementType.INT8, outputs),
            tiny.weight(name + "_fused_bias", outputs))
        .get(0);
  }

  private static String linear(TinyGraph tiny, String x, String name, int inputs, int outputs) {
    String scale = tiny.scalar(0.02);
    String zero = unsigned(tiny, name + "_x_zero");
    String product =
        tiny.op(
            "QLinearMatMul",
            tiny.op("QuantizeLinear", x, scale, zero),
            scale,
            zero,
            integers(tiny, name, ElementType.INT8, inputs, outputs),
            scales(tiny, name, outputs),
            zeros(tiny, name, ElementType.INT8, outputs),
            scale,
            zero);
    return tiny.op("DequantizeLinear", product, scale, zero);
  }

  private static String bits(
      TinyGraph tiny, String x, String name, int inputs, int outputs, boolean zeroPoints) {
    return blockProduct(tiny, x, name, inputs, outputs, zeroPoints, false, "");
  }

  private static String blockProduct(
      TinyGraph tiny,
      String x,
      String name,
      int inputs,
      int outputs,
      boolean zeroPoints,
      boolean prepacked,
      String groups) {
    int blocks = (inputs + BLOCK - 1) / BLOCK;
    List<AttributeProto> attributes =
        new ArrayList<>(
            List.of(
                TinyGraph.integer("N", outputs),
                TinyGraph.integer("K", inputs),
                TinyGraph.integer("bits", 4),
                TinyGraph.integer("block_size", BLOCK)));
    if (prepacked) {
      attributes.add(TinyGraph.integer("weight_prepacked", 1));
    }
    return tiny.microsoft(
            "MatMulNBits",
            1,
            attributes,
            x,
            small(tiny, name, ElementType.UINT8, i -> i * 73 % 256, outputs, blocks, BLOCK / 2),
            tiny.tensor(steps(name + "_scales", outputs * blocks, outputs, blocks)),
            zeroPoints
                ? small(
                    tiny,
                    name + "_zeros",
                    ElementType.UINT8,
                    i -> i * 31 % 256,
                    outputs,
                    (blocks + 1) / 2)
                : "",
            groups,
            tiny.weight(name + "_fused_bias", outputs))
        .get(0);
  }

  private static String blocks(TinyGraph tiny, String x, String name, int inputs, int outputs) {
    int blocks = (inputs + BLOCK - 1) / BLOCK;
    return tiny.op(
        "MatMul",
        x,
        tiny.op(
                "DequantizeLinear",
                List.of(TinyGraph.integer("axis", 0), TinyGraph.integer("block_size", BLOCK)),
                small(tiny, name, ElementType.UINT4, i -> i * 7 % 16, inputs, outputs),
                tiny.tensor(steps(name + "_scales", blocks * outputs, blocks, outputs)),
                small(tiny, name + "_zeros", ElementType.UINT4, i -> 6 + i % 4, blocks, outputs))
            .get(0));
  }

  private static String integers(
      TinyGraph tiny, String name, ElementType type, int rows, int cols) {
    return small(tiny, name, type, i -> i * 7919 % 255 - 127, rows, cols);
  }

  private static String scales(TinyGraph tiny, String name, int count) {
    return tiny.tensor(
        count == 0 ? steps(name + "_scale", 1) : steps(name + "_scale", count, count));
  }

  private static TensorData steps(String name, int count, int... dims) {
    double[] values = IntStream.range(0, count).mapToDouble(i -> 0.002 * (1 + i % 3)).toArray();
    return TensorData.ofDoubles(name, ElementType.FLOAT, shape(dims), values);
  }

  private static String zeros(TinyGraph tiny, String name, ElementType type, int count) {
    int[] dims = count == 0 ? new int[0] : new int[] {count};
    return small(tiny, name + "_zero", type, i -> i % 5 - 2, dims);
  }

  private static String unsigned(TinyGraph tiny, String name) {
    return small(tiny, name, ElementType.UINT8, i -> 128);
  }

  private static String small(
      TinyGraph tiny, String name, ElementType type, IntUnaryOperator value, int... dims) {
    int count = IntStream.of(dims).reduce(1, (a, b) -> a * b);
    int[] values = IntStream.range(0, count).map(value).toArray();
    return tiny.tensor(TensorData.ofSmallIntegers(name + "_q", type, shape(dims), values));
  }

  private static ImmutableList<Long> shape(int... dims) {
    return IntStream.of(dims).mapToObj(d -> (long) d).collect(ImmutableList.toImmutableList());
  }
}
