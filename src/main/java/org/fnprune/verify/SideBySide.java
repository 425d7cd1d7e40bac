package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fnprune.data.TokenBatch;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.BatchRunner.Output;
import org.fnprune.runtime.Decoder;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.runtime.ModelRunException;

/** Gives the same tokens to the masked and to the slim model, and their outputs to a comparison. */
final class SideBySide {

  /** Tokens that follow a batch, one at a time: the second reads a cache that has grown before. */
  private static final int STEPS = 2;

  private final BatchRunner masked;
  private final Map<String, ExtraInput> masks;
  private final BatchRunner slim;
  private final OutputComparison comparison;
  private final List<String> remarks = new ArrayList<>();
  private int batches;
  private int cachedSteps;

  SideBySide(
      BatchRunner masked,
      Map<String, ExtraInput> masks,
      BatchRunner slim,
      OutputComparison comparison) {
    this.masked = masked;
    this.masks = masks;
    this.slim = slim;
    this.comparison = comparison;
  }

  int batches() {
    return batches;
  }

  int cachedSteps() {
    return cachedSteps;
  }

  ImmutableList<String> remarks() {
    return ImmutableList.copyOf(remarks);
  }

  /**
   * Compares all batches that the masked model takes, or else the first of {@code others} that it
   * does.
   *
   * @throws ModelRunException when it takes none
   */
  void compare(List<TokenBatch> wanted, List<TokenBatch> others) {
    Optional<TokenBatch> taken = Optional.empty();
    Optional<ModelRunException> problem = Optional.empty();
    for (TokenBatch batch : wanted) {
      Optional<ModelRunException> found = compare(batch);
      taken = found.isPresent() || taken.isPresent() ? taken : Optional.of(batch);
      problem = problem.isPresent() ? problem : found;
    }
    for (int i = 0; taken.isEmpty() && i < others.size(); i++) {
      taken = compare(others.get(i)).isPresent() ? Optional.empty() : Optional.of(others.get(i));
    }
    if (taken.isEmpty()) {
      throw problem.orElseThrow(() -> new IllegalArgumentException("no batches to compare"));
    }
    problem.ifPresent(p -> remarks.add(remark(p)));
    compareWithCache(taken.get().cut());
  }

  private String remark(ModelRunException problem) {
    return "the dense model does not take every batch and sequence size; it was compared on "
        + batches
        + (batches == 1 ? " batch" : " batches")
        + " that it takes: "
        + firstLine(problem);
  }

  private static String firstLine(ModelRunException problem) {
    return String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
  }

  /** What the masked model has against the batch; empty when both were compared. */
  private Optional<ModelRunException> compare(TokenBatch batch) {
    List<Output> expected;
    try {
      expected = masked.run(batch, comparison.names(), masks);
    } catch (ModelRunException e) {
      return Optional.of(e);
    }
    comparison.add(expected, slim.run(batch, comparison.names()));
    batches++;
    return Optional.empty();
  }

  private void compareWithCache(TokenBatch batch) {
    try (Decoder reference = masked.decoder(masks);
        Decoder rewritten = slim.decoder(Map.of())) {
      if (!reference.hasGrowingCache()) {
        return;
      }
      ImmutableList<String> names = comparison.names();
      comparison.add(reference.feed(batch, names), rewritten.feed(batch, names));
      for (int step = 0; step < STEPS; step++) {
        TokenBatch next = batch.columns(step % batch.length(), step % batch.length() + 1);
        List<Output> expected;
        try {
          expected = reference.feed(next, names);
        } catch (ModelRunException e) {
          remarks.add("the dense model does not run with a filled cache: " + firstLine(e));
          return;
        }
        comparison.add(expected, rewritten.feed(next, names));
        cachedSteps++;
      }
    }
  }
}
