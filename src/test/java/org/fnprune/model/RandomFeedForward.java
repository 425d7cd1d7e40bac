package org.fnprune.model;

import java.util.List;

/** A feed-forward block of a random transformer. */
final class RandomFeedForward {

  private final RandomParts p;
  private final TinyGraph g;
  private final int width;
  private final String sharedBias;

  /**
   * @param width neurons
   * @param sharedBias a vector as wide that several blocks may add
   */
  RandomFeedForward(RandomParts parts, int width, String sharedBias) {
    this.p = parts;
    this.g = parts.g;
    this.width = width;
    this.sharedBias = sharedBias;
  }

  /** What the block adds to the residual stream x. */
  String of(String x) {
    String h = p.random.nextBoolean() ? gated(x) : activated(up(x));
    return p.linear(p.noise(h), width, p.hidden, p.once(3) ? "" : p.weight("b", p.hidden));
  }

  private String up(String x) {
    return p.noise(p.linear(p.noise(x), p.hidden, width, bias()));
  }

  private String bias() {
    return switch (p.random.nextInt(5)) {
      case 0, 1 -> "";
      case 2 -> sharedBias;
      case 3 -> g.op("Identity", sharedBias);
      default -> p.weight("b", width);
    };
  }

  private String gated(String x) {
    if (p.once(3)) {
      List<String> parts = p.parts(p.linear(x, p.hidden, 2 * width), 3, width, width);
      return p.product(activated(parts.get(0)), parts.get(1));
    }
    String gate = activated(up(x));
    return p.product(gate, up(x));
  }

  private String activated(String x) {
    return switch (p.random.nextInt(p.opset < 20 ? 7 : 8)) {
      case 0 -> g.op("Relu", x);
      case 1 -> p.product(x, g.op("Sigmoid", x));
      case 2 -> g.op("FastGelu", x);
      case 3 -> {
        String erf = g.op("Erf", g.op("Div", x, g.scalar(Math.sqrt(2))));
        String factor = p.sum(g.scalar(1), erf);
        yield p.once(2)
            ? p.product(p.product(factor, g.scalar(0.5)), x)
            : p.product(p.product(factor, x), g.scalar(0.5));
      }
      case 4 -> tanhGelu(x);
      case 5 -> {
        String relu = g.op("Relu", x);
        yield p.once(2) ? g.op("Mul", relu, relu) : g.op("Pow", relu, g.scalar(2));
      }
      case 6 -> g.op("Tanh", x);
      default -> g.op("Gelu", x);
    };
  }

  private String tanhGelu(String x) {
    String cube = p.once(2) ? g.op("Pow", x, g.scalar(3)) : g.op("Mul", g.op("Mul", x, x), x);
    String inner = p.sum(x, p.product(cube, g.scalar(0.044715)));
    String tanh = g.op("Tanh", p.product(inner, g.scalar(Math.sqrt(2 / Math.PI))));
    return p.product(p.product(x, g.scalar(0.5)), p.sum(tanh, g.scalar(1)));
  }

  /** Two products by matrices that other layers multiply by, too. */
  static String tied(RandomParts parts, String x, String up, String down) {
    String h = parts.g.op("Relu", parts.g.op("MatMul", x, up));
    return parts.g.op("MatMul", h, down);
  }
}
