package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything a run depends on, validated. Paths are resolved against the recipe's folder.
 *
 * @param model a model folder or an .onnx file
 * @param output the run folder to make
 * @param seed of every random step
 * @param threads for ONNX Runtime and BLAS; 0 takes all processors
 * @param memory bytes that captured moments may take at once; 0 leaves it to the program
 * @param skipBadRows whether bad rows of datasets are counted and left out, else the first one
 *     stops
 * @param calibration sample text; null where nothing looks at activations, or moments are given
 * @param moments a folder of moments captured before, in place of sample text; null for none
 */
public record Recipe(
    Path model,
    Path output,
    long seed,
    Device device,
    int threads,
    long memory,
    boolean skipBadRows,
    @Nullable Calibration calibration,
    @Nullable Path moments,
    Networks networks,
    Prune prune,
    Search search,
    Compensate compensate,
    Verify verify) {

  /**
   * Reads a recipe file.
   *
   * @throws org.fnprune.common.UsageException for anything missing, unknown, of the wrong type or
   *     out of range, with file and line
   */
  public static Recipe read(Path file) {
    return RecipeReader.read(file, Overrides.none());
  }

  /**
   * Builds a recipe in code.
   *
   * @param model a model folder or an .onnx file
   * @param output the run folder to make
   */
  public static RecipeBuilder builder(Path model, Path output) {
    return new RecipeBuilder(model, output);
  }

  /**
   * The sample text that the model runs on.
   *
   * @param datasets files of JSONL, CSV, TSV, plain text or Parquet; at least one, none twice
   * @param textField the field that holds the text; may be a path, {@code a.b}
   * @param lines for plain text: each line is a sample (else the file is one document)
   * @param numSamples at most this many samples of each dataset
   * @param sampling which ones
   * @param maxSeqLength longer samples are cut to this many tokens
   * @param batchSize samples that run together
   * @param retain text of what the model should still be good at besides; null for none
   */
  public record Calibration(
      ImmutableList<Path> datasets,
      String textField,
      boolean lines,
      int numSamples,
      Sampling sampling,
      int maxSeqLength,
      int batchSize,
      @Nullable Retain retain) {

    /** The same settings for the text that keeps general ability. */
    public Optional<Calibration> ofRetain() {
      return Optional.ofNullable(retain)
          .map(
              r ->
                  new Calibration(
                      r.datasets(),
                      textField,
                      lines,
                      numSamples,
                      sampling,
                      maxSeqLength,
                      batchSize,
                      null));
    }
  }

  /**
   * General text beside the task's.
   *
   * @param datasets at least one file, none twice
   * @param weight what all of it counts beside all of the task's text, which counts 1; positive
   */
  public record Retain(ImmutableList<Path> datasets, double weight) {}

  /**
   * What is removed.
   *
   * @param targets unit kinds, at least one of {@code ffn}, {@code heads}, {@code kv_groups} and
   *     {@code ffn_out}; units of other kinds stay whole
   * @param budget how much
   * @param selector which channels
   * @param form of the functional-networks selector
   * @param protectedShare β of the form {@code hybrid}: the share of what is kept that the networks
   *     choose, in 0 … 1; null lets the search choose, or takes {@link #PROTECTED_SHARE}
   * @param weighting what a network counts in coverage
   * @param allocation null lets the search choose, or is uniform
   * @param protectFirst layers at the start that stay whole
   * @param protectLast layers at the end that stay whole
   * @param maxPerLayer the largest share of one unit's channels that may go, in (0, 1]
   * @param roundTo kept widths of {@code ffn} units are multiples of this (or the full width);
   *     heads, KV groups and {@code ffn_out} are removed one by one
   */
  public record Prune(
      ImmutableList<String> targets,
      Budget budget,
      SelectorName selector,
      Form form,
      @Nullable Double protectedShare,
      Weighting weighting,
      @Nullable AllocationRule allocation,
      int protectFirst,
      int protectLast,
      double maxPerLayer,
      int roundTo) {

    /** β where nothing else is asked for and nothing searched. */
    public static final double PROTECTED_SHARE = 0.25;

    /** The rule that spreads the budget. */
    public AllocationRule allocationRule() {
      return allocation == null ? AllocationRule.UNIFORM : allocation;
    }

    /** β. */
    public double beta() {
      return protectedShare == null ? PROTECTED_SHARE : protectedShare;
    }

    /** The same with another rule to spread the budget. */
    public Prune with(AllocationRule rule) {
      return choosing(selector, form, beta(), rule);
    }

    /** The same budget and limits with another choice of channels. */
    public Prune choosing(
        SelectorName other, Form otherForm, double otherShare, AllocationRule rule) {
      return new Prune(
          targets,
          budget,
          other,
          otherForm,
          otherShare,
          weighting,
          rule,
          protectFirst,
          protectLast,
          maxPerLayer,
          roundTo);
    }

    /** The same choice for masks: a share of the targets' parameters, in widths of any number. */
    public Prune removing(double sparsity) {
      return new Prune(
          targets,
          new Budget.Sparsity(sparsity),
          selector,
          form,
          protectedShare,
          weighting,
          allocation,
          protectFirst,
          protectLast,
          maxPerLayer,
          1);
    }
  }

  /** How many parameters to remove. */
  public sealed interface Budget {

    /** Remove this fraction of the targets' parameters, in (0, 1). */
    record Sparsity(double fraction) implements Budget {}

    /** Keep this fraction of the whole model's parameters, in (0, 1). */
    record Parameters(double fraction) implements Budget {}
  }

  /** The selectors, by their names in recipes. */
  public enum SelectorName {
    /** The best of the others, on held-out calibration text. */
    AUTO,
    FUNCTIONAL_NETWORKS,
    RANDOM,
    MAGNITUDE,
    WANDA_SP,
    FLAP,
    OBS
  }

  /** How functional networks become a choice of neurons. */
  public enum Form {
    /** A share chosen by coverage, the rest by optimal brain surgery. */
    HYBRID,
    /** Greedy coverage of every network's output energy. */
    COVERAGE,
    /** The union of the networks' supports at one threshold (2508.05239). */
    UNION
  }

  /** How a budget is spread over units. */
  public enum AllocationRule {
    /** The same fraction of every unit. */
    UNIFORM,
    /** Wherever the selector's values are smallest. */
    GLOBAL,
    /** Wherever a channel stands out least in its own unit: one z-score for all units (FLAP). */
    Z_SCORE,
    /** Wherever the error rises least, each unit's by how much the loss minds it. */
    SENSITIVITY,
    /** The same, with each direction of a unit's output by how much the loss minds it. */
    CURVATURE;

    /** Whether the budget goes by what the loss minds, which is measured with the model on text. */
    public boolean isPriced() {
      return this == SENSITIVITY || this == CURVATURE;
    }
  }

  /** What a network counts in coverage. */
  public enum Weighting {
    /** The share of the unit's output variance that its support carries. */
    ENERGY,
    /** What the loss rises by when its support is set to its mean. */
    LESIONS
  }

  /**
   * How long the search may take.
   *
   * @param seconds no candidate is begun after this many; what was found best by then is taken
   */
  public record Search(int seconds) {}

  /**
   * How the consuming projection makes up for the channels that went.
   *
   * @param ridge ε of λ = ε · mean diag(C_KK); null chooses it on held-out moments
   * @param sequential for least squares: each layer is fitted behind the layers already slimmed, to
   *     the dense model's residual stream (two more passes over the text per unit); null lets the
   *     search choose, or is no
   */
  public record Compensate(
      CompensationMethod method, @Nullable Double ridge, @Nullable Boolean sequential) {

    /** Whether layers are fitted one behind the other. */
    public boolean isSequential() {
      return Boolean.TRUE.equals(sequential);
    }

    /** The same with or without fitting one layer behind the other. */
    public Compensate sequentially(boolean wanted) {
      return new Compensate(method, ridge, wanted);
    }
  }

  /** The compensation methods. */
  public enum CompensationMethod {
    NONE,
    BIAS,
    LEAST_SQUARES
  }

  /**
   * What is measured afterwards.
   *
   * @param tasks task files
   * @param maxDrop largest loss of a task's first metric that passes the gate; null for no gate
   * @param latency null when latency is not measured
   * @param limit at most this many rows of each task; 0 for all
   * @param logSamples whether what the models said to each example is written
   */
  public record Verify(
      ImmutableList<Path> tasks,
      @Nullable Double maxDrop,
      @Nullable Latency latency,
      int limit,
      boolean logSamples) {}

  /**
   * The latency grid: every batch size with every length.
   *
   * @param sequenceLengths tokens per row
   * @param runs timed runs of each model and batch
   */
  public record Latency(
      ImmutableIntArray batchSizes, ImmutableIntArray sequenceLengths, int runs) {}
}
