package org.fnprune.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/**
 * How sessions run.
 *
 * @param cuda whether to use the CUDA provider
 * @param ordinal the CUDA device
 * @param threads CPU threads within an operator; 0 takes all processors
 */
public record RuntimeOptions(boolean cuda, int ordinal, int threads) {

  /** All processors, no GPU. */
  public static RuntimeOptions cpu(int threads) {
    return new RuntimeOptions(false, 0, threads);
  }

  /** The device as reports name it. */
  public String deviceName() {
    return cuda ? "cuda:" + ordinal : "cpu";
  }

  /** How many threads that is. */
  public int threadCount() {
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }

  OrtSession.SessionOptions toNative() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    if (threads > 0) {
      options.setIntraOpNumThreads(threads);
    }
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    if (cuda) {
      options.addCUDA(ordinal);
    }
    return options;
  }
}
