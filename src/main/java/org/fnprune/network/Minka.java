package org.fnprune.network;

import org.apache.commons.math3.special.Gamma;

/**
 * The Bayesian evidence of probabilistic PCA with k components, by Laplace's method (Minka 2000,
 * "Automatic choice of dimensionality for PCA"). Of p eigenvalues λ of the covariance of n samples,
 * with v the mean of the last p − k and m = pk − k(k + 1)/2:
 *
 * <pre>
 * ln p(D|k) ≈ ln p(U) − n/2 Σ_{j≤k} ln λ_j − n(p − k)/2 ln v + (m + k)/2 ln 2π − ½ ln|A| − k/2 ln n
 * ln p(U)   = −k ln 2 + Σ_{i≤k} [ln Γ((p − i + 1)/2) − (p − i + 1)/2 ln π]
 * ln |A|    = Σ_{i≤k} Σ_{i&lt;j≤p} [ln((1/μ_j − 1/μ_i)(λ_i − λ_j)) + ln n]
 * </pre>
 *
 * where μ_j = λ_j for j ≤ k and v for the others. Terms that do not depend on k are left out, as
 * scikit-learn does. All k together take O(p²), since ln|A| grows by one row from k to k + 1.
 */
final class Minka {

  /** Equal eigenvalues have no determinate directions; such a gap stands for none. */
  private static final double LEAST_GAP = 1e-12;

  private Minka() {}

  /** ln p(D|k) for k = 1 … p − 1. */
  static double[] evidence(Spectrum spectrum, double samples) {
    int p = spectrum.size();
    double[] evidence = new double[Math.max(0, p - 1)];
    double[] tails = spectrum.tails();
    double prior = 0;
    double logs = 0;
    double within = 0;
    double across = 0;
    for (int k = 1; k < p; k++) {
      double value = spectrum.get(k - 1);
      logs += Math.log(value);
      prior += -Math.log(2) + Gamma.logGamma((p - k + 1) / 2.0);
      prior -= (p - k + 1) / 2.0 * Math.log(Math.PI);
      for (int i = 0; i < k - 1; i++) {
        double gap = logGap(spectrum.get(i), value);
        within += 2 * gap - Math.log(spectrum.get(i)) - Math.log(value);
        across -= gap;
      }
      for (int j = k; j < p; j++) {
        across += logGap(value, spectrum.get(j));
      }
      double noise = tails[k] / (p - k);
      double pairs = (double) p * k - k * (k + 1) / 2.0;
      double curvature =
          within + across + (p - k) * logPrecisions(spectrum, k, noise) + pairs * Math.log(samples);
      evidence[k - 1] =
          prior
              - samples / 2 * (logs + (p - k) * Math.log(noise))
              + (pairs + k) / 2 * Math.log(2 * Math.PI)
              - curvature / 2
              - k / 2.0 * Math.log(samples);
    }
    return evidence;
  }

  /** Σ_{i≤k} ln(1/v − 1/λ_i). */
  private static double logPrecisions(Spectrum spectrum, int k, double noise) {
    double sum = 0;
    for (int i = 0; i < k; i++) {
      double value = spectrum.get(i);
      sum += logGap(value, noise) - Math.log(value) - Math.log(noise);
    }
    return sum;
  }

  private static double logGap(double larger, double smaller) {
    return Math.log(Math.max(larger - smaller, LEAST_GAP * larger));
  }
}
