package org.fnprune.search;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.List;
import org.fnprune.capture.Moments;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.TinyCapture;
import org.fnprune.data.CalibrationText;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.ElementType;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TensorData;
import org.fnprune.model.TinyGraph;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.rewrite.SlimCheck;
import org.fnprune.verify.OnnxPredictor;

/**
 * Language models whose head does not look at the last axis of the residual stream, so that it is
 * known what matters, and text to run them on.
 */
final class PlantedGraphs {

  /** Neurons of each block. */
  static final int WIDTH = 10;

  /** The axis that the head ignores. */
  static final int IGNORED = TinyGraph.HIDDEN - 1;

  static final CalibrationText TEXT =
      new CalibrationText(
          ImmutableList.of(
              RandomTokens.batch(8, 12, TinyGraph.VOCABULARY, 31),
              RandomTokens.batch(8, 9, TinyGraph.VOCABULARY, 32)),
          ImmutableList.of(RandomTokens.batch(6, 10, TinyGraph.VOCABULARY, 33)),
          1);

  private PlantedGraphs() {}

  /** One block with these weights of its projection. */
  static OnnxModel oneBlock(Matrix down) {
    return blocks(List.of(down));
  }

  /** Two blocks: the first writes everywhere, the second more, but to the ignored axis alone. */
  static OnnxModel secondDoesNothing() {
    Matrix everywhere = Matrices.gaussian(WIDTH, TinyGraph.HIDDEN, 41);
    Matrix ignored =
        Matrix.tabulate(
            WIDTH, TinyGraph.HIDDEN, (i, j) -> j == IGNORED ? 6 * everywhere.get(i, 0) : 0);
    return blocks(List.of(everywhere, ignored));
  }

  private static OnnxModel blocks(List<Matrix> downs) {
    TinyGraph g = TinyGraph.create(5);
    String x = g.embedding();
    for (int layer = 0; layer < downs.size(); layer++) {
      g.prefix("layers." + layer + ".");
      String up = g.op("MatMul", x, g.weight("w1." + layer, TinyGraph.HIDDEN, WIDTH));
      String h = g.op("Relu", g.op("Add", up, g.weight("b1." + layer, WIDTH)));
      x = g.op("Add", x, g.op("MatMul", h, tensor(g, "w2." + layer, downs.get(layer))));
    }
    g.prefix("");
    Matrix head = Matrices.gaussian(TinyGraph.HIDDEN, TinyGraph.VOCABULARY, 42);
    Matrix blind =
        Matrix.tabulate(
            TinyGraph.HIDDEN,
            TinyGraph.VOCABULARY,
            (i, j) -> i == IGNORED ? 0 : 0.7 * head.get(i, j));
    return g.output(g.op("MatMul", x, tensor(g, "head", blind)), "logits");
  }

  private static String tensor(TinyGraph g, String name, Matrix values) {
    return g.tensor(
        TensorData.ofDoubles(
            name,
            ElementType.FLOAT,
            ImmutableList.of((long) values.rows(), (long) values.cols()),
            values.toArray()));
  }

  /** Moments of all units over {@code batches}. */
  static MomentsStore moments(SlimCheck check, List<TokenBatch> batches) {
    ImmutableMap.Builder<String, Moments> moments = ImmutableMap.builder();
    check
        .structure()
        .units()
        .forEach(u -> moments.put(u.id(), TinyCapture.moments(check.dense(), u, batches)));
    return MomentsStore.of(moments.buildOrThrow());
  }

  /** The loss of plans on {@link #TEXT}. */
  static JointLoss loss(SlimCheck check, CompensationMethod method) {
    try (OnnxPredictor dense = OnnxPredictor.open(check.dense().model(), SlimCheck.CPU)) {
      return new JointLoss(
          check.dense(),
          check.structure(),
          moments(check, TEXT.fitting()),
          method,
          CalibrationLoss.of(dense, List.of(TEXT), 10_000, true),
          SlimCheck.CPU);
    }
  }
}
