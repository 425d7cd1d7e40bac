package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.fnprune.common.Failures;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.fnprune.rewrite.MaskedModel;
import org.fnprune.rewrite.Plans;
import org.fnprune.rewrite.SlimCheck;
import org.fnprune.runtime.ModelRunException;
import org.fnprune.runtime.RuntimeOptions;
import org.junit.jupiter.api.Test;

class OnnxPredictorTest {

  private static final RuntimeOptions CPU = RuntimeOptions.cpu(1);
  private static final TokenBatch BATCH = RandomTokens.batch(2, 3, TinyGraph.VOCABULARY, 1);

  @Test
  void logitsHaveTheModelsShape() {
    try (OnnxPredictor predictor = OnnxPredictor.open(TinyGraphs.plain(), CPU)) {
      Logits logits = predictor.predict(BATCH);
      assertThat(logits.shape().asList()).containsExactly(2, 3, TinyGraph.VOCABULARY);
      assertThat(logits.classes()).isEqualTo(TinyGraph.VOCABULARY);
      assertThat(logits.values().remaining()).isEqualTo(2 * 3 * TinyGraph.VOCABULARY);
    }
  }

  @Test
  void anOutputThatHoldsNoFloatsIsRefused() {
    TinyGraph g = TinyGraph.create(1);
    OnnxModel model = g.output(g.op("ArgMax", g.embedding()), "token");
    var proto = model.proto().toBuilder();
    proto.getGraphBuilder().getOutputBuilder(0).clearType();
    try (OnnxPredictor predictor = OnnxPredictor.open(new OnnxModel(proto.build(), null), CPU)) {
      assertThat(Failures.of(() -> predictor.predict(BATCH)))
          .startsWith("model output 'token'")
          .contains("holds no floats");
    }
  }

  @Test
  void anInputThatCannotBeFilledIsNamed() {
    var proto = TinyGraphs.plain().proto().toBuilder();
    proto.getGraphBuilder().addInput(proto.getGraph().getInput(0).toBuilder().setName("speaker"));
    try (OnnxPredictor predictor = OnnxPredictor.open(new OnnxModel(proto.build(), null), CPU)) {
      assertThat(Failures.of(() -> predictor.predict(BATCH)))
          .startsWith("model input 'speaker' (INT64) is not one that fnprune can fill");
    }
  }

  @Test
  void aModelThatDoesNotLoadIsARunError() {
    TinyGraph g = TinyGraph.create(1);
    OnnxModel broken = g.head(g.op("NoSuchOperator", g.embedding()));
    assertThatThrownBy(() -> OnnxPredictor.open(broken, CPU).close())
        .isInstanceOf(ModelRunException.class)
        .hasMessageContaining("NoSuchOperator");
  }

  @Test
  void outputsOfAnotherSizeAreNeverEqual() {
    SlimCheck check = SlimCheck.of(TinyGraphs.plain());
    TinyGraph g = TinyGraph.create(1);
    OnnxModel other = g.output(g.embedding(), "logits");
    Equivalence found =
        Equivalence.check(
            MaskedModel.of(check.dense(), check.structure()),
            other,
            check.structure(),
            check.plan(Plans::all),
            List.of(BATCH),
            List.of(),
            CPU);
    assertThat(found.passed()).isFalse();
    assertThat(found.maxAbsDiff()).isInfinite();
  }
}
