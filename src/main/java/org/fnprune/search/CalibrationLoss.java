package org.fnprune.search;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.data.CalibrationText;
import org.fnprune.data.TokenBatch;
import org.fnprune.verify.Predictor;

/**
 * A model's divergence from the dense one over held-out text, that of the task and that to retain,
 * each by its weight.
 *
 * @param parts one for each text
 */
record CalibrationLoss(ImmutableList<Part> parts) {

  /** Values that the dense outputs of all texts may take, at most: 256 MiB of floats. */
  private static final long VALUES = 1 << 26;

  /** The divergence over one text and what it counts. */
  record Part(Divergence divergence, double weight) {}

  /**
   * Runs the dense model.
   *
   * @param tokens held-out tokens of each text at most; fewer where the vocabulary is large
   */
  static CalibrationLoss of(
      Predictor dense, List<CalibrationText> texts, long tokens, boolean logits) {
    ImmutableList.Builder<Part> parts = ImmutableList.builder();
    for (CalibrationText text : texts) {
      ImmutableList<TokenBatch> source = text.heldOut().isEmpty() ? text.fitting() : text.heldOut();
      int classes = dense.predict(some(source, 1).get(0)).classes();
      long limit = Math.max(1, Math.min(tokens, VALUES / texts.size() / classes));
      parts.add(new Part(Divergence.of(dense, some(source, limit), logits), text.weight()));
    }
    return new CalibrationLoss(parts.build());
  }

  /** The weighted mean, in nats. */
  double of(Predictor model) {
    double sum = 0;
    double weights = 0;
    for (Part part : parts) {
      sum += part.weight() * part.divergence().of(model);
      weights += part.weight();
    }
    return sum / weights;
  }

  /** Texts from all over, short and long, of about so many tokens together; one at least. */
  private static ImmutableList<TokenBatch> some(ImmutableList<TokenBatch> batches, long tokens) {
    List<ImmutableIntArray> all = new ArrayList<>();
    batches.forEach(batch -> all.addAll(batch.sequences()));
    long total = batches.stream().mapToLong(TokenBatch::tokens).sum();
    int wanted = (int) Math.max(1, Math.min(all.size(), all.size() * tokens / total));
    int rows = batches.get(0).size();
    List<ImmutableIntArray> chosen = new ArrayList<>();
    for (int i = 0; i < wanted; i++) {
      chosen.add(all.get((int) ((long) i * all.size() / wanted)));
    }
    ImmutableList.Builder<TokenBatch> some = ImmutableList.builder();
    for (int from = 0; from < wanted; from += rows) {
      some.add(
          new TokenBatch(
              ImmutableList.copyOf(chosen.subList(from, Math.min(wanted, from + rows))),
              batches.get(0).padId()));
    }
    return some.build();
  }
}
