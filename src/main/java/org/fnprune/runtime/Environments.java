package org.fnprune.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;

/** The one environment that ONNX Runtime has in a process. */
final class Environments {

  private Environments() {}

  /**
   * The environment, with telemetry off and its logger in place. Providers that fail before it
   * exists cannot say why.
   */
  static OrtEnvironment get() {
    Telemetry.disable();
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "fnprune");
  }
}
