package org.fnprune;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * What a run does one after the other, each from the results of those before, and what of its recipe
 * and inputs each depends on. A setting that is not known here changes everything.
 */
enum Stage {
  /** Moments of the text. */
  CAPTURE("capture"),
  /** Functional networks. */
  NETWORKS("networks"),
  /** The plan. */
  SELECTION("selection"),
  /** The slim model. */
  SLIM("slim model"),
  /** Tasks and latency, and the report. */
  VERIFICATION("verification");

  private static final List<String> NOTHING = List.of("output", "threads", "memory");

  /** Settings and files of these beginnings matter to the last stage alone. */
  private static final List<String> VERIFIED = List.of("verify.", LockEntries.TASK_FILE);

  /** To the plan and what follows. */
  private static final List<String> SELECTED =
      List.of("prune.", "search.", "compensate.", "networks.threshold");

  /** To these, though they begin like the others: they say which neurons are looked at. */
  private static final List<String> CAPTURED = List.of("prune.targets", "prune.selector");

  /** To the networks and what follows. */
  private static final List<String> FOUND =
      List.of(
          "networks.grouping",
          "networks.algorithm",
          "networks.nonlinearity",
          "networks.restarts",
          "networks.tolerance",
          "networks.max_iterations",
          "networks.keep");

  private final String label;

  Stage(String label) {
    this.label = label;
  }

  /** In words. */
  String label() {
    return label;
  }

  /** The file's name where its result is kept. */
  String file() {
    return name().toLowerCase(Locale.ROOT) + ".json";
  }

  /** Whether this comes after another, or is it. */
  boolean isFrom(Stage other) {
    return compareTo(other) >= 0;
  }

  /** The first stage whose result these changes change; the last one is always done again. */
  static Stage firstChanged(Collection<String> keys) {
    return keys.stream().map(Stage::changedBy).min(Stage::compareTo).orElse(VERIFICATION);
  }

  private static Stage changedBy(String key) {
    if (NOTHING.contains(key) || begins(VERIFIED, key)) {
      return VERIFICATION;
    }
    if (begins(CAPTURED, key)) {
      return CAPTURE;
    }
    if (begins(SELECTED, key)) {
      return SELECTION;
    }
    return begins(FOUND, key) ? NETWORKS : CAPTURE;
  }

  private static boolean begins(List<String> beginnings, String key) {
    return beginnings.stream().anyMatch(key::startsWith);
  }
}
