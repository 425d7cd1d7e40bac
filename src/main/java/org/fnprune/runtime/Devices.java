package org.fnprune.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import java.util.function.Consumer;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Device;

/** Turns the wanted device into one that works here. */
public final class Devices {

  private Devices() {}

  /**
   * Chooses the device. {@code auto} takes CUDA when this build of ONNX Runtime has it and it
   * starts, and says why when it has it and it does not.
   *
   * @param warnings told why CUDA was not used
   * @throws UsageException when CUDA was asked for and cannot be used
   */
  public static RuntimeOptions choose(Device wanted, int threads, Consumer<String> warnings) {
    RuntimeOptions cpu = RuntimeOptions.cpu(threads);
    RuntimeOptions cuda = new RuntimeOptions(true, wanted.ordinal(), threads);
    return switch (wanted.kind()) {
      case CPU -> cpu;
      case CUDA -> {
        String problem = problem(cuda);
        if (!problem.isEmpty()) {
          throw new UsageException(
              "device '" + cuda.deviceName() + "' cannot be used: " + problem,
              "build with -Pgpu on a machine with CUDA 12, or use --device cpu");
        }
        yield cuda;
      }
      case AUTO -> {
        if (!isBuiltWithCuda()) {
          yield cpu;
        }
        String problem = problem(cuda);
        if (problem.isEmpty()) {
          yield cuda;
        }
        warnings.accept("CUDA is not used, the CPU is: " + problem);
        yield cpu;
      }
    };
  }

  private static boolean isBuiltWithCuda() {
    Environments.get();
    return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
  }

  /** Why CUDA cannot be used; empty when it can. */
  private static String problem(RuntimeOptions cuda) {
    if (!isBuiltWithCuda()) {
      return "this build of ONNX Runtime has no CUDA provider";
    }
    try {
      cuda.toNative().close();
      return "";
    } catch (OrtException e) {
      return String.valueOf(e.getMessage()).lines().findFirst().orElse("unknown error");
    }
  }
}
