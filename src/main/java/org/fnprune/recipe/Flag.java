package org.fnprune.recipe;

/** The flags that override a recipe; one line each. */
public enum Flag {
  /** The model folder or file; a positional argument on the command line. */
  MODEL("model"),
  /** The run folder. */
  OUTPUT("output"),
  /** {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}. */
  DEVICE("device"),
  /** The seed of every random step. */
  SEED("seed"),
  /** Threads; 0 takes all processors. */
  THREADS("threads"),
  /** Memory for what is captured; {@code auto} or a size such as {@code 4GiB}. */
  MEMORY("memory"),
  /** Whether bad rows are counted and left out; no value means true. */
  SKIP_BAD_ROWS("skip-bad-rows"),
  /** A calibration dataset; may be given several times and replaces the recipe's list. */
  CALIBRATION("calibration"),
  /** A folder of moments captured before; replaces the recipe's text. */
  MOMENTS("moments"),
  /** The field of the calibration dataset that holds the text. */
  TEXT("text"),
  /** Whether each line of a plain text file is a sample; no value means true. */
  LINES("lines"),
  /** Calibration samples. */
  NUM_SAMPLES("num-samples"),
  /** Which samples: the first ones or random ones. */
  SAMPLING("sampling"),
  /** Tokens per calibration sample. */
  MAX_SEQ_LENGTH("max-seq-length"),
  /** Samples that run together. */
  BATCH_SIZE("batch-size"),
  /** A dataset of general text; may be given several times and replaces the recipe's list. */
  RETAIN("retain"),
  /** What the general text counts. */
  RETAIN_WEIGHT("retain-weight"),
  /** Fraction of the targets' parameters to remove; replaces the recipe's budget. */
  SPARSITY("sparsity"),
  /** Fraction of the model's parameters to keep; replaces the recipe's budget. */
  PARAMETERS("parameters"),
  /** Unit kinds, separated by commas. */
  TARGETS("targets"),
  /** The selector. */
  SELECTOR("selector"),
  /** The form of the functional-networks selector. */
  FORM("form"),
  /** The share that the networks choose in the form {@code hybrid}. */
  PROTECTED_SHARE("protected-share"),
  /** What a network counts in coverage. */
  WEIGHTING("weighting"),
  /** How the budget is spread. */
  ALLOCATION("allocation"),
  /** The largest share of one unit that may go. */
  MAX_PER_LAYER("max-per-layer"),
  /** Seconds that the search may take. */
  SEARCH_SECONDS("search-seconds"),
  /** Kept widths are multiples of this. */
  ROUND_TO("round-to"),
  /** The compensation method. */
  COMPENSATE("compensate"),
  /** {@code auto} or a positive number. */
  RIDGE("ridge"),
  /** Whether layers are fitted one behind the other; no value means true. */
  SEQUENTIAL("sequential"),
  /** A task file; may be given several times and replaces the recipe's list. */
  TASK("task"),
  /** The gate. */
  MAX_DROP("max-drop"),
  /** Rows of each task. */
  LIMIT("limit"),
  /** Whether what models say to each example is written; no value means true. */
  LOG_SAMPLES("log-samples"),
  /** Independent maps or independent courses. */
  METHOD("method"),
  /** What is decomposed. */
  SOURCE("source"),
  /** Networks per unit: a number or an estimator. */
  COMPONENTS("components"),
  /** Where a network's support ends. */
  THRESHOLD("threshold"),
  /** Groups of calibration text. */
  GROUPS("groups"),
  /** What is done with several groups. */
  GROUPING("grouping"),
  /** FastICA's algorithm. */
  ALGORITHM("algorithm"),
  /** FastICA's contrast function. */
  NONLINEARITY("nonlinearity"),
  /** FastICA's seeded starts. */
  RESTARTS("restarts"),
  /** FastICA's tolerance. */
  TOLERANCE("tolerance"),
  /** FastICA's limit of iterations. */
  MAX_ITERATIONS("max-iterations"),
  /** Which restart's result is kept. */
  KEEP("keep"),
  /** Whether latency is measured: {@code true} or {@code false}. */
  LATENCY("latency");

  private final String option;

  Flag(String option) {
    this.option = option;
  }

  /** The long option without its dashes. */
  public String option() {
    return option;
  }

  /** The flag as errors name it. */
  String label() {
    return this == MODEL ? "MODEL" : "--" + option;
  }
}
