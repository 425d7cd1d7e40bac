package org.fnprune.verify;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.data.Batches;
import org.fnprune.data.TokenBatch;

/**
 * Runs a language model on continuations.
 *
 * @param task named in errors
 * @param type of the task, named in errors
 * @param batchSize continuations that run together
 */
record Likelihoods(String task, String type, int batchSize, int padId) {

  /** What is made of one continuation. */
  @FunctionalInterface
  interface Rule {
    /**
     * The value of a continuation.
     *
     * @param at where in {@code values} the logits are that predict the continuation's first token
     */
    double of(Continuation continuation, FloatBuffer values, int at, int classes);
  }

  /** Negative log likelihoods in nats, in the order of the continuations. */
  double[] nll(List<Continuation> continuations, Model model) {
    return each(
        continuations,
        model,
        (continuation, values, at, classes) ->
            IntStream.range(0, continuation.count())
                .mapToDouble(
                    t ->
                        LogitRows.negativeLogLikelihood(
                            values,
                            at + t * classes,
                            classes,
                            continuation.ids().get(continuation.context() + t)))
                .sum());
  }

  /** 1 for each continuation all of whose tokens are the likeliest ones, 0 for the others. */
  double[] greedy(List<Continuation> continuations, Model model) {
    return each(
        continuations,
        model,
        (continuation, values, at, classes) ->
            IntStream.range(0, continuation.count())
                    .allMatch(
                        t ->
                            LogitRows.argmax(values, at + t * classes, classes)
                                == continuation.ids().get(continuation.context() + t))
                ? 1
                : 0);
  }

  /** Rows are independent, so their order does not matter. */
  private double[] each(List<Continuation> continuations, Model model, Rule rule) {
    double[] found = new double[continuations.size()];
    List<ImmutableIntArray> inputs = continuations.stream().map(Continuation::input).toList();
    for (Batches.Indexed indexed : Batches.byLength(inputs, batchSize, padId)) {
      TokenBatch batch = indexed.batch();
      Logits logits = model.predict(batch);
      LogitRows.requireLanguageModel(task, type, batch, logits);
      int classes = logits.classes();
      LogitRows.requireVocabulary(
          task,
          indexed.rows().stream().mapToObj(row -> continuations.get(row).ids()).toList(),
          classes);
      double[] rows = new double[batch.size()];
      Arrays.parallelSetAll(
          rows,
          row -> {
            Continuation continuation = continuations.get(indexed.rows().get(row));
            int at = (row * batch.length() + continuation.context() - 1) * classes;
            return rule.of(continuation, logits.values(), at, classes);
          });
      for (int row = 0; row < rows.length; row++) {
        found[indexed.rows().get(row)] = rows[row];
      }
    }
    return found;
  }
}
