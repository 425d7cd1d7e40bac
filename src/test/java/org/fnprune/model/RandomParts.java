package org.fnprune.model;

import static org.fnprune.model.TinyGraph.integer;
import static org.fnprune.model.TinyGraph.integers;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What every block of a random transformer is made of, each part written in one of several ways.
 */
final class RandomParts {

  private static final int FLOAT = ElementType.FLOAT.number();
  private static final int DOUBLE = ElementType.DOUBLE.number();

  final TinyGraph g;
  final SplittableRandom random;
  final int opset;

  /** Width of the residual stream. */
  final int hidden;

  private int names;

  RandomParts(TinyGraph g, SplittableRandom random, int opset, int hidden) {
    this.g = g;
    this.random = random;
    this.opset = opset;
    this.hidden = hidden;
  }

  /** True once in {@code times}. */
  boolean once(int times) {
    return random.nextInt(times) == 0;
  }

  String name(String role) {
    return role + "." + names++;
  }

  String weight(String role, int... dims) {
    return g.weight(name(role), dims);
  }

  String longs(long... values) {
    return g.longs(name("numbers"), values);
  }

  String index(long value) {
    return g.tensor(TensorData.ofLongs(name("index"), ImmutableList.of(), new long[] {value}));
  }

  /** x + y in either order. */
  String sum(String x, String y) {
    return random.nextBoolean() ? g.op("Add", x, y) : g.op("Add", y, x);
  }

  String product(String x, String y) {
    return random.nextBoolean() ? g.op("Mul", x, y) : g.op("Mul", y, x);
  }

  /** A matrix, now and then in a Constant node or behind an Identity. */
  private String matrix(int... dims) {
    return switch (random.nextInt(8)) {
      case 0 -> g.constantNode(name("constant"), dims);
      case 1 -> g.op("Identity", weight("w", dims));
      default -> weight("w", dims);
    };
  }

  /** [b, s, from] → [b, s, to] without a bias of its own. */
  String linear(String x, int from, int to) {
    return switch (random.nextInt(5)) {
      case 0 -> gemm(x, from, to, "");
      case 1 -> g.op("FusedMatMul", integer("transB", 1), x, matrix(to, from));
      default -> g.op("MatMul", x, matrix(from, to));
    };
  }

  /** The same plus a bias, or not. */
  String linear(String x, int from, int to, String bias) {
    if (bias.isEmpty()) {
      return linear(x, from, to);
    }
    return once(4) ? gemm(x, from, to, bias) : sum(linear(x, from, to), bias);
  }

  /** Rows are flattened and put back, as for GPT-2. */
  private String gemm(String x, int from, int to, String bias) {
    boolean transposed = random.nextBoolean();
    String rows = g.op("Reshape", x, longs(-1, from));
    String w = transposed ? matrix(to, from) : matrix(from, to);
    String[] inputs = bias.isEmpty() ? new String[] {rows, w} : new String[] {rows, w, bias};
    String y = g.op("Gemm", integer("transB", transposed ? 1 : 0), inputs);
    return g.op("Reshape", y, rowsOf(x, once(2) ? -1 : to));
  }

  /** The vector (b, s, rest…) for a tensor of sizes b, s, …. */
  String rowsOf(String x, long... rest) {
    String sizes = g.op("Shape", x);
    if (random.nextBoolean()) {
      String both = g.op("Slice", sizes, longs(0), longs(2), longs(0));
      return g.op("Concat", integer("axis", 0), both, longs(rest));
    }
    String batch = g.op("Gather", sizes, longs(0));
    String sequence = g.op("Gather", sizes, longs(1));
    return g.op("Concat", integer("axis", 0), batch, sequence, longs(rest));
  }

  /** Something that changes nothing, and how exporters leave it behind; mostly nothing. */
  String noise(String x) {
    return switch (random.nextInt(14)) {
      case 0 -> g.op("Identity", x);
      case 1 -> g.op("Cast", integer("to", FLOAT), x);
      case 2 -> g.op("Cast", integer("to", FLOAT), g.op("Cast", integer("to", DOUBLE), x));
      case 3 -> g.op("Reshape", x, longs(0, 0, -1));
      case 4 -> g.op("Reshape", x, g.op("Shape", x));
      case 5 -> g.op("Dropout", x);
      case 6 -> g.op("Squeeze", g.op("Unsqueeze", x, longs(1)), longs(1));
      case 7 -> {
        String turned = g.op("Transpose", integers("perm", 0, 2, 1), x);
        yield g.op("Transpose", integers("perm", 0, 2, 1), turned);
      }
      default -> x;
    };
  }

  /** Equal parts of the last axis. */
  List<String> parts(String x, int rank, long... sizes) {
    boolean equal = java.util.Arrays.stream(sizes).distinct().count() == 1;
    long axis = random.nextBoolean() ? -1 : rank - 1;
    if (equal && opset >= 18 && once(3)) {
      return g.op(
          "Split",
          sizes.length,
          List.of(integer("axis", axis), integer("num_outputs", sizes.length)),
          x);
    }
    if (random.nextBoolean()) {
      return g.op("Split", sizes.length, List.of(integer("axis", axis)), x, longs(sizes));
    }
    String[] parts = new String[sizes.length];
    long from = 0;
    for (int i = 0; i < parts.length; i++) {
      boolean last = i == parts.length - 1;
      parts[i] = slice(x, from, last && once(2) ? Long.MAX_VALUE : from + sizes[i], axis);
      from += sizes[i];
    }
    return List.of(parts);
  }

  String slice(String x, long from, long to, long axis) {
    return random.nextBoolean()
        ? g.op("Slice", x, longs(from), longs(to), longs(axis))
        : g.op("Slice", x, longs(from), longs(to), longs(axis), longs(1));
  }
}
