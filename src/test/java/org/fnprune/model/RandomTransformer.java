package org.fnprune.model;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.fnprune.structure.UnitKind;

/**
 * A transformer made from a seed: every size and every way of writing a block is drawn. It knows
 * what can be pruned in it.
 *
 * @param planted the units, layer by layer
 * @param sharesBiases whether several places may add one vector, which pruning has to copy
 * @param tied whether all feed-forward blocks multiply by the same matrices, which cannot be cut
 */
public record RandomTransformer(
    OnnxModel model, List<Planted> planted, boolean sharesBiases, boolean tied) {

  /** A unit that must be found. */
  public record Planted(UnitKind kind, int layer, int width, int unitSize) {}

  private static final int[] OPSETS = {13, 15, 17, 18, 20, 21, 23};

  /** The transformer of a seed. */
  public static RandomTransformer of(long seed) {
    return new Author(seed).write();
  }

  private static final class Author {

    private final SplittableRandom random;
    private final RandomParts p;
    private final TinyGraph g;
    private final List<Planted> planted = new ArrayList<>();
    private final boolean normed;
    private final boolean parallel;
    private final boolean before;
    private final int layers;
    private final int width;
    private final boolean tied;
    private final int heads;
    private final int groups;
    private final int size;

    Author(long seed) {
      random = new SplittableRandom(seed);
      int opset = OPSETS[random.nextInt(OPSETS.length)];
      g = TinyGraph.create(seed).opset(opset);
      p = new RandomParts(g, random, opset, random.nextInt(4, 11));
      layers = random.nextInt(1, 4);
      normed = random.nextInt(3) > 0;
      parallel = random.nextInt(4) == 0;
      before = random.nextBoolean();
      width = random.nextInt(3, 17);
      tied = layers > 1 && random.nextInt(10) == 0;
      int repeats = random.nextInt(1, 4);
      groups = random.nextInt(2, 5);
      heads = groups * repeats;
      size = random.nextInt(2, 7);
    }

    RandomTransformer write() {
      String x = g.op("Gather", p.weight("embedding", TinyGraph.VOCABULARY, p.hidden), "input_ids");
      String sharedBias = p.weight("shared", width);
      String sharedHeads = p.weight("shared", heads * size);
      String up = tied ? p.weight("tied", p.hidden, width) : "";
      String down = tied ? p.weight("tied", width, p.hidden) : "";
      RandomAttention attention = new RandomAttention(p, heads, groups, size, sharedHeads);
      RandomFeedForward feedForward = new RandomFeedForward(p, width, sharedBias);
      for (int layer = 0; layer < layers; layer++) {
        g.prefix("layers." + layer + ".");
        boolean attends = random.nextInt(6) > 0;
        boolean feeds = !attends || random.nextInt(6) > 0;
        Block first = in -> attention.of(in);
        Block second = in -> tied ? RandomFeedForward.tied(p, in, up, down) : feedForward.of(in);
        if (parallel && attends && feeds) {
          String in = norm(x);
          x = p.sum(x, p.sum(first.of(in), second.of(in)));
        } else {
          x = attends ? residual(x, first) : x;
          x = feeds ? residual(x, second) : x;
        }
        plant(layer, attends, feeds);
      }
      g.prefix("");
      String last = norm(x);
      OnnxModel model =
          g.output(
              g.op("MatMul", last, p.weight("head", p.hidden, TinyGraph.VOCABULARY)), "logits");
      boolean shared = tied && uses(model, up) > 1;
      if (shared) {
        planted.removeIf(u -> u.kind() == UnitKind.FFN || u.kind() == UnitKind.FFN_OUT);
      }
      boolean copies = uses(model, sharedBias) > 1 || uses(model, sharedHeads) > 1;
      return new RandomTransformer(model, planted, copies, shared);
    }

    private static long uses(OnnxModel model, String tensor) {
      return model.graph().getNodeList().stream()
          .flatMap(node -> node.getInputList().stream())
          .filter(tensor::equals)
          .filter(name -> !name.isEmpty())
          .count();
    }

    private interface Block {
      String of(String x);
    }

    private String norm(String x) {
      return normed ? new RandomNorm(p).of(x, p.hidden) : x;
    }

    private String residual(String x, Block block) {
      if (before || !normed) {
        return p.sum(x, p.noise(block.of(norm(x))));
      }
      return new RandomNorm(p).ofSum(x, block.of(x), p.hidden);
    }

    private void plant(int layer, boolean attends, boolean feeds) {
      if (attends) {
        planted.add(
            groups == heads
                ? new Planted(UnitKind.HEADS, layer, heads, size)
                : new Planted(UnitKind.KV_GROUPS, layer, groups, heads / groups * size));
      }
      if (feeds) {
        planted.add(new Planted(UnitKind.FFN, layer, width, 1));
        planted.add(new Planted(UnitKind.FFN_OUT, layer, p.hidden, 1));
      }
    }
  }
}
