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

  private static final int PROBES = 8;
  private static final int PROBE_LENGTH = 96;

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
      List<TokenBatch> source = text.heldOut().isEmpty() ? text.fitting() : text.heldOut();
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

  /** A few texts from all over, cut to {@link #PROBE_LENGTH} tokens. */
  static TokenBatch probes(List<TokenBatch> batches) {
    int count = Math.min(PROBES, rows(batches));
    ImmutableList.Builder<ImmutableIntArray> probes = ImmutableList.builder();
    for (ImmutableIntArray text : spread(batches, count)) {
      probes.add(text.subArray(0, Math.min(PROBE_LENGTH, text.length())));
    }
    return new TokenBatch(probes.build(), batches.get(0).padId());
  }

  private static int rows(List<TokenBatch> batches) {
    return batches.stream().mapToInt(TokenBatch::size).sum();
  }

  /** So many texts at equal distances; no others are held. */
  private static List<ImmutableIntArray> spread(List<TokenBatch> batches, int count) {
    List<ImmutableIntArray> chosen = new ArrayList<>();
    int all = rows(batches);
    int before = 0;
    for (TokenBatch batch : batches) {
      while (chosen.size() < count && (long) chosen.size() * all / count < before + batch.size()) {
        int row = (int) ((long) chosen.size() * all / count);
        chosen.add(batch.sequences().get(row - before));
      }
      before += batch.size();
    }
    return chosen;
  }

  /** Texts from all over, short and long, of about so many tokens together; one at least. */
  private static ImmutableList<TokenBatch> some(List<TokenBatch> batches, long tokens) {
    int all = rows(batches);
    long total = batches.stream().mapToLong(TokenBatch::tokens).sum();
    int wanted = (int) Math.max(1, Math.min(all, all * tokens / total));
    int rows = batches.get(0).size();
    List<ImmutableIntArray> chosen = spread(batches, wanted);
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
