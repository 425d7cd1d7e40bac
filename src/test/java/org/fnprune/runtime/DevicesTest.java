package org.fnprune.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.fnprune.common.Failures;
import org.fnprune.model.TinyGraphs;
import org.fnprune.recipe.Device;
import org.junit.jupiter.api.Test;

/** Which device is taken, and what is said when it is not CUDA. Nothing here needs a GPU. */
class DevicesTest {

  private final List<String> warnings = new ArrayList<>();

  private record Fake(boolean isBuiltIn, String why) implements Devices.Cuda {
    @Override
    public String problem(RuntimeOptions options) {
      return why;
    }
  }

  private RuntimeOptions choose(Device wanted, boolean builtIn, String problem) {
    return Devices.choose(wanted, 3, warnings::add, new Fake(builtIn, problem));
  }

  @Test
  void autoTakesCudaWhereItStarts() {
    assertThat(choose(Device.AUTO, true, "").deviceName()).isEqualTo("cuda:0");
    assertThat(warnings).isEmpty();
  }

  @Test
  void autoIsSilentWhereThisBuildHasNoCuda() {
    RuntimeOptions chosen = choose(Device.AUTO, false, "unused");
    assertThat(chosen.deviceName()).isEqualTo("cpu");
    assertThat(chosen.threadCount()).isEqualTo(3);
    assertThat(warnings).isEmpty();
  }

  @Test
  void autoSaysWhyCudaDoesNotStart() {
    assertThat(choose(Device.AUTO, true, "libcublas.so.12 is missing").deviceName())
        .isEqualTo("cpu");
    assertThat(warnings)
        .containsExactly("CUDA is not used, the CPU is: libcublas.so.12 is missing");
  }

  @Test
  void demandedCudaIsUsedOrRefused() {
    Device second = new Device(Device.Kind.CUDA, 1);
    assertThat(choose(second, true, "").deviceName()).isEqualTo("cuda:1");
    assertThat(Failures.of(() -> choose(second, true, "no such device")))
        .startsWith("device 'cuda:1' cannot be used: no such device");
    assertThat(Failures.of(() -> choose(second, false, "")))
        .startsWith("device 'cuda:1' cannot be used: this build of ONNX Runtime has no CUDA");
    assertThat(warnings).isEmpty();
  }

  @Test
  void theCpuIsNotAskedAboutCuda() {
    assertThat(choose(new Device(Device.Kind.CPU, 0), true, "broken").deviceName())
        .isEqualTo("cpu");
    assertThat(warnings).isEmpty();
  }

  /** Here CUDA cannot start at all; too little memory for a model fails in the same place. */
  @Test
  void aSessionThatCannotBeMadeOnCudaIsMadeOnTheCpuOnceAndForAll() {
    RuntimeOptions options = RuntimeOptions.cudaOrCpu(0, 1, warnings::add);
    assertThat(options.deviceName()).isEqualTo("cuda:0");
    for (int i = 0; i < 2; i++) {
      OnnxSession.ofModel(TinyGraphs.plain(), options).close();
      assertThat(options.deviceName()).isEqualTo("cpu");
    }
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).startsWith("CUDA is not used any further, the CPU is: ");
  }

  @Test
  void demandedCudaDoesNotFallBack() {
    assertThatExceptionOfType(ModelRunException.class)
        .isThrownBy(() -> OnnxSession.ofModel(TinyGraphs.plain(), RuntimeOptions.cuda(0, 1)));
  }

  @Test
  void tensorCoresDoNotRoundFactors() {
    assertThat(RuntimeOptions.CUDA_OPTIONS).containsEntry("use_tf32", "0");
  }
}
