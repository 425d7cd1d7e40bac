package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraph.integer;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraph;
import org.fnprune.verify.Equivalence;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models put together at random are found, cut at random, and equal the masked model. */
class RandomGraphsTest {

  static LongStream seeds() {
    return LongStream.range(0, 60);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void slimEqualsMasked(long seed) {
    Author author = new Author(seed);
    SlimCheck check = SlimCheck.of(author.model());
    assertThat(check.structure().units()).as("seed " + seed).hasSize(author.layers);
    assertThat(check.check(check.plan(s -> Plans.random(s, seed))))
        .as("seed " + seed)
        .matches(Equivalence::passed);
  }

  /** Writes one feed-forward block after the other, each as an exporter might. */
  private static final class Author {

    private final SplittableRandom random;
    private final TinyGraph g;
    private final int layers;
    private final int width;
    private final String sharedBias;
    private final String flat;

    Author(long seed) {
      random = new SplittableRandom(seed);
      g = TinyGraph.create(seed);
      layers = random.nextInt(1, 4);
      width = random.nextInt(2, 20);
      sharedBias = g.weight("shared", width);
      flat = g.longs("flat", -1, HIDDEN);
    }

    OnnxModel model() {
      String x = g.embedding();
      for (int layer = 0; layer < layers; layer++) {
        g.prefix("layers." + layer + ".");
        String h = random.nextBoolean() ? gated(x) : activated(projected(x, width));
        String down = maybeBiased(multiplied(h, width, HIDDEN), HIDDEN);
        x = random.nextBoolean() ? g.op("Add", x, down) : g.op("Add", down, x);
      }
      return g.head(x);
    }

    private String weight(int... dims) {
      return g.weight("w" + random.nextLong(), dims);
    }

    private String gated(String x) {
      if (random.nextInt(3) == 0) {
        String packed = multiplied(x, HIDDEN, 2 * width);
        List<String> parts =
            random.nextBoolean()
                ? g.op("Split", 2, List.of(integer("axis", -1), integer("num_outputs", 2)), packed)
                : g.op(
                    "Split",
                    2,
                    List.of(integer("axis", 2)),
                    packed,
                    g.longs("sizes" + random.nextLong(), width, width));
        return g.op("Mul", activated(parts.get(0)), parts.get(1));
      }
      String gate = activated(projected(x, width));
      String up = projected(x, width);
      return random.nextBoolean() ? g.op("Mul", gate, up) : g.op("Mul", up, gate);
    }

    /** x W + b [b, s, n], as MatMul, or as Gemm between two Reshapes. */
    private String projected(String x, int n) {
      if (random.nextInt(3) > 0) {
        return maybeBiased(multiplied(x, HIDDEN, n), n);
      }
      String rows = g.op("Reshape", x, flat);
      boolean transposed = random.nextBoolean();
      String w = transposed ? weight(n, HIDDEN) : weight(HIDDEN, n);
      String y =
          random.nextBoolean()
              ? g.op("Gemm", integer("transB", transposed ? 1 : 0), rows, w, bias(n))
              : g.op("Gemm", integer("transB", transposed ? 1 : 0), rows, w);
      String id = Long.toString(random.nextLong());
      String sizes = g.op("Shape", x);
      String batch = g.op("Gather", sizes, g.longs("zero" + id, 0));
      String sequence = g.op("Gather", sizes, g.longs("one" + id, 1));
      String last = g.longs("last" + id, n);
      return g.op("Reshape", y, g.op("Concat", integer("axis", 0), batch, sequence, last));
    }

    private String multiplied(String x, int from, int to) {
      return random.nextInt(4) > 0
          ? g.op("MatMul", x, weight(from, to))
          : g.op("FusedMatMul", integer("transB", 1), x, weight(to, from));
    }

    private String maybeBiased(String x, int n) {
      return switch (random.nextInt(3)) {
        case 0 -> x;
        case 1 -> g.op("Add", x, bias(n));
        default -> g.op("Add", bias(n), x);
      };
    }

    private String bias(int n) {
      if (n != width || random.nextBoolean()) {
        return weight(n);
      }
      return random.nextBoolean() ? sharedBias : g.op("Identity", sharedBias);
    }

    private String activated(String x) {
      return switch (random.nextInt(5)) {
        case 0 -> g.op("Relu", x);
        case 1 -> g.op("Mul", x, g.op("Sigmoid", x));
        case 2 -> g.op("Gelu", x);
        case 3 -> {
          String erf = g.op("Erf", g.op("Mul", x, g.scalar(Math.sqrt(0.5))));
          String factor = g.op("Add", g.scalar(1), erf);
          yield g.op("Mul", g.op("Mul", factor, g.scalar(0.5)), x);
        }
        default -> g.op("FastGelu", x);
      };
    }
  }
}
