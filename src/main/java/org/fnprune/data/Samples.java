package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Recipe.Calibration;

/**
 * Tokenised samples, at least one.
 *
 * @param sequences token ids of each sample, in the dataset's order; none is empty
 * @param skipped samples that had no tokens
 */
public record Samples(ImmutableList<ImmutableIntArray> sequences, int skipped) {

  public Samples {
    if (sequences.isEmpty() || sequences.stream().anyMatch(ImmutableIntArray::isEmpty)) {
      throw new IllegalArgumentException("samples need at least one sequence, none empty");
    }
  }

  /**
   * Reads and tokenises calibration text: rows are samples; a plain text document is tokenised once
   * and cut into windows.
   *
   * @throws UsageException when the dataset is unusable or no sample has a token
   */
  public static Samples read(Calibration calibration, Tokenizer tokenizer) {
    String field = calibration.textField();
    Dataset dataset =
        DatasetReader.read(
            calibration.dataset(),
            ImmutableSet.of(field),
            calibration.lines(),
            calibration.numSamples());
    return tokenise(
        dataset, field, tokenizer, calibration.maxSeqLength(), calibration.numSamples());
  }

  /**
   * Tokenises a dataset.
   *
   * @param maxSeqLength rows are cut to this many tokens; windows have as many
   * @param limit at most this many rows or windows; 0 for all
   */
  public static Samples tokenise(
      Dataset dataset, String field, Tokenizer tokenizer, int maxSeqLength, int limit) {
    ImmutableList.Builder<ImmutableIntArray> sequences = ImmutableList.builder();
    int skipped = 0;
    if (dataset.document()) {
      String text = dataset.rows().get(0).get(field);
      sequences.addAll(windows(tokenizer.encode(text), maxSeqLength, limit));
    } else {
      for (Row row : dataset.rows()) {
        ImmutableIntArray ids = tokenizer.encode(row.get(field), maxSeqLength);
        if (ids.isEmpty()) {
          skipped++;
        } else {
          sequences.add(ids);
        }
      }
    }
    ImmutableList<ImmutableIntArray> found = sequences.build();
    if (found.isEmpty()) {
      throw new UsageException(
          "dataset " + dataset.file() + ": no row has any token",
          "does the tokenizer fit the text?");
    }
    return new Samples(found, skipped);
  }

  /**
   * Cuts a document into windows that do not overlap. The tail that fills no window is dropped (the
   * WikiText-2 protocol) unless it is all there is.
   */
  static ImmutableList<ImmutableIntArray> windows(ImmutableIntArray ids, int length, int limit) {
    if (ids.length() < length) {
      return ids.isEmpty() ? ImmutableList.of() : ImmutableList.of(ids);
    }
    int count = ids.length() / length;
    if (limit > 0) {
      count = Math.min(count, limit);
    }
    ImmutableList.Builder<ImmutableIntArray> windows = ImmutableList.builder();
    for (int w = 0; w < count; w++) {
      windows.add(ids.subArray(w * length, (w + 1) * length));
    }
    return windows.build();
  }

  /** The samples in batches, longest first. */
  public ImmutableList<TokenBatch> batches(int batchSize, int padId) {
    return Batches.byLength(sequences, batchSize, padId).stream()
        .map(Batches.Indexed::batch)
        .collect(ImmutableList.toImmutableList());
  }

  /** Tokens in all samples. */
  public long tokens() {
    return sequences.stream().mapToLong(ImmutableIntArray::length).sum();
  }
}
