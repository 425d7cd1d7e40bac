package org.fnprune.network;

import java.util.Optional;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.Networks;

/**
 * Spatial ICA: networks whose maps over neurons are independent (arXiv 2508.05239; nilearn's
 * CanICA).
 *
 * <ol>
 *   <li>the top k principal axes, of one group or shared by several, are k signals over neurons
 *   <li>centre and whiten them
 *   <li>FastICA from several starts ({@link Restarts})
 *   <li>z-score each map over neurons and turn its peak positive; neurons that never vary get 0
 * </ol>
 */
final class SpatialIca {

  private SpatialIca() {}

  /**
   * Finds networks. No neuron that varies, no networks: the maps are then 0 × d.
   *
   * @param start k × d maps to start from, in place of the seeded restarts
   * @param seed of all starts
   * @throws UsageException when {@code start} has not as many maps as there are directions
   */
  static Separated decompose(
      SharedDirections directions, Networks.Ica options, Optional<Matrix> start, long seed) {
    Matrix white = Whitening.whitened(Whitening.centred(directions.vectors().transposed()));
    if (white.rows() == 0) {
      return Separated.none(directions.width(), options, seed);
    }
    Restarts.Kept kept =
        start.isEmpty()
            ? Restarts.run(white, options, seed)
            : Restarts.from(
                white,
                initial(start.get().selectCols(directions.live().toArray()), white),
                options,
                seed);
    Matrix maps = kept.unmixing().times(white);
    return new Separated(
        NeuronMaps.spread(NeuronMaps.standardised(maps), directions.live(), directions.width()),
        Separated.signed(kept.unmixing(), NeuronMaps.signs(maps)),
        kept.summary());
  }

  /** W₀ = S₀ Xᵀ / samples: the unmixing whose components are nearest to S₀. */
  static Matrix initial(Matrix components, Matrix white) {
    if (components.rows() != white.rows()) {
      throw new UsageException(
          "the start has "
              + components.rows()
              + " components, but "
              + white.rows()
              + " are to be found",
          "give one initial component for each; the signals' rank may allow fewer than asked for");
    }
    return components.timesTransposed(white).scaled(1.0 / white.cols());
  }
}
