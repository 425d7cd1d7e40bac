package org.fnprune.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyAttention;
import org.fnprune.model.TinyGraph;
import org.fnprune.rewrite.Plans;
import org.fnprune.rewrite.SlimCheck;
import org.fnprune.verify.Equivalence;
import org.junit.jupiter.api.Test;

/** A growing cache on a slim decoder. */
class DecoderTest {

  private static final List<String> LOGITS = List.of("logits");
  private static final List<String> CACHE =
      List.of("present.0.key", "present.0.value", "present.1.key", "present.1.value");

  private static SlimCheck check() {
    return SlimCheck.of(TinyAttention.groupedWithCache());
  }

  private static OnnxModel slim() {
    SlimCheck check = check();
    return check.slim(check.plan(Plans::half));
  }

  @Test
  void theCacheGrowsAndHasTheSlimModelsHeads() {
    TokenBatch batch = RandomTokens.batch(3, 4, TinyGraph.VOCABULARY, 1);
    try (BatchRunner runner = new BatchRunner(OnnxSession.ofModel(slim(), SlimCheck.CPU));
        Decoder decoder = runner.decoder(Map.of())) {
      assertThat(decoder.hasGrowingCache()).isTrue();
      for (int tokens = 1; tokens <= 4; tokens++) {
        for (BatchRunner.Output present : decoder.feed(batch.columns(tokens - 1, tokens), CACHE)) {
          assertThat(present.shape().asList())
              .containsExactly(3L, TinyAttention.GROUPS / 2L, (long) tokens, 3L);
        }
      }
    }
  }

  @Test
  void generationWithTheCacheEqualsGenerationWithoutOne() {
    ImmutableIntArray prompt = ImmutableIntArray.of(3, 1, 4);
    try (BatchRunner runner = new BatchRunner(OnnxSession.ofModel(slim(), SlimCheck.CPU));
        Decoder decoder = runner.decoder(Map.of())) {
      ImmutableIntArray all = prompt;
      ImmutableIntArray next = prompt;
      for (int step = 0; step < 8; step++) {
        float[] cached = last(decoder.feed(row(next), LOGITS).get(0));
        float[] whole = last(runner.run(row(all), LOGITS).get(0));
        assertThat(cached).containsExactly(whole, within(1e-5f));
        next = ImmutableIntArray.of(argmax(cached));
        all = ImmutableIntArray.builder().addAll(all).addAll(next).build();
      }
    }
  }

  @Test
  void tokensWithoutTheirPastAreSomethingElse() {
    try (BatchRunner runner = new BatchRunner(OnnxSession.ofModel(slim(), SlimCheck.CPU));
        Decoder decoder = runner.decoder(Map.of())) {
      TokenBatch second = row(ImmutableIntArray.of(4));
      decoder.feed(row(ImmutableIntArray.of(3, 1)), LOGITS);
      assertThat(last(decoder.feed(second, LOGITS).get(0)))
          .isNotEqualTo(last(runner.run(second, LOGITS).get(0)));
    }
  }

  @Test
  void theEqualityCheckGoesOnWithACache() {
    SlimCheck check = check();
    assertThat(check.check(check.plan(Plans::half)))
        .matches(Equivalence::passed)
        .matches(equivalence -> equivalence.cachedSteps() == 2);
  }

  @Test
  void paddingInACacheIsRefused() {
    TokenBatch padded =
        new TokenBatch(ImmutableList.of(ImmutableIntArray.of(1), ImmutableIntArray.of(1, 2)), 0);
    try (BatchRunner runner = new BatchRunner(OnnxSession.ofModel(slim(), SlimCheck.CPU));
        Decoder decoder = runner.decoder(Map.of())) {
      assertThatThrownBy(() -> decoder.feed(padded, LOGITS))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static TokenBatch row(ImmutableIntArray tokens) {
    return new TokenBatch(ImmutableList.of(tokens), 0);
  }

  private static float[] last(BatchRunner.Output logits) {
    float[] row = new float[TinyGraph.VOCABULARY];
    FloatBuffer values = logits.values();
    values.get(values.remaining() - row.length, row);
    return row;
  }

  private static int argmax(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
