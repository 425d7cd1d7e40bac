package org.fnprune.linalg;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.DoublePointer;

/**
 * Sums over samples x of g(W x) xᵀ and of g′(W x): a step of FastICA in one walk over the data.
 *
 * <p>The samples are cut into slices that stay in the processor's cache between the two products,
 * and the slices into at most {@value #MOST_PARTS} parts, whose sums are added in their order. The
 * cuts do not depend on the number of threads, so neither does any bit of the result.
 *
 * @param products Σ g(W x) xᵀ, p × k
 * @param slopes Σ g′(w x) of each of the p rows w
 */
public record SampleSums(Matrix products, ImmutableDoubleArray slopes) {

  private static final int SLICE = 256;
  private static final int MOST_PARTS = 64;

  /** A function g applied element by element. */
  @FunctionalInterface
  public interface Contrast {
    /** Replaces u by g(u) from {@code from} to before {@code to}, and returns the sum of g′(u). */
    double apply(double[] values, int from, int to);
  }

  /**
   * Sums over all samples, with one native thread in each of {@link Threads#get()} Java threads.
   *
   * @param unmixing W, p × k
   * @param signals k × samples
   * @throws IllegalArgumentException when the shapes do not fit or there are no samples
   */
  public static SampleSums of(Matrix unmixing, Matrix signals, Contrast contrast) {
    if (unmixing.cols() != signals.rows()) {
      throw new IllegalArgumentException("cannot unmix " + signals + " by " + unmixing);
    }
    int slices = -Math.floorDiv(-signals.cols(), SLICE);
    int parts = Math.min(slices, MOST_PARTS);
    List<SampleSums> sums =
        Threads.single(
            () ->
                Parallel.map(
                    Threads.get(),
                    IntStream.range(0, parts).boxed().toList(),
                    part -> {
                      int from = (int) ((long) slices * part / parts) * SLICE;
                      int to = (int) ((long) slices * (part + 1) / parts) * SLICE;
                      return part(unmixing, signals, contrast, from, Math.min(to, signals.cols()));
                    }));
    return sums.stream()
        .reduce(SampleSums::plus)
        .orElseThrow(() -> new IllegalArgumentException(signals + " have no samples"));
  }

  private SampleSums plus(SampleSums other) {
    double[] sum = slopes.toArray();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other.slopes.get(i);
    }
    return new SampleSums(products.plus(other.products), ImmutableDoubleArray.copyOf(sum));
  }

  private static SampleSums part(
      Matrix unmixing, Matrix signals, Contrast contrast, int start, int end) {
    int p = unmixing.rows();
    int k = unmixing.cols();
    double[] row = new double[SLICE];
    double[] slopes = new double[p];
    double[] sums = new double[p * k];
    try (DoublePointer w = new DoublePointer(unmixing.values());
        DoublePointer x = new DoublePointer((long) k * SLICE);
        DoublePointer y = new DoublePointer((long) p * SLICE);
        DoublePointer products = new DoublePointer(sums)) {
      for (int from = start; from < end; from += SLICE) {
        int n = Math.min(SLICE, end - from);
        for (int i = 0; i < k; i++) {
          x.position((long) i * n).put(signals.values(), i * signals.cols() + from, n);
        }
        x.position(0);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, p, n, k, 1, w, k, x, n, 0, y, n);
        for (int i = 0; i < p; i++) {
          y.position((long) i * n).get(row, 0, n);
          slopes[i] += contrast.apply(row, 0, n);
          y.put(row, 0, n);
        }
        y.position(0);
        cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, p, k, n, 1, y, n, x, n, 1, products, k);
      }
      products.get(sums);
    }
    return new SampleSums(Matrix.wrap(p, k, sums), ImmutableDoubleArray.copyOf(slopes));
  }
}
