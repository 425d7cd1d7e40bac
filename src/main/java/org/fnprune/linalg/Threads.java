package org.fnprune.linalg;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** How many threads the native libraries of this package use. */
public final class Threads {

  private Threads() {}

  /**
   * Sets the threads of OpenBLAS and of ND4J's own loops, for the whole process.
   *
   * @param count threads; 0 takes all processors
   * @throws IllegalArgumentException when negative
   */
  public static void set(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("cannot use " + count + " threads");
    }
    int threads = count == 0 ? Runtime.getRuntime().availableProcessors() : count;
    Loader.load(openblas.class);
    openblas_nolapack.blas_set_num_threads(threads);
    // NativeOpsHolder alone does not find a backend: Nd4j must have loaded one before.
    Nd4j.getExecutioner();
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
  }

  /** OpenBLAS's threads. */
  public static int get() {
    Loader.load(openblas.class);
    return openblas_nolapack.blas_get_num_threads();
  }
}
