package org.fnprune.cli;

import com.google.common.collect.ImmutableSet;
import java.util.Arrays;

/** How help sorts flags. */
enum FlagGroup {
  RUN("run", "output", "force", "dry-run", "device", "seed", "threads", "memory"),
  CALIBRATION(
      "calibration text",
      "calibration",
      "moments",
      "shard",
      "text",
      "lines",
      "num-samples",
      "sampling",
      "skip-bad-rows",
      "max-seq-length",
      "batch-size",
      "retain",
      "retain-weight"),
  PRUNE(
      "what is removed",
      "sparsity",
      "parameters",
      "targets",
      "selector",
      "form",
      "protected-share",
      "weighting",
      "allocation",
      "max-per-layer",
      "round-to",
      "search-seconds"),
  NETWORKS(
      "functional networks",
      "method",
      "signals",
      "start",
      "source",
      "components",
      "threshold",
      "groups",
      "grouping",
      "algorithm",
      "nonlinearity",
      "restarts",
      "tolerance",
      "max-iterations",
      "keep"),
  COMPENSATION("compensation", "compensate", "ridge", "sequential"),
  VERIFICATION("verification", "task", "limit", "log-samples", "max-drop", "latency"),
  MASKS("what is masked", "amplify", "share", "draws", "random-share", "networks", "sparsities"),
  GENERAL("general");

  private final String title;
  private final ImmutableSet<String> flags;

  FlagGroup(String title, String... flags) {
    this.title = title;
    this.flags = ImmutableSet.copyOf(flags);
  }

  String title() {
    return title;
  }

  /** The group of a flag; general when no other has it. */
  static FlagGroup of(String flag) {
    return Arrays.stream(values())
        .filter(group -> group.flags.contains(flag))
        .findFirst()
        .orElse(GENERAL);
  }
}
