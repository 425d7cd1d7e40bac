package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.stream.IntStream;
import org.fnprune.data.TokenBatch;
import org.jspecify.annotations.Nullable;

/** Runs the whole text again for each part, for models without a cache. */
final class WholeTextDecoding implements Decoding {

  private final Predictor model;
  private @Nullable TokenBatch text;

  WholeTextDecoding(Predictor model) {
    this.model = model;
  }

  @Override
  public Logits feed(TokenBatch tokens) {
    TokenBatch before = text;
    TokenBatch whole = before == null ? tokens : joined(before, tokens);
    text = whole;
    return model.predict(whole);
  }

  private static TokenBatch joined(TokenBatch before, TokenBatch after) {
    return new TokenBatch(
        IntStream.range(0, before.size())
            .mapToObj(
                row ->
                    ImmutableIntArray.builder()
                        .addAll(before.sequences().get(row))
                        .addAll(after.sequences().get(row))
                        .build())
            .collect(ImmutableList.toImmutableList()),
        before.padId());
  }

  @Override
  public void close() {
    text = null;
  }
}
