package org.fnprune.network;

import java.util.Optional;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.Networks;

/**
 * Temporal ICA: networks whose courses over tokens are independent (arXiv 2502.20408).
 *
 * <ol>
 *   <li>the signals are z-scored and projected on k principal axes, divided by the roots of the
 *       eigenvalues ({@link PrincipalAxes#whitening()}): white courses Y, without a look at them
 *   <li>FastICA over tokens from several starts ({@link Restarts})
 *   <li>row c of the mixing matrix, w_c Λ^(1/2) Uᵀ for an orthogonal W, holds the correlations of
 *       course c with every neuron: the map, z-scored over neurons, peak positive
 * </ol>
 *
 * Of several groups that are not decomposed separately the axes are those of all tokens pooled, and
 * the courses follow each other (temporal concatenation): analytic whitening is exact for the axes
 * of the very tokens that are projected, which the axes of stacked subspaces are not.
 */
final class TemporalIca {

  private TemporalIca() {}

  /**
   * Finds networks. No neuron that varies, no networks: the maps are then 0 × d.
   *
   * @param courses Y, T × k: the signals projected by {@link PrincipalAxes#whitening()}
   * @param start T × k courses to start from, in place of the seeded restarts
   * @param seed of all starts
   */
  static Separated decompose(
      PrincipalAxes axes, Matrix courses, Networks.Ica options, Optional<Matrix> start, long seed) {
    if (axes.components() == 0) {
      return Separated.none(axes.width(), options, seed);
    }
    Matrix white = courses.transposed();
    Restarts.Kept kept =
        start.isEmpty()
            ? Restarts.run(white, options, seed)
            : Restarts.from(
                white, SpatialIca.initial(start.get().transposed(), white), options, seed);
    Matrix correlations = correlations(axes, kept.unmixing());
    return new Separated(
        NeuronMaps.spread(NeuronMaps.standardised(correlations), axes.live(), axes.width()),
        Separated.signed(kept.unmixing(), NeuronMaps.signs(correlations)),
        kept.summary());
  }

  /** W Λ^(1/2) Uᵀ, k × live: the correlation of every course with every neuron. */
  static Matrix correlations(PrincipalAxes axes, Matrix unmixing) {
    Matrix scaled =
        Matrix.tabulate(
            unmixing.rows(),
            unmixing.cols(),
            (i, j) -> unmixing.get(i, j) * Math.sqrt(axes.values().get(j)));
    return scaled.timesTransposed(axes.vectors());
  }
}
