package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.fnprune.data.TokenBatch;
import org.jspecify.annotations.Nullable;

/**
 * A model made of functions.
 *
 * @param byName what each output is for a batch, the first one first
 * @param ofImages what the first output is for images
 * @param decodings how text is fed part by part; null for the whole text again each time
 */
record FakeModel(
    ImmutableMap<String, Predictor> byName,
    Function<Images, Logits> ofImages,
    @Nullable Supplier<Decoding> decodings)
    implements Model {

  /** A model of tokens with one output. */
  static FakeModel of(Predictor logits) {
    return of(ImmutableMap.of("logits", logits));
  }

  /** A model of tokens. */
  static FakeModel of(ImmutableMap<String, Predictor> byName) {
    return new FakeModel(
        byName,
        images -> {
          throw new IllegalStateException("no images");
        },
        null);
  }

  /** A model of images. */
  static FakeModel ofImages(Function<Images, Logits> logits) {
    return new FakeModel(
        ImmutableMap.of(
            "logits",
            batch -> {
              throw new IllegalStateException("no tokens");
            }),
        logits,
        null);
  }

  static Logits logits(float[] values, int... shape) {
    return new Logits(FloatBuffer.wrap(values), ImmutableIntArray.copyOf(shape));
  }

  @Override
  public ImmutableList<String> outputs() {
    return byName.keySet().asList();
  }

  @Override
  public Logits predict(TokenBatch batch) {
    return predict(batch, Collections.singletonList(outputs().get(0))).get(0);
  }

  @Override
  public ImmutableList<Logits> predict(TokenBatch batch, List<String> names) {
    return names.stream()
        .map(name -> Objects.requireNonNull(byName.get(name)).predict(batch))
        .collect(ImmutableList.toImmutableList());
  }

  @Override
  public Logits predict(Images images) {
    return ofImages.apply(images);
  }

  @Override
  public Decoding decoding() {
    return decodings == null ? new WholeTextDecoding(this) : decodings.get();
  }
}
