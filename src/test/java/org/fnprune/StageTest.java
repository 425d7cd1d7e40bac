package org.fnprune;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StageTest {

  @ParameterizedTest
  @CsvSource({
    "fnprune, CAPTURE",
    "model, CAPTURE",
    "seed, CAPTURE",
    "device, CAPTURE",
    "calibration.dataset, CAPTURE",
    "calibration.retain.weight, CAPTURE",
    "# sha256 /m/model.onnx, CAPTURE",
    "networks.components, CAPTURE",
    "networks.groups, CAPTURE",
    "networks.source, CAPTURE",
    "networks.method, CAPTURE",
    "prune.targets, CAPTURE",
    "prune.selector, CAPTURE",
    "a.setting.of.another.version, CAPTURE",
    "networks.restarts, NETWORKS",
    "networks.tolerance, NETWORKS",
    "networks.grouping, NETWORKS",
    "networks.threshold, SELECTION",
    "prune.sparsity, SELECTION",
    "prune.parameters, SELECTION",
    "search.seconds, SELECTION",
    "compensate.method, SELECTION",
    "verify.tasks, VERIFICATION",
    "verify.latency, VERIFICATION",
    "# task sha256 /t/add.yaml, VERIFICATION",
    "output, VERIFICATION",
    "threads, VERIFICATION",
    "memory, VERIFICATION",
    "verify.max_drop prune.sparsity, SELECTION",
    "prune.sparsity networks.keep, NETWORKS"
  })
  void changesSayWhereToBeginAgain(String keys, Stage expected) {
    List<String> changed =
        keys.startsWith("#") ? List.of(keys) : Splitter.on(' ').splitToList(keys);
    assertThat(Stage.firstChanged(changed)).isEqualTo(expected);
  }

  @Test
  void withoutChangesTheLastStageIsLeft() {
    assertThat(Stage.firstChanged(List.of())).isEqualTo(Stage.VERIFICATION);
  }
}
