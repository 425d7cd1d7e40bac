package org.fnprune.cli;

import com.google.common.collect.ImmutableList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.fnprune.recipe.Flag;
import org.fnprune.recipe.Overrides;

/** The flags that override a recipe: their help, and their values as {@link Overrides}. */
final class RecipeFlags {

  /** What a flag's value is called and what it does; lines of help are broken at line feeds. */
  private record Text(String value, String description) {}

  private static final Map<Flag, Text> TEXTS = texts();

  private RecipeFlags() {}

  private static Map<Flag, Text> texts() {
    Map<Flag, Text> texts = new EnumMap<>(Flag.class);
    texts.put(Flag.OUTPUT, new Text("DIR", "the run folder to make"));
    texts.put(Flag.DEVICE, new Text("D", "auto, cpu, cuda or cuda:N (default auto)"));
    texts.put(Flag.SEED, new Text("N", "of every random step (default 42)"));
    texts.put(Flag.THREADS, new Text("N", "CPU threads; 0 takes all processors (default 0)"));
    texts.put(
        Flag.MEMORY,
        new Text("SIZE", "for captured moments: auto or a size such as 4GiB (default auto)"));
    texts.put(
        Flag.CALIBRATION,
        new Text(
            "FILE",
            "sample text: .jsonl, .csv, .tsv, .txt or .parquet, also compressed\n(.gz, .zst, .bz2, .xz); may be given several times"));
    texts.put(
        Flag.MOMENTS, new Text("DIR", "instead of text: moments that 'capture' or a run wrote"));
    texts.put(
        Flag.TEXT,
        new Text("FIELD", "the field that holds the text, such as text or a.b (default text)"));
    texts.put(Flag.LINES, new Text("", "plain text: each line is a sample, not the whole file"));
    texts.put(Flag.NUM_SAMPLES, new Text("N", "samples of each file at most (default 512)"));
    texts.put(
        Flag.SAMPLING,
        new Text("WHICH", "first, or random ones of the whole file (default first)"));
    texts.put(Flag.SKIP_BAD_ROWS, new Text("", "leave bad rows of datasets out and count them"));
    texts.put(Flag.MAX_SEQ_LENGTH, new Text("N", "tokens per sample at most (default 128)"));
    texts.put(Flag.BATCH_SIZE, new Text("N", "samples that run together (default 16)"));
    texts.put(
        Flag.RETAIN,
        new Text("FILE", "general text whose use is to be kept, too; may be given several times"));
    texts.put(
        Flag.RETAIN_WEIGHT,
        new Text("W", "what all of that text counts beside the task's (default 1)"));
    texts.put(
        Flag.SPARSITY,
        new Text("R", "share of the targets' parameters to remove, between 0 and 1"));
    texts.put(
        Flag.PARAMETERS, new Text("R", "instead of --sparsity: share of the whole model to keep"));
    texts.put(
        Flag.TARGETS,
        new Text(
            "KINDS",
            "kinds of unit: ffn, heads, kv_groups, ffn_out,\nor several with commas (default ffn)"));
    texts.put(
        Flag.SELECTOR,
        new Text(
            "S",
            "auto (the best of the others on held-out text), functional-networks,\nobs, wanda-sp, flap, magnitude or random (default auto)"));
    texts.put(
        Flag.FORM,
        new Text("F", "of functional-networks: hybrid, coverage or union (default hybrid)"));
    texts.put(
        Flag.PROTECTED_SHARE,
        new Text(
            "R",
            "of the form hybrid: share of what stays that the networks choose\n(default auto)"));
    texts.put(
        Flag.WEIGHTING,
        new Text("W", "what a network counts in coverage: energy or lesions (default energy)"));
    texts.put(
        Flag.ALLOCATION,
        new Text(
            "A",
            "uniform, global, z-score, sensitivity or curvature\n(default auto: searched, or uniform for a given selector)"));
    texts.put(
        Flag.MAX_PER_LAYER, new Text("R", "share of one unit's channels that may go (default 1)"));
    texts.put(
        Flag.SEARCH_SECONDS,
        new Text("N", "of selector auto: begin no candidate later than this (default 180)"));
    texts.put(Flag.ROUND_TO, new Text("N", "kept widths of ffn are multiples of this (default 8)"));
    texts.put(
        Flag.COMPENSATE, new Text("M", "none, bias or least-squares (default least-squares)"));
    texts.put(Flag.RIDGE, new Text("E", "ridge of least-squares: auto or a number (default auto)"));
    texts.put(
        Flag.SEQUENTIAL,
        new Text("", "of least-squares: fit layer behind layer, to the dense residual stream"));
    texts.put(Flag.TASK, new Text("FILE", "a task file; may be given several times"));
    texts.put(
        Flag.MAX_DROP,
        new Text(
            "X",
            "gate: exit code 3 when a task's first metric loses more than this\n(default: no gate)"));
    texts.put(Flag.LIMIT, new Text("N", "rows of each task at most (default: all)"));
    texts.put(
        Flag.LOG_SAMPLES,
        new Text("", "write what the models said to each example: samples/TASK.jsonl"));
    texts.put(
        Flag.METHOD,
        new Text(
            "M",
            "spatial-ica: independent maps over neurons; temporal-ica: independent\ncourses over tokens (default spatial-ica)"));
    texts.put(
        Flag.SOURCE,
        new Text(
            "S",
            "what is decomposed: activation, activation-and-up or ffn-out\n(default activation)"));
    texts.put(
        Flag.COMPONENTS,
        new Text(
            "K",
            "networks per unit: a number, or auto, pesel or minka to estimate it\n(default 32)"));
    texts.put(
        Flag.THRESHOLD,
        new Text(
            "RULE",
            "where supports end: auto (by the budget), z:NUMBER, ratio:NUMBER or\nfdr:RATE (default auto)"));
    texts.put(
        Flag.GROUPS,
        new Text("G", "groups of text: a number of shards, dataset or field:NAME (default 1)"));
    texts.put(
        Flag.GROUPING,
        new Text(
            "G",
            "of several groups: stacked (what they share) or separate (each its own)\n(default stacked)"));
    texts.put(
        Flag.ALGORITHM, new Text("A", "of FastICA: parallel or deflation (default parallel)"));
    texts.put(Flag.NONLINEARITY, new Text("G", "cube, logcosh or exp (default cube)"));
    texts.put(Flag.RESTARTS, new Text("N", "seeded starts of FastICA (default 10)"));
    texts.put(
        Flag.TOLERANCE, new Text("T", "no component turns by more: converged (default 0.0001)"));
    texts.put(Flag.MAX_ITERATIONS, new Text("N", "give up after this many (default 200)"));
    texts.put(
        Flag.KEEP,
        new Text(
            "RUN",
            "of the restarts: sparsest, or centrotypes of their clusters\n(default sparsest)"));
    texts.put(Flag.LATENCY, new Text("BOOL", "whether latency is measured (default true)"));
    return texts;
  }

