package org.fnprune;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LockChangesTest {

  private static final String LOCK =
      """
      # fnprune 0.1.0
      # sha256 aa11  /data/my model/model.onnx
      # sha256 bb22  /data/train.jsonl
      seed: 42
      calibration:
        dataset: "/data/train.jsonl"
        text: "a: b"
      prune:
        sparsity: 0.5
      verify:
        latency:
          runs: 50
      """;

  @Test
  void equalLocksDifferInNothing() {
    assertThat(LockChanges.between(LOCK, LOCK).words()).isEmpty();
  }

  @Test
  void settingsAreNamedByTheirDottedKeys() {
    String now = LOCK.replace("sparsity: 0.5", "parameters: 0.8").replace("runs: 50", "runs: 5");
    assertThat(LockChanges.between(LOCK, now).words())
        .isEqualTo(
            "prune.parameters was not set, is 0.8; verify.latency.runs was 50, is 5;"
                + " prune.sparsity was 0.5, is not set");
  }

  @Test
  void filesAreNamedByTheirPaths() {
    assertThat(LockChanges.between(LOCK, LOCK.replace("aa11", "cc33")).words())
        .isEqualTo("/data/my model/model.onnx has changed");
    assertThat(LockChanges.between(LOCK, LOCK.replace("# sha256 bb22  /data/train.jsonl\n", "")).words())
        .isEqualTo("/data/train.jsonl is gone");
  }

  @Test
  void settingsComeBeforeFilesAndTheVersionFirst() {
    assertThat(
            LockChanges.between(
                    LOCK, LOCK.replace("0.1.0", "0.2.0").replace("bb22", "dd44").replace("a: b", "c"))
                .words())
        .isEqualTo(
            "fnprune was 0.1.0, is 0.2.0; calibration.text was \"a: b\", is \"c\";"
                + " /data/train.jsonl has changed");
  }

  /** An interrupted run may go on with other means, but not with another aim. */
  @Test
  void threadsAndMemoryDoNotCount() {
    String lock = LOCK + "threads: 0\nmemory: auto\n";
    String now = LOCK + "threads: 2\nmemory: 1073741824\n";
    assertThat(LockChanges.between(lock, now).isEmpty()).isTrue();
    assertThat(LockChanges.between(LOCK, LOCK + "prune:\n  threads: 2\n").words())
        .isEqualTo("prune.threads was not set, is 2");
  }

  @Test
  void manyDifferencesAreCounted() {
    assertThat(LockChanges.between("", LOCK).words()).endsWith("; and 4 more");
  }
}
