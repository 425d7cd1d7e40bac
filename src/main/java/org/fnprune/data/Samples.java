package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Networks.Groups;
import org.fnprune.recipe.Recipe.Calibration;
import org.fnprune.recipe.Shard;

/**
 * Tokenised samples.
 *
 * @param samples in the order of the datasets and of their rows, at least one
 * @param skipped samples that had no tokens
 */
public record Samples(ImmutableList<Sample> samples, int skipped) {

  /** One sample of as many is held out. */
  private static final int HELD_OUT = 5;

  /**
   * One sample.
   *
   * @param ids its tokens, at least one
   * @param group the name of its group; empty where nothing is grouped
   */
  public record Sample(ImmutableIntArray ids, String group) {

    public Sample {
      if (ids.isEmpty()) {
        throw new IllegalArgumentException("a sample needs a token");
      }
    }
  }

  public Samples {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("no samples");
    }
  }

  /**
   * Reads and tokenises calibration text: rows are samples; a plain text document is tokenised once
   * and cut into windows. At most {@code numSamples} are taken of each dataset, the first ones or
   * random ones.
   *
   * @param datasets keeps what was read of each file
   * @param seed of the random choice; every file has its own
   * @throws UsageException when a dataset is unusable, none of its samples has a token, it lacks
   *     the groups' field, or a group would have fewer than two samples
   */
  public static Samples read(
      Calibration calibration, Groups groups, Tokenizer tokenizer, Datasets datasets, long seed) {
    GroupNames names = new GroupNames(groups, calibration.datasets());
    ImmutableSet<String> fields =
        ImmutableSet.<String>builder().add(calibration.textField()).addAll(names.fields()).build();
    List<Sample> samples = new ArrayList<>();
    int skipped = 0;
    for (int f = 0; f < calibration.datasets().size(); f++) {
      ReadOptions options =
          new ReadOptions(
              calibration.lines(),
              calibration.numSamples(),
              calibration.sampling(),
              seed + f,
              false);
      Dataset dataset = datasets.read(calibration.datasets().get(f), Fields.of(fields), options);
      Samples read =
          tokenise(
              dataset,
              calibration.textField(),
              tokenizer,
              calibration.maxSeqLength(),
              options,
              names::ofRow);
      samples.addAll(read.samples());
      skipped += read.skipped();
    }
    return new Samples(names.checked(names.dealt(samples)), skipped);
  }

  /**
   * Tokenises a dataset; nothing is grouped.
   *
   * @param maxSeqLength rows are cut to this many tokens; windows have as many
   * @param limit at most this many rows or windows; 0 for all
   * @throws UsageException when no row has a token
   */
  public static Samples tokenise(
      Dataset dataset, String field, Tokenizer tokenizer, int maxSeqLength, int limit) {
    return tokenise(
        dataset, field, tokenizer, maxSeqLength, ReadOptions.first(false, limit), row -> "");
  }

  private static Samples tokenise(
      Dataset dataset,
      String field,
      Tokenizer tokenizer,
      int maxSeqLength,
      ReadOptions options,
      Function<Row, String> group) {
    ImmutableList.Builder<Sample> samples = ImmutableList.builder();
    int skipped = 0;
    for (Row row : dataset.rows()) {
      ImmutableList<ImmutableIntArray> found =
          dataset.document()
              ? windows(tokenizer.encode(row.get(field)), maxSeqLength, options)
              : ImmutableList.of(tokenizer.encode(row.get(field), maxSeqLength));
      for (ImmutableIntArray ids : found) {
        if (ids.isEmpty()) {
          skipped++;
        } else {
          samples.add(new Sample(ids, group.apply(row)));
        }
      }
    }
    ImmutableList<Sample> found = samples.build();
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
  private static ImmutableList<ImmutableIntArray> windows(
      ImmutableIntArray ids, int length, ReadOptions options) {
    if (ids.length() < length) {
      return ids.isEmpty() ? ImmutableList.of() : ImmutableList.of(ids);
    }
    Reservoir<ImmutableIntArray> windows = new Reservoir<>(options);
    for (int w = 0; w < ids.length() / length && !windows.full(); w++) {
      windows.add(ids.subArray(w * length, (w + 1) * length));
    }
    return windows.items();
  }

  /**
   * The samples of one shard, which keep their groups.
   *
   * @throws UsageException when there are fewer samples than shards
   */
  public Samples shard(Shard shard) {
    if (samples.size() < shard.count()) {
      throw new UsageException(
          "--shard " + shard + ": there are only " + samples.size() + " samples",
          "make at most " + samples.size() + " shards, or raise num_samples");
    }
    return new Samples(
        IntStream.range(0, samples.size())
            .filter(shard::has)
            .mapToObj(samples::get)
            .collect(ImmutableList.toImmutableList()),
        skipped);
  }

  /**
   * Holds every fifth sample out, or the last of fewer.
   *
   * @param weight what all samples count beside the task's text
   */
  public CalibrationText split(int batchSize, int padId, double weight) {
    int every = Math.min(HELD_OUT, samples.size());
    List<ImmutableIntArray> fitting = new ArrayList<>();
    List<ImmutableIntArray> heldOut = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      boolean held = every > 1 && i % every == every - 1;
      (held ? heldOut : fitting).add(samples.get(i).ids());
    }
    return new CalibrationText(
        batches(fitting, batchSize, padId), batches(heldOut, batchSize, padId), weight);
  }

  private static ImmutableList<TokenBatch> batches(
      List<ImmutableIntArray> sequences, int batchSize, int padId) {
    return Batches.byLength(sequences, batchSize, padId).stream()
        .map(Batches.Indexed::batch)
        .collect(ImmutableList.toImmutableList());
  }

  /** The samples of each group by its name, groups in the order of their first samples. */
  public ImmutableMap<String, Samples> groups() {
    Map<String, ImmutableList.Builder<Sample>> groups = new LinkedHashMap<>();
    for (Sample sample : samples) {
      groups.computeIfAbsent(sample.group(), name -> ImmutableList.builder()).add(sample);
    }
    ImmutableMap.Builder<String, Samples> named = ImmutableMap.builder();
    groups.forEach((name, members) -> named.put(name, new Samples(members.build(), 0)));
    return named.buildOrThrow();
  }

  /** The token ids of each sample. */
  public ImmutableList<ImmutableIntArray> sequences() {
    return samples.stream().map(Sample::ids).collect(ImmutableList.toImmutableList());
  }

  /** The samples in batches, longest first, whatever their groups. */
  public ImmutableList<TokenBatch> batches(int batchSize, int padId) {
    return batches(sequences(), batchSize, padId);
  }

  /** Tokens in all samples. */
  public long tokens() {
    return samples.stream().mapToLong(sample -> sample.ids().length()).sum();
  }

  /** The largest token id of all samples. */
  public int largestId() {
    return samples.stream().flatMapToInt(sample -> sample.ids().stream()).max().orElseThrow();
  }

  /** Tokens of the longest sample. */
  public int longest() {
    return samples.stream().mapToInt(sample -> sample.ids().length()).max().orElseThrow();
  }
}