  /** All flags that override a recipe. */
  static Options all() {
    Options options = new Options();
    TEXTS.keySet().forEach(flag -> options.addOption(option(flag)));
    return options;
  }

  /** Those of commands that measure models on tasks, and some more. */
  static Options ofTasks(Flag... more) {
    return some(
        ImmutableList.<Flag>builder()
            .add(Flag.TASK, Flag.DEVICE, Flag.SEED, Flag.THREADS, Flag.LIMIT, Flag.SKIP_BAD_ROWS)
            .add(more)
            .build());
  }

  /** Some of them. */
  static Options some(List<Flag> flags) {
    Options options = new Options();
    flags.forEach(flag -> options.addOption(option(flag)));
    return options;
  }

  private static Option option(Flag flag) {
    Text text = TEXTS.get(flag);
    if (text == null) {
      throw new IllegalArgumentException(flag + " is no flag");
    }
    return text.value().isEmpty()
        ? CommonFlags.flag(flag.option(), text.description())
        : CommonFlags.value(flag.option(), text.value(), text.description());
  }

  /** What was given on a command line. */
  static Overrides read(CommandLine line) {
    Overrides overrides = Overrides.none();
    for (Flag flag : TEXTS.keySet()) {
      if (!line.hasOption(flag.option())) {
        continue;
      }
      String[] values = line.getOptionValues(flag.option());
      for (String value : values == null ? new String[] {"true"} : values) {
        overrides = overrides.with(flag, value);
      }
    }
    return overrides;
  }
}
