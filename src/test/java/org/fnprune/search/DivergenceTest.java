package org.fnprune.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.common.UsageException;
import org.fnprune.data.CalibrationText;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraph;
import org.fnprune.verify.Logits;
import org.fnprune.verify.Predictor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DivergenceTest {

  /** Texts of two tokens and of one; the last position is padding. */
  private static final TokenBatch BATCH =
      new TokenBatch(ImmutableList.of(ImmutableIntArray.of(1, 2), ImmutableIntArray.of(3)), 0);

  private static final float[] DENSE = {1, 2, 0, 0, 0.5f, -1, 3, 1, 1, 7, 7, 7};
  private static final float[] OTHER = {1.5f, 2, -1, 2, 0.5f, 0, 3, 3, 1, -9, 0, 9};

  @Test
  void isTheMeanOfKlOverTheTokens() {
    double expected = (kl(DENSE, OTHER, 0) + kl(DENSE, OTHER, 3) + kl(DENSE, OTHER, 6)) / 3;
    assertThat(divergence(true).of(model(OTHER, 2, 2, 3))).isCloseTo(expected, within(1e-6));
    assertThat(expected).isGreaterThan(0.1);
    assertThat(divergence(true).ofFirst(model(OTHER, 2, 2, 3).predict(BATCH)))
        .isCloseTo(expected, within(1e-6));
  }

  @Test
  void isNothingForTheSameModelAndForShiftedLogits() {
    assertThat(divergence(true).of(model(DENSE, 2, 2, 3))).isCloseTo(0, within(1e-6));
    float[] shifted = DENSE.clone();
    for (int c = 0; c < 3; c++) {
      shifted[c] += 5;
    }
    assertThat(divergence(true).of(model(shifted, 2, 2, 3))).isCloseTo(0, within(1e-6));
    assertThat(divergence(false).of(model(DENSE, 2, 2, 3))).isZero();
  }

  @Test
  void aClassThatTheDenseModelRulesOutMayBeRuledOut() {
    float[] dense = DENSE.clone();
    float[] other = OTHER.clone();
    dense[0] = Float.NEGATIVE_INFINITY;
    other[0] = Float.NEGATIVE_INFINITY;
    Divergence divergence = Divergence.of(model(dense, 2, 2, 3), List.of(BATCH), true);
    assertThat(divergence.of(model(dense, 2, 2, 3))).isCloseTo(0, within(1e-6));
    assertThat(divergence.of(model(other, 2, 2, 3))).isFinite().isPositive();
    assertThat(divergence(true).of(model(other, 2, 2, 3))).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @ParameterizedTest
  @CsvSource({"true, NaN", "false, NaN", "true, Infinity", "false, -Infinity"})
  void aDenseModelThatGivesNoNumbersIsRefused(boolean logits, float value) {
    float[] dense = DENSE.clone();
    dense[4] = value;
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Divergence.of(model(dense, 2, 2, 3), List.of(BATCH), logits))
        .withMessageContaining("the dense model's first output is NaN or infinite");
  }

  @Test
  void paddingDoesNotCount() {
    float[] padded = OTHER.clone();
    padded[9] = 1e6f;
    padded[10] = Float.NaN;
    for (boolean logits : new boolean[] {true, false}) {
      assertThat(divergence(logits).of(model(padded, 2, 2, 3)))
          .isEqualTo(divergence(logits).of(model(OTHER, 2, 2, 3)));
    }
  }

  @Test
  void classifiersHaveOneOutputPerText() {
    float[] dense = {0, 1, 2, 2, 1, 0};
    float[] other = {0, 2, 1, 1, 1, 1};
    Divergence divergence = Divergence.of(model(dense, 2, 3), List.of(BATCH), true);
    assertThat(divergence.of(model(other, 2, 3)))
        .isCloseTo((kl(dense, other, 0) + kl(dense, other, 3)) / 2, within(1e-6));
  }

  @Test
  void batchesCountByTheirTokens() {
    TokenBatch one = new TokenBatch(ImmutableList.of(ImmutableIntArray.of(4)), 0);
    Predictor dense = b -> model(DENSE, b.size(), b.length(), 3).predict(b);
    Predictor other = b -> model(OTHER, b.size(), b.length(), 3).predict(b);
    double expected = (2 * kl(DENSE, OTHER, 0) + kl(DENSE, OTHER, 3) + kl(DENSE, OTHER, 6)) / 4;
    assertThat(Divergence.of(dense, List.of(BATCH, one), true).of(other))
        .isCloseTo(expected, within(1e-6));
  }

  @Test
  void hiddenStatesAreComparedByHalfTheSquaredDistance() {
    double distance = 0;
    double square = 0;
    for (int i = 0; i < 9; i++) {
      distance += (DENSE[i] - OTHER[i]) * (DENSE[i] - OTHER[i]);
      square += DENSE[i] * DENSE[i];
    }
    assertThat(divergence(false).of(model(OTHER, 2, 2, 3)))
        .isCloseTo(distance / (2 * square), within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({
    "logits, true",
    "output_0, true",
    "last_hidden_state, false",
    "Sentence_Embedding, false",
    "pooler_output, false"
  })
  void namesSayWhichOutputsAreLogits(String name, boolean logits) {
    TinyGraph g = TinyGraph.create(1);
    OnnxModel model = g.output(g.embedding(), name);
    assertThat(Divergence.isOfLogits(model)).isEqualTo(logits);
  }

  /** Two texts: the loss is their mean by weight. */
  @Test
  void textsCountByTheirWeights() {
    TokenBatch general = new TokenBatch(ImmutableList.of(ImmutableIntArray.of(9)), 0);
    Predictor dense = b -> model(DENSE, b.size(), b.length(), 3).predict(b);
    Predictor slim =
        b ->
            model(b.equals(general) ? new float[] {9, 0, 0} : OTHER, b.size(), b.length(), 3)
                .predict(b);
    double task = loss(dense, text(BATCH, 1)).of(slim);
    double other = loss(dense, text(general, 1)).of(slim);
    assertThat(other).isGreaterThan(2 * task);
    assertThat(loss(dense, text(BATCH, 1), text(general, 0.5)).of(slim))
        .isCloseTo((task + 0.5 * other) / 1.5, within(1e-9));
    assertThat(loss(dense, text(BATCH, 1), text(general, 0.001)).of(slim))
        .isCloseTo(task, within(0.001 * other));
  }

  /** The loss is of held-out text; of all there is where nothing is held out. */
  @Test
  void lossIsOfHeldOutText() {
    TokenBatch held = new TokenBatch(ImmutableList.of(ImmutableIntArray.of(5, 6)), 0);
    List<TokenBatch> seen = new ArrayList<>();
    Predictor dense =
        b -> {
          seen.add(b);
          return model(DENSE, b.size(), b.length(), 3).predict(b);
        };
    CalibrationLoss.of(
        dense,
        List.of(new CalibrationText(ImmutableList.of(BATCH), ImmutableList.of(held), 1)),
        1000,
        true);
    assertThat(seen).isNotEmpty().allMatch(batch -> batch.equals(held));
  }

  private static CalibrationText text(TokenBatch batch, double weight) {
    return new CalibrationText(ImmutableList.of(batch), ImmutableList.of(), weight);
  }

  private static CalibrationLoss loss(Predictor dense, CalibrationText... texts) {
    return CalibrationLoss.of(dense, List.of(texts), 1000, true);
  }

  private static Divergence divergence(boolean logits) {
    return Divergence.of(model(DENSE, 2, 2, 3), List.of(BATCH), logits);
  }

  private static Predictor model(float[] outputs, int... shape) {
    return batch -> new Logits(FloatBuffer.wrap(outputs), ImmutableIntArray.copyOf(shape));
  }

  private static double kl(float[] dense, float[] other, int from) {
    double kl = 0;
    for (int c = from; c < from + 3; c++) {
      double p = Math.exp(dense[c]) / sum(dense, from);
      double q = Math.exp(other[c]) / sum(other, from);
      kl += p * Math.log(p / q);
    }
    return kl;
  }

  private static double sum(float[] values, int from) {
    return Math.exp(values[from]) + Math.exp(values[from + 1]) + Math.exp(values[from + 2]);
  }
}
