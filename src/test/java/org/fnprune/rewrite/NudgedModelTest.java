package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.ElementType;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.verify.Logits;
import org.fnprune.verify.OnnxPredictor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NudgedModelTest {

  private static final TokenBatch TEXT = RandomTokens.batch(3, 5, TinyGraph.VOCABULARY, 1);
  private static final int TOKENS = 15;

  private enum Writer {
    MATMUL,
    GEMM,
    HALF
  }

  @ParameterizedTest
  @EnumSource(Writer.class)
  void residualStreamTakesTheNudgeAsItIs(Writer writer) {
    SlimCheck check = SlimCheck.of(model(writer));
    PrunableUnit unit = check.structure().units().get(0);
    NudgedModel nudged = NudgedModel.of(check.dense(), unit).orElseThrow();
    float[] nudge = new float[TOKENS * TinyGraph.HIDDEN];
    for (int i = 0; i < nudge.length; i++) {
      nudge[i] = 0.25f * (i % 7) - 0.5f;
    }
    try (OnnxPredictor dense = OnnxPredictor.open(check.dense().model(), SlimCheck.CPU);
        OnnxPredictor other = OnnxPredictor.open(nudged.model(), SlimCheck.CPU)) {
      Logits before = dense.predict(TEXT);
      Logits still = predict(other, nudged, new float[nudge.length]);
      Logits after = predict(other, nudged, nudge);
      assertThat(after.shape()).isEqualTo(before.shape());
      double tolerance = writer == Writer.HALF ? 4e-3 : 1e-5;
      for (int i = 0; i < nudge.length; i++) {
        assertThat((double) still.values().get(i))
            .isCloseTo(before.values().get(i), within(tolerance));
        assertThat((double) after.values().get(i) - before.values().get(i))
            .isCloseTo(nudge[i], within(tolerance));
      }
    }
  }

  private static OnnxModel model(Writer writer) {
    TinyGraph g =
        TinyGraph.create(writer == Writer.HALF ? ElementType.FLOAT16 : ElementType.FLOAT, 1);
    String x = g.embedding();
    String h = g.op("Relu", g.op("MatMul", x, g.weight("w1", TinyGraph.HIDDEN, 10)));
    String w2 = g.weight("w2", 10, TinyGraph.HIDDEN);
    if (writer != Writer.GEMM) {
      return g.output(g.op("Add", x, g.op("MatMul", h, w2)), "stream");
    }
    String flat = g.op("Reshape", h, g.longs("flat", -1, 10));
    String written = g.op("Gemm", flat, w2, g.weight("b2", TinyGraph.HIDDEN));
    return g.output(
        g.op("Add", g.op("Reshape", x, g.longs("rows", -1, TinyGraph.HIDDEN)), written), "stream");
  }

  /** Through the layers behind it a nudge changes the output, and none leaves it as it was. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "MatMul, Add, Relu",
        "GPT-2 as TorchScript writes it",
        "GPT-2 as dynamo writes it",
        "transB Gemm",
        "FusedMatMul"
      })
  void everyUnitOfRealDialectsCanBeNudged(String name) {
    SlimCheck check = SlimCheck.of(TinyGraphs.named(name));
    assertThat(check.structure().units()).hasSize(TinyGraphs.LAYERS);
    try (OnnxPredictor dense = OnnxPredictor.open(check.dense().model(), SlimCheck.CPU)) {
      Logits before = dense.predict(TEXT);
      for (PrunableUnit unit : check.structure().units()) {
        NudgedModel nudged = NudgedModel.of(check.dense(), unit).orElseThrow();
        float[] nudge = new float[TOKENS * TinyGraph.HIDDEN];
        try (OnnxPredictor other = OnnxPredictor.open(nudged.model(), SlimCheck.CPU)) {
          assertThat(distance(predict(other, nudged, nudge), before)).isLessThan(1e-6);
          // The last token's nudge reaches the last token alone.
          nudge[nudge.length - 1] = 1;
          Logits after = predict(other, nudged, nudge);
          assertThat(distance(after, before)).isGreaterThan(1e-2);
          for (int i = 0; i < (TOKENS - 1) * TinyGraph.VOCABULARY; i++) {
            assertThat(after.values().get(i)).isCloseTo(before.values().get(i), within(1e-6f));
          }
        }
      }
    }
  }

  @Test
  void unitThatWritesToTwoPlacesHasNone() {
    SlimCheck check = SlimCheck.of(TinyGraphs.named("two consumers"));
    assertThat(NudgedModel.of(check.dense(), check.structure().units().get(0))).isEmpty();
  }

  private static Logits predict(OnnxPredictor predictor, NudgedModel nudged, float[] nudge) {
    return predictor.predict(TEXT, Map.of(nudged.input(), new ExtraInput(nudge, nudge.length)));
  }

  private static double distance(Logits a, Logits b) {
    double largest = 0;
    for (int i = 0; i < b.values().remaining(); i++) {
      largest = Math.max(largest, Math.abs(a.values().get(i) - b.values().get(i)));
    }
    return largest;
  }
}
