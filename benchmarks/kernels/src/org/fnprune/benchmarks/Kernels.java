package org.fnprune.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Npy;
import org.fnprune.linalg.SymmetricEigen;
import org.fnprune.linalg.Threads;
import org.fnprune.network.FastIca;
import org.fnprune.recipe.Networks.Algorithm;
import org.fnprune.recipe.Networks.Nonlinearity;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The kernels on the arrays that {@code compare.py} wrote: white.npy (k × samples), start.npy (k ×
 * k), correlation.npy (n × n) in the folder {@code -Darrays}, on {@code -Dthreads} threads.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class Kernels {

  /** As many steps as {@code compare.py} asks of scikit-learn. */
  private static final int STEPS = 20;

  private static Matrix array(String name) {
    Threads.set(Integer.getInteger("threads", 2));
    try {
      return Npy.read(Path.of(System.getProperty("arrays"), name + ".npy"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** White signals, a start, a contrast. */
  @State(Scope.Benchmark)
  public static class Signals {
    @Param({"LOGCOSH", "EXP", "CUBE"})
    public Nonlinearity contrast;

    private Matrix white;
    private Matrix start;

    @Setup
    public void read() {
      white = array("white");
      start = array("start");
    }
  }

  /** A correlation matrix. */
  @State(Scope.Benchmark)
  public static class Correlation {
    private Matrix matrix;
    private int k;

    @Setup
    public void read() {
      matrix = array("correlation");
      k = array("start").rows();
    }
  }

  /** One step of parallel FastICA. */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public FastIca.Result fastIca(Signals signals) {
    return FastIca.run(
        signals.white,
        signals.start,
        new FastIca.Settings(Algorithm.PARALLEL, signals.contrast, Double.MIN_VALUE, STEPS));
  }

  /** The k largest eigenpairs. */
  @Benchmark
  public SymmetricEigen topEigenpairs(Correlation correlation) {
    return SymmetricEigen.top(correlation.matrix, correlation.k);
  }
}
