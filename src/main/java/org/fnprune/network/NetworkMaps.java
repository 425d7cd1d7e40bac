package org.fnprune.network;

import com.google.common.collect.ImmutableList;
import org.fnprune.linalg.Matrix;

/**
 * The functional networks of one unit.
 *
 * @param maps k × d: one network a row, z-scored over neurons, each with its peak positive
 * @param iterations FastICA iterations of the kept run
 * @param converged whether the kept run reached the tolerance
 * @param restarts runs made; of those that converged, the sparsest (smallest maximal L1 norm) was
 *     kept
 * @param seed the seed of the kept run's start
 * @param requested components asked for; more than {@code maps.rows()} when the rank was lower
 */
public record NetworkMaps(
    Matrix maps, int iterations, boolean converged, int restarts, long seed, int requested) {

  /** k, the number of networks. */
  public int networks() {
    return maps.rows();
  }

  /** d, the number of neurons. */
  public int width() {
    return maps.cols();
  }

  /** What a user should know about the decomposition; empty when all went well. */
  public ImmutableList<String> complaints() {
    ImmutableList.Builder<String> complaints = ImmutableList.builder();
    if (!converged) {
      complaints.add(
          "ICA did not converge in "
              + iterations
              + " iterations; try another number of components or nonlinearity");
    }
    if (networks() < requested) {
      complaints.add(
          "only "
              + networks()
              + " of "
              + requested
              + " components: the activations' rank is lower");
    }
    return complaints.build();
  }
}
