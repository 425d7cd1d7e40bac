package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.data.Batches;
import org.fnprune.data.Dataset;
import org.fnprune.data.Datasets;
import org.fnprune.data.Samples;
import org.fnprune.data.TokenBatch;
import org.fnprune.data.Tokenizer;
import org.fnprune.recipe.TaskDefinition;

/**
 * How well a language model predicts text: token perplexity over documents cut to {@code
 * max_seq_length}, or over windows of one plain text file. Every token but a document's first is
 * predicted from those before it, special tokens included.
 */
public final class PerplexityTask implements Task {

  private final TaskDefinition definition;
  private final ImmutableList<ImmutableIntArray> documents;
  private final int skipped;
  private final int padId;

  private PerplexityTask(
      TaskDefinition definition, List<ImmutableIntArray> documents, int skipped, int padId) {
    this.definition = definition;
    this.documents = ImmutableList.copyOf(documents);
    this.skipped = skipped;
    this.padId = padId;
  }

  /**
   * Reads and tokenises the documents; those of fewer than two tokens are skipped.
   *
   * @param limit at most this many documents or windows; 0 for all
   * @throws org.fnprune.common.UsageException for an unusable dataset
   */
  static PerplexityTask load(
      TaskDefinition definition, Datasets datasets, Tokenizer tokenizer, int limit) {
    ImmutableSet<String> fields = ImmutableSet.of(definition.text());
    Dataset dataset = datasets.read(definition.dataset(), fields, definition.lines(), limit);
    Samples samples =
        Samples.tokenise(dataset, definition.text(), tokenizer, definition.maxSeqLength(), limit);
    List<ImmutableIntArray> documents =
        samples.sequences().stream().filter(ids -> ids.length() > 1).toList();
    Tasks.requireExamples(definition, documents.size());
    int skipped = samples.skipped() + samples.sequences().size() - documents.size();
    return new PerplexityTask(definition, documents, skipped, tokenizer.padId());
  }

  @Override
  public String name() {
    return definition.name();
  }

  @Override
  public int skipped() {
    return skipped;
  }

  @Override
  public int longest() {
    return documents.stream().mapToInt(ImmutableIntArray::length).max().orElse(0);
  }

  @Override
  public TaskScores evaluate(Predictor model) {
    double[] nll = new double[documents.size()];
    for (Batches.Indexed batch : Batches.byLength(documents, definition.batchSize(), padId)) {
      Logits logits = model.predict(batch.batch());
      LogitRows.requireLanguageModel(name(), "perplexity", batch.batch(), logits);
      double[] rows = nll(batch.batch(), logits);
      for (int row = 0; row < rows.length; row++) {
        nll[batch.rows().get(row)] = rows[row];
      }
    }
    int[] tokens = documents.stream().mapToInt(ids -> ids.length() - 1).toArray();
    return new TaskScores(
        name(),
        ImmutableList.of(
            new Perplexity(ImmutableDoubleArray.copyOf(nll), ImmutableIntArray.copyOf(tokens))));
  }

  /** The rows' negative log likelihoods; rows are independent, so their order does not matter. */
  private static double[] nll(TokenBatch batch, Logits logits) {
    double[] rows = new double[batch.size()];
    Arrays.parallelSetAll(
        rows,
        row -> {
          ImmutableIntArray ids = batch.sequences().get(row);
          int start = row * batch.length() * logits.classes();
          return nll(ids, logits.values(), start, logits.classes());
        });
    return rows;
  }

  private static double nll(ImmutableIntArray ids, FloatBuffer values, int start, int classes) {
    return IntStream.range(0, ids.length() - 1)
        .mapToDouble(
            t ->
                LogitRows.negativeLogLikelihood(
                    values, start + t * classes, classes, ids.get(t + 1)))
        .sum();
  }
}
