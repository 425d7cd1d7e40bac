package org.fnprune.runtime;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;

/**
 * Turns off the telemetry client inside ONNX Runtime 1.29's native library. It starts with the
 * environment, before {@code OrtEnvironment.setTelemetry} can be called, and only looks at an
 * environment variable, which therefore has to be set inside this process first.
 */
final class Telemetry {

  private static final String SWITCH = "ORT_DISABLE_TELEMETRY";

  private static boolean disabled = false;

  private Telemetry() {}

  /** Sets the switch once; must come before the first call into ONNX Runtime. */
  static synchronized void disable() {
    if (disabled) {
      return;
    }
    if (Platform.isWindows()) {
      NativeLibrary.getInstance("msvcrt")
          .getFunction("_putenv_s")
          .invokeInt(new Object[] {SWITCH, "1"});
    } else {
      NativeLibrary.getInstance(Platform.C_LIBRARY_NAME)
          .getFunction("setenv")
          .invokeInt(new Object[] {SWITCH, "1", 1});
    }
    disabled = true;
  }
}
