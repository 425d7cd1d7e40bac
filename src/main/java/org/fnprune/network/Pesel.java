package org.fnprune.network;

import java.util.Arrays;

/**
 * The penalised semi-integrated likelihood of PCA with k components of unequal strength (Sobczyk,
 * Bogdan and Josse 2017, "Bayesian dimensionality reduction with PCA using penalized
 * semi-integrated likelihood", heterogeneous variant). Of D eigenvalues λ of the covariance over S
 * samples, with v the mean of the last D − k:
 *
 * <pre>
 * −S/2 [Σ_{j≤k} ln λ_j + (D − k) ln v + D ln 2π + D] − ln S / 2 · [Dk − k(k + 1)/2 + k + D + 1]
 * </pre>
 *
 * <p>The bracket counts free parameters: directions, their variances, means and the noise. With
 * more tokens than neurons (their PESEL_n, n → ∞ at fixed p), D = p and S = n. With more neurons
 * than tokens (PESEL_p, p → ∞ at fixed n), neurons are the samples: D = n, S = p, and the
 * eigenvalues of XXᵀ/p are those of XᵀX/n times n/p; what lies beyond the n-th goes into v. An
 * effective n is below the rank, so v may then exceed λ_k: noise above a component is no model, and
 * the curve ends before such a k.
 */
final class Pesel {

  private Pesel() {}

  /** The criterion for k = 1 … min(n, p) − 1 at most. */
  static double[] evidence(Spectrum spectrum, double samples) {
    int neurons = spectrum.size();
    return samples >= neurons
        ? evidence(spectrum, neurons, samples, 1)
        : evidence(spectrum, (int) samples, neurons, samples / neurons);
  }

  private static double[] evidence(Spectrum spectrum, int dimension, double samples, double scale) {
    double[] evidence = new double[Math.max(0, dimension - 1)];
    double[] tails = spectrum.tails();
    double logs = 0;
    for (int k = 1; k < dimension; k++) {
      logs += Math.log(scale * spectrum.get(k - 1));
      double noise = scale * tails[k] / (dimension - k);
      if (noise > scale * spectrum.get(k - 1)) {
        return Arrays.copyOf(evidence, k - 1);
      }
      double fit =
          logs + (dimension - k) * Math.log(noise) + dimension * (Math.log(2 * Math.PI) + 1);
      double parameters = (double) dimension * k - k * (k + 1) / 2.0 + k + dimension + 1;
      evidence[k - 1] = -samples / 2 * fit - Math.log(samples) / 2 * parameters;
    }
    return evidence;
  }
}
