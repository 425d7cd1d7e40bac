package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.FloatBuffer;
import java.util.List;
import org.fnprune.common.Failures;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.ElementType;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.fnprune.rewrite.MaskedModel;
import org.fnprune.rewrite.Plans;
import org.fnprune.rewrite.SlimCheck;
import org.fnprune.runtime.ExtraInput;
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
  void anEncoderWithAMultipleChoiceHeadIsRefusedByName() {
    var proto = TinyGraphs.plain().proto().toBuilder();
    var shape =
        proto
            .getGraphBuilder()
            .getInputBuilder(0)
            .getTypeBuilder()
            .getTensorTypeBuilder()
            .getShapeBuilder();
    shape.addDim(shape.getDim(1));
    try (OnnxPredictor predictor = OnnxPredictor.open(new OnnxModel(proto.build(), null), CPU)) {
      assertThat(Failures.of(() -> predictor.predict(BATCH)))
          .startsWith("model input 'input_ids' takes batch × choices × tokens: an encoder with a")
          .endsWith(" | use a language model, or export the encoder with a classification head");
    }
  }

  @Test
  void tokenTypesReachTheModel() {
    TinyGraph g = TinyGraph.create(1);
    String types = g.input("token_type_ids", "batch", "sequence");
    OnnxModel model = g.output(types, "logits");
    TokenBatch pairs =
        new TokenBatch(
            ImmutableList.of(ImmutableIntArray.of(1, 2, 3), ImmutableIntArray.of(4, 5)),
            ImmutableList.of(ImmutableIntArray.of(0, 1, 1), ImmutableIntArray.of(0, 1)),
            0);
    try (OnnxPredictor predictor = OnnxPredictor.open(model, CPU)) {
      FloatBuffer seen = predictor.predict(pairs).values();
      float[] values = new float[6];
      seen.get(0, values);
      assertThat(values).containsExactly(0, 1, 1, 0, 1, 0);
      assertThat(predictor.predict(BATCH).values().get(1)).isZero();
    }
  }

  @Test
  void severalOutputsComeFromOneRunAndFurtherInputsStay() {
    TinyGraph g = TinyGraph.create(1);
    String mask = g.input("mask", "batch", "sequence");
    g.alsoOutput(g.op("Add", mask, g.scalar(1)), "more");
    OnnxModel model = g.output(mask, "logits");
    try (OnnxPredictor predictor = OnnxPredictor.open(model, CPU)) {
      assertThat(predictor.outputs()).containsExactly("logits", "more");
      Model masked =
          predictor.with(ImmutableMap.of("mask", new ExtraInput(new float[] {5, 6}, 1, 2)));
      assertThat(masked.predict(BATCH, List.of("more", "logits")))
          .extracting(logits -> logits.values().get(1))
          .containsExactly(7f, 6f);
      assertThat(masked.decoding()).isInstanceOf(WholeTextDecoding.class);
    }
  }

  @Test
  void aModelOfTokensTakesNoImages() {
    try (OnnxPredictor predictor = OnnxPredictor.open(TinyGraphs.plain(), CPU)) {
      assertThat(
              Failures.of(() -> predictor.predict(new Images(1, 1, 1, 1, () -> new float[] {0}))))
          .startsWith("the model has no input for images");
    }
  }

  @Test
  void floatsBecomeTheTypeThatTheModelDeclares() {
    TinyGraph g = TinyGraph.create(ElementType.FLOAT16, 1);
    OnnxModel model = g.output(g.input("pixel_values", "batch", 1, 1, 2), "logits");
    try (OnnxPredictor predictor = OnnxPredictor.open(model, CPU)) {
      Logits seen = predictor.predict(new Images(1, 1, 1, 2, () -> new float[] {0.5f, 1.0009f}));
      assertThat(seen.values().get(0)).isEqualTo(0.5f);
      assertThat(seen.values().get(1)).isEqualTo(1 + 1 / 1024f);
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
