package org.fnprune.search;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.SampleMoments;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.fnprune.rewrite.NudgedModel;
import org.fnprune.rewrite.SlimCheck;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.select.OutputMetric;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.verify.Logits;
import org.fnprune.verify.OnnxPredictor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CurvatureTest {

  private static final TokenBatch TEXT = RandomTokens.batch(6, 15, TinyGraph.VOCABULARY, 8);

  /** The variance of what is written along each axis: apart, so that the axes are eigenvectors. */
  private static final double[] WRITTEN = {6e-4, 5e-4, 4e-4, 3e-4, 2e-4, 1e-4};

  /**
   * Behind the last block only the head follows: KL of an error e is ½ Var_p(e · head), known from
   * the dense logits alone.
   */
  @Test
  void directionsCostWhatTheHeadMakesOfThem() {
    SlimCheck check = SlimCheck.of(PlantedGraphs.oneBlock(eye()));
    Matrix covariance =
        Matrix.tabulate(
            PlantedGraphs.WIDTH,
            PlantedGraphs.WIDTH,
            (i, j) -> i == j && i < WRITTEN.length ? WRITTEN[i] : 0);
    PrunableUnit unit = check.structure().units().get(0);
    MomentsStore moments =
        MomentsStore.of(
            ImmutableMap.of(
                unit.id(), SampleMoments.of(Matrix.zeros(1, PlantedGraphs.WIDTH), covariance)));

    OutputMetric metric = metric(check, moments, unit);

    double[] cost = new double[TinyGraph.HIDDEN];
    Arrays.setAll(cost, i -> cost(metric, axis(i)));
    double[] expected = expected(check);
    for (int i = 0; i < PlantedGraphs.IGNORED; i++) {
      assertThat(cost[i]).isCloseTo(expected[i], within(0.05 * expected[i]));
    }
    // The ignored axis costs the floor: a tenth of the mean.
    double mean = Arrays.stream(expected).average().orElseThrow();
    assertThat(cost[PlantedGraphs.IGNORED]).isCloseTo(0.1 * mean, within(0.005 * mean));
  }

  /** ½ Var_p of each row of the head, mean over the tokens; 0 for the row of zeros. */
  private static double[] expected(SlimCheck check) {
    Matrix head = head(check);
    double[] costs = new double[TinyGraph.HIDDEN];
    try (OnnxPredictor predictor = OnnxPredictor.open(check.dense().model(), SlimCheck.CPU)) {
      Logits logits = predictor.predict(TEXT);
      int classes = logits.classes();
      int tokens = TEXT.size() * TEXT.length();
      for (int t = 0; t < tokens; t++) {
        double[] p = new double[classes];
        for (int c = 0; c < classes; c++) {
          p[c] = Math.exp(logits.values().get(t * classes + c));
        }
        double total = Arrays.stream(p).sum();
        for (int i = 0; i < costs.length; i++) {
          double mean = 0;
          double square = 0;
          for (int c = 0; c < classes; c++) {
            mean += p[c] / total * head.get(i, c);
            square += p[c] / total * head.get(i, c) * head.get(i, c);
          }
          costs[i] += 0.5 * (square - mean * mean) / tokens;
        }
      }
    }
    return costs;
  }

  private static Matrix head(SlimCheck check) {
    return Matrix.of(
        TinyGraph.HIDDEN,
        TinyGraph.VOCABULARY,
        check.dense().constantData("head").orElseThrow().toDoubles());
  }

  /** What the metric says that a small random error costs is what it does. */
  @ParameterizedTest
  @ValueSource(strings = {"MatMul, Add, Relu", "GPT-2 as dynamo writes it", "gate, up, down"})
  void smallErrorsCostWhatIsPredicted(String name) {
    SlimCheck check = SlimCheck.of(TinyGraphs.named(name));
    MomentsStore moments = PlantedGraphs.moments(check, List.of(TEXT));
    for (PrunableUnit unit : check.structure().units()) {
      OutputMetric metric = metric(check, moments, unit);
      NudgedModel nudged = NudgedModel.of(check.dense(), unit).orElseThrow();
      Random random = new Random(3);
      int tokens = TEXT.size() * TEXT.length();
      float[] error = new float[tokens * TinyGraph.HIDDEN];
      for (int i = 0; i < error.length; i++) {
        error[i] = (float) (0.05 * random.nextGaussian());
      }
      double predicted = 0;
      for (int t = 0; t < tokens; t++) {
        double[] e = new double[TinyGraph.HIDDEN];
        for (int i = 0; i < e.length; i++) {
          e[i] = error[t * e.length + i];
        }
        predicted += cost(metric, e) / tokens;
      }
      double measured;
      try (OnnxPredictor dense = OnnxPredictor.open(check.dense().model(), SlimCheck.CPU);
          OnnxPredictor wrong = OnnxPredictor.open(nudged.model(), SlimCheck.CPU)) {
        Divergence divergence = Divergence.of(dense, List.of(TEXT), true);
        measured =
            divergence.ofFirst(
                wrong.predict(TEXT, Map.of(nudged.input(), new ExtraInput(error, error.length))));
      }
      assertThat(predicted).isCloseTo(measured, within(0.3 * measured));
    }
  }

  @Test
  void sameSeedIsTheSameMetric() {
    SlimCheck check = SlimCheck.of(TinyGraphs.plain());
    MomentsStore moments = PlantedGraphs.moments(check, List.of(TEXT));
    PrunableUnit unit = check.structure().units().get(0);
    assertThat(metric(check, moments, unit)).isEqualTo(metric(check, moments, unit));
  }

  @Test
  void unitsThatWriteToTwoPlacesAreLeftOut() {
    SlimCheck check = SlimCheck.of(TinyGraphs.named("two consumers"));
    assertThat(
            Curvature.of(
                check.dense(),
                check.structure(),
                PlantedGraphs.moments(check, List.of(TEXT)),
                TEXT,
                true,
                1,
                SlimCheck.CPU))
        .isEmpty();
  }

  private static OutputMetric metric(SlimCheck check, MomentsStore moments, PrunableUnit unit) {
    return requireNonNull(
        Curvature.of(check.dense(), check.structure(), moments, TEXT, true, 1, SlimCheck.CPU)
            .get(unit.id()));
  }

  /** ‖e · root‖². */
  private static double cost(OutputMetric metric, double[] error) {
    Matrix priced = Matrix.of(1, error.length, error).times(metric.root());
    return priced.inner(priced);
  }

  private static double[] axis(int i) {
    double[] axis = new double[TinyGraph.HIDDEN];
    axis[i] = 1;
    return axis;
  }

  /** Neuron i writes axis i; the last four write nothing. */
  private static Matrix eye() {
    return Matrix.tabulate(PlantedGraphs.WIDTH, TinyGraph.HIDDEN, (i, j) -> i == j ? 1 : 0);
  }
}
