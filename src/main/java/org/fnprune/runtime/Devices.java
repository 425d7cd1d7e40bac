package org.fnprune.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import java.util.function.Consumer;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Device;
import org.jspecify.annotations.Nullable;

/** Turns the wanted device into one that works here. */
public final class Devices {

  private Devices() {}

  /** What there is to choose from: a seam for tests on machines without a GPU. */
  interface Cuda {

    /** Whether this build of ONNX Runtime has the CUDA provider. */
    boolean isBuiltIn();

    /** Why CUDA cannot be used with these options; empty when it can. */
    String problem(RuntimeOptions options);
  }

  /**
   * Chooses the device. {@code auto} takes CUDA when this build of ONNX Runtime has it and it
   * starts, and says why when it has it and it does not, then or when a session is made.
   *
   * @param warnings told why CUDA was not used
   * @throws UsageException when CUDA was asked for and cannot be used
   */
  public static RuntimeOptions choose(Device wanted, int threads, Consumer<String> warnings) {
    return choose(wanted, threads, warnings, new InstalledCuda());
  }

  static RuntimeOptions choose(
      Device wanted, int threads, Consumer<String> warnings, Cuda provider) {
    return switch (wanted.kind()) {
      case CPU -> RuntimeOptions.cpu(threads);
      case CUDA -> demanded(RuntimeOptions.cuda(wanted.ordinal(), threads), provider);
      case AUTO -> {
        if (!provider.isBuiltIn()) {
          yield RuntimeOptions.cpu(threads);
        }
        String problem = provider.problem(RuntimeOptions.cuda(wanted.ordinal(), threads));
        if (problem.isEmpty()) {
          yield RuntimeOptions.cudaOrCpu(wanted.ordinal(), threads, warnings);
        }
        warnings.accept("CUDA is not used, the CPU is: " + problem);
        yield RuntimeOptions.cpu(threads);
      }
    };
  }

  private static RuntimeOptions demanded(RuntimeOptions cuda, Cuda provider) {
    String problem =
        provider.isBuiltIn()
            ? provider.problem(cuda)
            : "this build of ONNX Runtime has no CUDA provider";
    if (!problem.isEmpty()) {
      throw new UsageException(
          "device '" + cuda.deviceName() + "' cannot be used: " + problem,
          "build with -Pgpu on a machine with CUDA 12, or use --device cpu");
    }
    return cuda;
  }

  /** The first line of an error of ONNX Runtime: the rest is its stack. */
  static String firstLine(@Nullable String message) {
    return String.valueOf(message).lines().findFirst().orElse("unknown error");
  }

  private static final class InstalledCuda implements Cuda {

    @Override
    public boolean isBuiltIn() {
      Environments.get();
      return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
    }

    @Override
    public String problem(RuntimeOptions options) {
      try {
        return options.attempt(made -> "");
      } catch (OrtException e) {
        return firstLine(e.getMessage());
      }
    }
  }
}
