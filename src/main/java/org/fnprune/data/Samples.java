package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
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
public record Samples(List<Sample> samples, int skipped) {

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
    samples = PackedSamples.of(samples);
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
    Tokenised all = new Tokenised(tokenizer, calibration.maxSeqLength());
    for (int f = 0; f < calibration.datasets().size(); f++) {
      ReadOptions options =
          new ReadOptions(
              calibration.lines(),
              calibration.numSamples(),
              calibration.sampling(),
              seed + f,
              false);
      Path file = calibration.datasets().get(f);
      int before = all.samples.size();
      datasets.pass(
          file,
          Fields.of(fields),
          options,
          (row, document) ->
              all.add(row.get(calibration.textField()), document, options, names.ofRow(row)));
      requireTokens(file, all.samples.size() - before);
    }
    return new Samples(names.checked(names.dealt(all.samples.build())), all.skipped);
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
    Tokenised all = new Tokenised(tokenizer, maxSeqLength);
    ReadOptions options = ReadOptions.first(false, limit);
    for (Row row : dataset.rows()) {
      all.add(row.get(field), dataset.document(), options, "");
    }
    requireTokens(dataset.file(), all.samples.size());
    return new Samples(all.samples.build(), all.skipped);
  }

  /** What has been tokenised. */
  private static final class Tokenised {
    private final Tokenizer tokenizer;
    private final int maxSeqLength;
    private final PackedSamples.Builder samples = new PackedSamples.Builder();
    private int skipped;

    Tokenised(Tokenizer tokenizer, int maxSeqLength) {
      this.tokenizer = tokenizer;
      this.maxSeqLength = maxSeqLength;
    }

    void add(String text, boolean document, ReadOptions options, String group) {
      ImmutableList<ImmutableIntArray> found =
          document
              ? windows(tokenizer.encode(text), maxSeqLength, options)
              : ImmutableList.of(tokenizer.encode(text, maxSeqLength));
      for (ImmutableIntArray ids : found) {
        if (ids.isEmpty()) {
          skipped++;
        } else {
          samples.add(ids, group);
        }
      }
    }
  }

  private static void requireTokens(Path dataset, int samples) {
    if (samples == 0) {
      throw new UsageException(
          "dataset " + dataset + ": no row has any token", "does the tokenizer fit the text?");
    }
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
        packed()
            .only(ImmutableIntArray.copyOf(IntStream.range(0, samples.size()).filter(shard::has))),
        skipped);
  }

  private PackedSamples packed() {
    return PackedSamples.of(samples);
  }

  /**
   * Holds every fifth sample out, or the last of fewer.
   *
   * @param weight what all samples count beside the task's text
   */
  public CalibrationText split(int batchSize, int padId, double weight) {
    int every = Math.min(HELD_OUT, samples.size());
    return new CalibrationText(
        some(i -> every <= 1 || i % every != every - 1).batches(batchSize, padId),
        every <= 1
            ? ImmutableList.of()
            : some(i -> i % every == every - 1).batches(batchSize, padId),
        weight);
  }

  private Samples some(IntPredicate wanted) {
    ImmutableIntArray rows =
        ImmutableIntArray.copyOf(IntStream.range(0, samples.size()).filter(wanted));
    return new Samples(packed().only(rows), 0);
  }

  /** The samples of each group by its name, groups in the order of their first samples. */
  public ImmutableMap<String, Samples> groups() {
    PackedSamples all = packed();
    Map<String, ImmutableIntArray.Builder> groups = new LinkedHashMap<>();
    for (int i = 0; i < all.size(); i++) {
      groups.computeIfAbsent(all.group(i), name -> ImmutableIntArray.builder()).add(i);
    }
    ImmutableMap.Builder<String, Samples> named = ImmutableMap.builder();
    groups.forEach(
        (name, members) -> named.put(name, new Samples(all.only(members.build().trimmed()), 0)));
    return named.buildOrThrow();
  }

  /** The token ids of each sample. */
  public List<ImmutableIntArray> sequences() {
    return packed().tokens();
  }

  /**
   * The samples in batches, longest first, whatever their groups; each is made when it is asked
   * for.
   */
  public List<TokenBatch> batches(int batchSize, int padId) {
    return new LengthOrder(packed().tokens(), batchSize, padId);
  }

  /** Tokens in all samples. */
  public long tokens() {
    return lengths().asLongStream().sum();
  }

  /** The largest token id of all samples. */
  public int largestId() {
    return samples.stream().flatMapToInt(sample -> sample.ids().stream()).max().orElseThrow();
  }

  /** Tokens of the longest sample. */
  public int longest() {
    return lengths().max().orElseThrow();
  }

  private IntStream lengths() {
    return IntStream.range(0, samples.size()).map(packed().tokens()::length);
  }
}
