package org.fnprune.network;

import com.google.common.primitives.ImmutableDoubleArray;
import org.fnprune.linalg.Matrix;

/**
 * Raw signals taken apart: signals ≈ mean + mixing · sources, exactly when k is their rank, and
 * sources = unmixing · (signals − mean).
 *
 * @param mean of every signal, 1 × n
 * @param whitening K, k × n: K (signals − mean) is white
 * @param unmixing W K, k × n
 * @param mixing the pseudo-inverse of {@code unmixing}, n × k
 * @param sources k × samples: the components, of zero mean and unit variance, each one's sample of
 *     largest magnitude positive
 * @param ica how FastICA went; its W has the rows' signs as found
 * @param negentropy (E log cosh y − E log cosh ν)² of each component y, ν standard normal
 * @param excessKurtosis E y⁴ − 3 of each component y
 * @param requested components asked for; {@link #found} are fewer where the rank was lower
 */
public record Decomposition(
    Matrix mean,
    Matrix whitening,
    Matrix unmixing,
    Matrix mixing,
    Matrix sources,
    FastIca.Result ica,
    ImmutableDoubleArray negentropy,
    ImmutableDoubleArray excessKurtosis,
    int requested) {

  /** k, the number of components. */
  public int found() {
    return sources.rows();
  }

  static Decomposition of(Whitening.Analytic whitening, FastIca.Result ica, int requested) {
    Matrix signed = signed(ica.unmixing(), whitening.white());
    Matrix sources = signed.times(whitening.white());
    return new Decomposition(
        whitening.mean(),
        whitening.whitening(),
        signed.times(whitening.whitening()),
        whitening.dewhitening().timesTransposed(signed),
        sources,
        ica,
        NonNormality.ofRows(sources, NonNormality::negentropy),
        NonNormality.ofRows(sources, NonNormality::excessKurtosis),
        requested);
  }

  /** W with the rows negated whose component is largest where it is negative. */
  private static Matrix signed(Matrix unmixing, Matrix white) {
    Matrix components = unmixing.times(white);
    double[] signs = new double[components.rows()];
    for (int i = 0; i < signs.length; i++) {
      double[] row = components.row(i);
      signs[i] = row[FunctionalNetwork.peak(row)] < 0 ? -1 : 1;
    }
    return Matrix.tabulate(
        unmixing.rows(), unmixing.cols(), (i, j) -> signs[i] * unmixing.get(i, j));
  }
}
