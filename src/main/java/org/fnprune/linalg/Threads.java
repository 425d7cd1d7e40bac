package org.fnprune.linalg;

import java.util.function.Supplier;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** How many threads the native libraries of this package use, in the whole process. */
public final class Threads {

  private static int wanted;
  private static int singles;

  static {
    // ND4J sets OpenBLAS to all processors when its BLAS is first asked for: let it do so now.
    Nd4j.factory().blas();
    Loader.load(openblas.class);
    wanted = openblas_nolapack.blas_get_num_threads();
  }

  private Threads() {}

  /**
   * Sets the threads of OpenBLAS and of ND4J's own loops.
   *
   * @param count threads; 0 takes all processors
   * @throws IllegalArgumentException when negative
   */
  public static synchronized void set(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("cannot use " + count + " threads");
    }
    wanted = count == 0 ? Runtime.getRuntime().availableProcessors() : count;
    if (singles == 0) {
      apply(wanted);
    }
  }

  /** The threads that were set. */
  public static synchronized int get() {
    return wanted;
  }

  /**
   * What {@code work} returns when every native call has one thread: for many small problems, where
   * waking, and on a busy machine waiting for, other threads costs more than they do. {@code work}
   * may use Java threads of its own, and may call this again.
   */
  public static <T> T single(Supplier<T> work) {
    enter();
    try {
      return work.get();
    } finally {
      leave();
    }
  }

  private static synchronized void enter() {
    if (singles++ == 0) {
      apply(1);
    }
  }

  private static synchronized void leave() {
    if (--singles == 0) {
      apply(wanted);
    }
  }

  private static void apply(int threads) {
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    openblas_nolapack.blas_set_num_threads(threads);
  }

  /** OpenBLAS's own account. */
  static int inEffect() {
    return openblas_nolapack.blas_get_num_threads();
  }
}
