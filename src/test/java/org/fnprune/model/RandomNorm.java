package org.fnprune.model;

import static org.fnprune.model.TinyGraph.integer;
import static org.fnprune.model.TinyGraph.integers;
import static org.fnprune.model.TinyGraph.real;

import java.util.List;

/** Normalisations over the last axis, written out or as one operator. */
final class RandomNorm {

  private static final double EPSILON = 1e-5;

  private final RandomParts p;
  private final TinyGraph g;

  RandomNorm(RandomParts parts) {
    this.p = parts;
    this.g = parts.g;
  }

  /** The norm of x, whose last axis has {@code width} values. */
  String of(String x, int width) {
    return switch (p.random.nextInt(5)) {
      case 0 ->
          p.opset >= 17
              ? g.op(
                      "LayerNormalization",
                      List.of(integer("axis", -1), real("epsilon", EPSILON)),
                      x,
                      p.weight("gamma", width),
                      p.weight("beta", width))
                  .get(0)
              : layer(x, width);
      case 1 ->
          p.opset >= 23
              ? g.op("RMSNormalization", x, p.weight("gamma", width))
              : rootMeanSquare(x, width);
      case 2 -> layer(x, width);
      default -> rootMeanSquare(x, width);
    };
  }

  /** norm(x + y), as one operator of ONNX Runtime or two. */
  String ofSum(String x, String y, int width) {
    return p.once(3)
        ? g.op("SkipLayerNormalization", x, y, p.weight("gamma", width), p.weight("beta", width))
        : of(p.sum(x, y), width);
  }

  private String layer(String x, int width) {
    String centred = g.op("Sub", x, mean(x));
    String scaled = g.op("Div", centred, root(g.op("Pow", centred, g.scalar(2))));
    return p.sum(p.product(scaled, p.weight("gamma", width)), p.weight("beta", width));
  }

  private String rootMeanSquare(String x, int width) {
    String root = root(p.once(2) ? g.op("Mul", x, x) : g.op("Pow", x, g.scalar(2)));
    String scaled = p.once(2) ? g.op("Div", x, root) : p.product(x, g.op("Reciprocal", root));
    return p.product(scaled, p.weight("gamma", width));
  }

  private String root(String squares) {
    return g.op("Sqrt", p.sum(mean(squares), g.scalar(EPSILON)));
  }

  private String mean(String x) {
    return p.opset >= 18
        ? g.op("ReduceMean", x, p.longs(-1))
        : g.op("ReduceMean", integers("axes", -1), x);
  }
}
