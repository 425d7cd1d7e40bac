package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Everything a run depends on, validated. Paths are resolved against the recipe's folder.
 *
 * @param model a model folder or an .onnx file
 * @param output the run folder to make
 * @param seed of every random step
 * @param threads for ONNX Runtime and BLAS; 0 takes all processors
 * @param memory bytes that captured moments may take at once; 0 leaves it to the program
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
    @Nullable Calibration calibration,
    @Nullable Path moments,
    Networks networks,
    Prune prune,
    Compensate compensate,
    Verify verify) {

  /**
   * The sample text that the model runs on.
   *
   * @param datasets files of JSONL, CSV, TSV or plain text; at least one, none twice
   * @param textField the field that holds the text
   * @param lines for plain text: each line is a sample (else the file is one document)
   * @param numSamples at most this many samples of each dataset, the first ones
   * @param maxSeqLength longer samples are cut to this many tokens
   * @param batchSize samples that run together
   */
  public record Calibration(
      ImmutableList<Path> datasets,
      String textField,
      boolean lines,
      int numSamples,
      int maxSeqLength,
      int batchSize) {}

  /**
   * What is removed.
   *
   * @param targets unit kinds, at least one of {@code ffn}, {@code heads}, {@code kv_groups} and
   *     {@code ffn_out}; units of other kinds stay whole
   * @param budget how much
   * @param selector which channels
   * @param form of the functional-networks selector
   * @param protectFirst layers at the start that stay whole
   * @param protectLast layers at the end that stay whole
   * @param roundTo kept widths of {@code ffn} units are multiples of this (or the full width);
   *     heads, KV groups and {@code ffn_out} are removed one by one
   */
  public record Prune(
      ImmutableList<String> targets,
      Budget budget,
      SelectorName selector,
      Form form,
      AllocationRule allocation,
      int protectFirst,
      int protectLast,
      int roundTo) {}

  /** How many parameters to remove. */
  public sealed interface Budget {

    /** Remove this fraction of the targets' parameters, in (0, 1). */
    record Sparsity(double fraction) implements Budget {}

    /** Keep this fraction of the whole model's parameters, in (0, 1). */
    record Parameters(double fraction) implements Budget {}
  }

  /** The selectors, by their names in recipes. */
  public enum SelectorName {
    FUNCTIONAL_NETWORKS,
    RANDOM,
    MAGNITUDE,
    WANDA_SP,
    FLAP
  }

  /** How functional networks become a choice of neurons. */
  public enum Form {
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
    GLOBAL
  }

  /**
   * How the consuming projection makes up for the channels that went.
   *
   * @param ridge ε of λ = ε · mean diag(C_KK); 0.01 for {@code auto}
   * @param sequential for least squares: each layer is fitted behind the layers already slimmed, to
   *     the dense model's residual stream (two more passes over the text per unit)
   */
  public record Compensate(CompensationMethod method, double ridge, boolean sequential) {}

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
   */
  public record Verify(
      ImmutableList<Path> tasks, @Nullable Double maxDrop, @Nullable Latency latency, int limit) {}

  /**
   * The latency grid.
   *
   * @param sequenceLength tokens per row
   * @param runs timed runs of each model and batch size
   */
  public record Latency(ImmutableIntArray batchSizes, int sequenceLength, int runs) {}
}
