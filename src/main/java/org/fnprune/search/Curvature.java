package org.fnprune.search;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.fnprune.capture.Captured;
import org.fnprune.capture.Moments;
import org.fnprune.capture.MomentsStore;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.SymmetricEigen;
import org.fnprune.model.Graph;
import org.fnprune.rewrite.NudgedModel;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.OutputMetric;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;
import org.fnprune.verify.Logits;
import org.fnprune.verify.OnnxPredictor;

/**
 * Measures, with forward passes alone, how much the model's output minds errors of each unit's
 * output. For each of the strongest directions u of what a unit writes (eigenvectors of Wᵀ C W):
 *
 * <ol>
 *   <li>add ±σ s_t u to the output at every token t, with random signs s_t
 *   <li>c_u = [KL(+) + KL(−)] / (2σ²): an error of variance v in direction u costs c_u v nats
 * </ol>
 *
 * <p>KL to the dense output has its minimum, 0, without an error, so that c_u is never negative and
 * a second difference takes two passes, not three. All weaker directions share one c, measured with
 * errors that are random among them. σ² is the mean variance of a direction.
 */
final class Curvature {

  /** Directions that are measured one by one. */
  private static final int DIRECTIONS = 64;

  /** Random draws of the directions that share a curvature. */
  private static final int DRAWS = 8;

  /** No direction is cheaper than this share of the mean: few texts are not all texts. */
  private static final double FLOOR = 0.1;

  private final Graph dense;
  private final TokenBatch probes;
  private final Divergence divergence;
  private final long seed;

  private Curvature(Graph dense, TokenBatch probes, Divergence divergence, long seed) {
    this.dense = dense;
    this.probes = probes;
    this.divergence = divergence;
    this.seed = seed;
  }

  /**
   * Measures all units of a structure.
   *
   * @param moments of the units' activations
   * @param texts to run, a few
   * @param logits whether the model's outputs are logits
   * @return by unit id; units that cannot be nudged are not in it
   */
  static ImmutableMap<String, OutputMetric> of(
      Graph dense,
      Structure structure,
      MomentsStore moments,
      TokenBatch texts,
      boolean logits,
      long seed,
      RuntimeOptions options) {
    TokenBatch probes = twice(texts);
    ImmutableMap.Builder<String, OutputMetric> metrics = ImmutableMap.builder();
    Divergence divergence;
    try (OnnxPredictor predictor = OnnxPredictor.open(dense.model(), options)) {
      divergence = Divergence.of(predictor, ImmutableList.of(probes), logits);
    }
    Curvature curvature = new Curvature(dense, probes, divergence, seed);
    for (PrunableUnit unit : structure.units()) {
      Optional<NudgedModel> nudged = NudgedModel.of(dense, unit);
      if (nudged.isPresent()) {
        metrics.put(unit.id(), curvature.of(unit, nudged.get(), moments.get(unit.id()), options));
      }
    }
    return metrics.buildOrThrow();
  }

  private static TokenBatch twice(TokenBatch batch) {
    return new TokenBatch(
        ImmutableList.<ImmutableIntArray>builder()
            .addAll(batch.sequences())
            .addAll(batch.sequences())
            .build(),
        batch.padId());
  }

  private OutputMetric of(
      PrunableUnit unit, NudgedModel nudged, Captured captured, RuntimeOptions options) {
    SymmetricEigen written =
        SymmetricEigen.of(variance(captured, ConsumerWeights.read(dense, unit)));
    int outputs = written.values().length();
    double sigma =
        Math.sqrt(Math.max(written.values().stream().sum() / outputs, Double.MIN_NORMAL));
    int strong = Math.min(DIRECTIONS, outputs);
    double[] curvature = new double[outputs];
    Random random = new Random(seed);
    try (OnnxPredictor predictor = OnnxPredictor.open(nudged.model(), options)) {
      for (int u = 0; u < strong; u++) {
        double[] direction = column(written.vectors(), u);
        curvature[u] = measure(predictor, nudged.input(), sigma, direction, random);
      }
      if (strong < outputs) {
        double shared = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
          shared +=
              measure(
                  predictor,
                  nudged.input(),
                  sigma,
                  mixed(written.vectors(), strong, random),
                  random);
        }
        Arrays.fill(curvature, strong, outputs, shared / DRAWS);
      }
    }
    double mean = Arrays.stream(curvature).average().orElse(0);
    return new OutputMetric(
        Matrix.tabulate(
            outputs,
            outputs,
            (i, u) ->
                written.vectors().get(i, u) * Math.sqrt(Math.max(curvature[u], FLOOR * mean))));
  }

  private static Matrix variance(Captured captured, Matrix weights) {
    if (captured instanceof Moments moments) {
      Matrix covariance = moments.covariance().times(weights);
      return symmetric(weights.transposed().times(covariance));
    }
    Matrix variance = captured.variance();
    return symmetric(
        weights
            .transposed()
            .times(
                Matrix.tabulate(
                    weights.rows(),
                    weights.cols(),
                    (i, j) -> variance.get(0, i) * weights.get(i, j))));
  }

  private static Matrix symmetric(Matrix matrix) {
    return matrix.plus(matrix.transposed()).scaled(0.5);
  }

  private static double[] column(Matrix matrix, int column) {
    double[] values = new double[matrix.rows()];
    Arrays.setAll(values, i -> matrix.get(i, column));
    return values;
  }

  /** A random unit vector among the columns from {@code first} on. */
  private static double[] mixed(Matrix vectors, int first, Random random) {
    double[] weights = new double[vectors.cols() - first];
    Arrays.setAll(weights, i -> random.nextGaussian());
    double norm = Math.sqrt(Arrays.stream(weights).map(w -> w * w).sum());
    double[] mixed = new double[vectors.rows()];
    for (int c = 0; c < weights.length; c++) {
      for (int i = 0; i < mixed.length; i++) {
        mixed[i] += weights[c] / norm * vectors.get(i, first + c);
      }
    }
    return mixed;
  }

  private double measure(
      OnnxPredictor predictor, String input, double sigma, double[] along, Random random) {
    int half = probes.size() / 2 * probes.length();
    float[] nudges = new float[Math.multiplyExact(2 * half, along.length)];
    for (int t = 0; t < half; t++) {
      double signed = random.nextBoolean() ? sigma : -sigma;
      for (int i = 0; i < along.length; i++) {
        float value = (float) (signed * along[i]);
        nudges[t * along.length + i] = value;
        nudges[(half + t) * along.length + i] = -value;
      }
    }
    Logits outputs =
        predictor.predict(probes, Map.of(input, new ExtraInput(nudges, nudges.length)));
    return divergence.ofFirst(outputs) / (sigma * sigma);
  }
}
