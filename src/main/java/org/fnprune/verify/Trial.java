package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fnprune.data.TokenBatch;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.Decoder;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.runtime.ModelRunException;

/** What the masked model could be run on, to be repeated with the slim one. */
final class Trial {

  /** Tokens that follow a batch, one at a time: the second reads a cache that has grown before. */
  private static final int STEPS = 2;

  private final ImmutableList<String> names;
  private final ReferenceOutputs expected;
  private final List<TokenBatch> alone = new ArrayList<>();
  private final List<TokenBatch> inTurn = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  /**
   * @param names the outputs to ask for
   * @param expected where the masked model's outputs go
   */
  Trial(ImmutableList<String> names, ReferenceOutputs expected) {
    this.names = names;
    this.expected = expected;
  }

  /** Batches that were compared. */
  int batches() {
    return alone.size();
  }

  /** Steps in which the models read a cache of their own. */
  int cachedSteps() {
    return Math.max(0, inTurn.size() - 1);
  }

  /** What could not be run, and why. */
  ImmutableList<String> remarks() {
    return ImmutableList.copyOf(remarks);
  }

  /**
   * Runs the masked model on all batches that it takes, or else on the first of {@code others} that
   * it does; then on tokens that follow, if it has a growing cache.
   *
   * @throws ModelRunException when it takes none
   */
  void record(
      BatchRunner masked,
      Map<String, ExtraInput> masks,
      List<TokenBatch> wanted,
      List<TokenBatch> others) {
    List<ModelRunException> problems = new ArrayList<>();
    for (TokenBatch batch : wanted) {
      runAlone(masked, masks, batch, problems);
    }
    for (int i = 0; alone.isEmpty() && i < others.size(); i++) {
      runAlone(masked, masks, others.get(i), problems);
    }
    if (alone.isEmpty()) {
      throw problems.get(0);
    }
    if (!problems.isEmpty()) {
      remarks.add(
          "the dense model does not take every number of rows and tokens; it was compared on "
              + alone.get(0).size()
              + " × "
              + alone.get(0).length()
              + ": "
              + firstLine(problems.get(0)));
    }
    try (Decoder decoder = masked.decoder(masks)) {
      if (decoder.hasGrowingCache()) {
        runInTurn(decoder, alone.get(0).cut());
      }
    }
  }

  private void runAlone(
      BatchRunner masked,
      Map<String, ExtraInput> masks,
      TokenBatch batch,
      List<ModelRunException> problems) {
    List<BatchRunner.Output> outputs;
    try {
      outputs = masked.run(batch, names, masks);
    } catch (ModelRunException e) {
      problems.add(e);
      return;
    }
    expected.add(outputs);
    alone.add(batch);
  }

  private void runInTurn(Decoder decoder, TokenBatch batch) {
    for (int step = 0; step <= STEPS; step++) {
      int column = step % batch.length();
      TokenBatch tokens = step == 0 ? batch : batch.columns(column, column + 1);
      List<BatchRunner.Output> outputs;
      try {
        outputs = decoder.feed(tokens, names);
      } catch (ModelRunException e) {
        remarks.add("the dense model does not run with a filled cache: " + firstLine(e));
        return;
      }
      expected.add(outputs);
      inTurn.add(tokens);
    }
  }

  /**
   * Runs the slim model on the same and compares.
   *
   * @throws ModelRunException when it does not take what the masked one took
   */
  void repeat(BatchRunner slim, OutputComparison comparison) {
    int at = 0;
    for (TokenBatch batch : alone) {
      comparison.add(expected.get(at++), slim.run(batch, names));
    }
    try (Decoder decoder = slim.decoder(Map.of())) {
      for (TokenBatch tokens : inTurn) {
        comparison.add(expected.get(at++), decoder.feed(tokens, names));
      }
    }
  }

  private static String firstLine(ModelRunException problem) {
    return String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
  }
}
