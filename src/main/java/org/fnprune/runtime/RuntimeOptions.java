package org.fnprune.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import com.google.common.collect.ImmutableMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How sessions run. Where CUDA was not demanded and a session cannot be made on it (too little
 * memory, an operator or a library that is missing), this and all later ones are made on the CPU.
 */
public final class RuntimeOptions {

  /**
   * What the CUDA provider is told. TF32 keeps 10 bits of each factor: moments would be off by
   * 1e-3.
   */
  static final ImmutableMap<String, String> CUDA_OPTIONS = ImmutableMap.of("use_tf32", "0");

  private final int ordinal;
  private final int threads;
  private final @Nullable Consumer<String> warnings;
  private final InputSizes sizes;
  private boolean cuda;
  private boolean exactIntegers;

  private RuntimeOptions(
      boolean cuda,
      int ordinal,
      int threads,
      @Nullable Consumer<String> warnings,
      InputSizes sizes) {
    this.cuda = cuda;
    this.ordinal = ordinal;
    this.threads = threads;
    this.warnings = warnings;
    this.sizes = sizes;
  }

  /** The version of ONNX Runtime. */
  public static String version() {
    return Environments.get().getVersion();
  }

  /**
   * The CPU alone.
   *
   * @param threads within an operator; 0 takes all processors
   */
  public static RuntimeOptions cpu(int threads) {
    return new RuntimeOptions(false, 0, threads, null, InputSizes.UNKNOWN);
  }

  /** The CUDA device {@code ordinal}, and nothing else. */
  static RuntimeOptions cuda(int ordinal, int threads) {
    return new RuntimeOptions(true, ordinal, threads, null, InputSizes.UNKNOWN);
  }

  /**
   * The CUDA device {@code ordinal} for as long as sessions can be made on it, then the CPU.
   *
   * @param warnings told why the CPU is used
   */
  static RuntimeOptions cudaOrCpu(int ordinal, int threads, Consumer<String> warnings) {
    return new RuntimeOptions(true, ordinal, threads, warnings, InputSizes.UNKNOWN);
  }

  /** The same for the inputs of one model, whose open sizes are known. */
  public RuntimeOptions with(InputSizes known) {
    return new RuntimeOptions(cuda, ordinal, threads, warnings, known);
  }

  InputSizes sizes() {
    return sizes;
  }

  /**
   * The same, but products of unsigned and signed bytes are exact: on processors without an
   * instruction for them, ONNX Runtime otherwise adds up pairs of products in 16 bits, where they
   * can overflow. Which pairs there are changes when channels go.
   */
  public RuntimeOptions withExactIntegers() {
    RuntimeOptions exact = new RuntimeOptions(cuda, ordinal, threads, warnings, sizes);
    exact.exactIntegers = true;
    return exact;
  }

  /** The device as reports name it. */
  public String deviceName() {
    return cuda ? "cuda:" + ordinal : "cpu";
  }

  /** Whether models run on the CPU. */
  public boolean isCpu() {
    return !cuda;
  }

  /** CPU threads within an operator. */
  public int threadCount() {
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }

  /** Something that is made with session options. */
  @FunctionalInterface
  interface Attempt<T> {
    T with(OrtSession.SessionOptions options) throws OrtException;
  }

  /**
   * Makes something, on the CPU where it cannot be made on CUDA and CUDA was not demanded.
   *
   * @throws OrtException when it cannot be made
   */
  <T> T attempt(Attempt<T> attempt) throws OrtException {
    if (!cuda) {
      return once(attempt);
    }
    try {
      return once(attempt);
    } catch (OrtException e) {
      if (warnings == null) {
        throw e;
      }
      warnings.accept(
          "CUDA is not used any further, the CPU is: " + Devices.firstLine(e.getMessage()));
      cuda = false;
      return once(attempt);
    }
  }

  private <T> T once(Attempt<T> attempt) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      if (threads > 0) {
        options.setIntraOpNumThreads(threads);
      }
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      if (exactIntegers) {
        options.addConfigEntry("session.x64quantprecision", "1");
      }
      if (cuda) {
        addCuda(options);
      }
      return attempt.with(options);
    }
  }

  private void addCuda(OrtSession.SessionOptions options) throws OrtException {
    try (OrtCUDAProviderOptions provider = new OrtCUDAProviderOptions(ordinal)) {
      for (Map.Entry<String, String> option : CUDA_OPTIONS.entrySet()) {
        provider.add(option.getKey(), option.getValue());
      }
      options.addCUDA(provider);
    }
  }
}
