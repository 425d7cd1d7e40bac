package org.fnprune.network;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import java.util.List;
import java.util.Optional;
import org.fnprune.linalg.Matrix;

/**
 * The functional networks of one unit.
 *
 * @param maps k × d: one network a row, z-scored over neurons, each with its peak positive
 * @param features k × 2d, when two signals were decomposed side by side: the maps over both, of
 *     which {@code maps} takes, neuron by neuron, the half of larger |z|
 * @param components how many were asked for, and why
 * @param summaries what each decomposition says of itself: one, or one per group where the groups
 *     are decomposed separately; their networks follow each other in {@code maps}
 * @param reproducibility of each direction that groups share, σ²/G in 0 … 1 and descending; empty
 *     without stacked groups
 */
public record NetworkMaps(
    Matrix maps,
    Optional<Matrix> features,
    ComponentCount components,
    ImmutableList<Summary> summaries,
    ImmutableDoubleArray reproducibility) {

  /**
   * What a decomposition says of itself.
   *
   * @param networks k, how many it found
   * @param iterations FastICA's, of the run that was kept; of centrotypes the most of all runs
   * @param converged whether the kept run, of centrotypes every run, reached the tolerance
   * @param restarts runs made
   * @param seed of the kept run's start; of centrotypes the seed that all starts come from
   * @param stability Iq of each network ({@link Icasso}); unknown after one run
   * @param nonGaussianity negentropy of each network's component ({@link NonNormality#negentropy})
   */
  public record Summary(
      int networks,
      int iterations,
      boolean converged,
      int restarts,
      long seed,
      Optional<ImmutableDoubleArray> stability,
      ImmutableDoubleArray nonGaussianity) {}

  public NetworkMaps {
    int networks = summaries.stream().mapToInt(Summary::networks).sum();
    if (summaries.isEmpty() || networks != maps.rows()) {
      throw new IllegalArgumentException(
          maps + " of " + summaries.size() + " decompositions into " + networks);
    }
  }

  /**
   * Networks of one unit.
   *
   * @param width of the decomposed signals
   * @param sideBySide whether these are two signals of each neuron, side by side
   * @param found the decompositions, of each group or of all
   */
  static NetworkMaps of(
      int width,
      boolean sideBySide,
      ComponentCount components,
      List<Separated> found,
      ImmutableDoubleArray reproducibility) {
    Matrix maps = NeuronMaps.stacked(found.stream().map(Separated::maps).toList(), width);
    return new NetworkMaps(
        sideBySide ? NeuronMaps.folded(maps) : maps,
        sideBySide ? Optional.of(maps) : Optional.empty(),
        components,
        found.stream().map(Separated::summary).collect(ImmutableList.toImmutableList()),
        reproducibility);
  }

  /** k, the number of networks. */
  public int networks() {
    return maps.rows();
  }

  /** d, the number of neurons. */
  public int width() {
    return maps.cols();
  }

  /** Networks asked for; more than {@link #networks()} when the rank was lower. */
  public int requested() {
    return components.count() * summaries.size();
  }

  /** The most of all summaries. */
  public int iterations() {
    return summaries.stream().mapToInt(Summary::iterations).max().orElse(0);
  }

  /** Whether all decompositions did. */
  public boolean converged() {
    return summaries.stream().allMatch(Summary::converged);
  }

  /** Runs made of each decomposition. */
  public int restarts() {
    return summaries.get(0).restarts();
  }

  /** The seed of the first decomposition. */
  public long seed() {
    return summaries.get(0).seed();
  }

  /** Iq of each network; unknown after one run. */
  public Optional<ImmutableDoubleArray> stability() {
    if (summaries.stream().anyMatch(d -> d.stability().isEmpty())) {
      return Optional.empty();
    }
    ImmutableDoubleArray.Builder all = ImmutableDoubleArray.builder();
    summaries.forEach(d -> all.addAll(d.stability().orElseThrow()));
    return Optional.of(all.build());
  }

  /** Negentropy of each network's component. */
  public ImmutableDoubleArray nonGaussianity() {
    ImmutableDoubleArray.Builder all = ImmutableDoubleArray.builder();
    summaries.forEach(d -> all.addAll(d.nonGaussianity()));
    return all.build();
  }

  /** What a user should know about the decomposition; empty when all went well. */
  public ImmutableList<String> complaints() {
    ImmutableList.Builder<String> complaints = ImmutableList.builder();
    if (!converged()) {
      complaints.add(
          "ICA did not converge in "
              + iterations()
              + " iterations; try another number of components or nonlinearity");
    }
    if (networks() < requested()) {
      complaints.add(
          "only "
              + networks()
              + " of "
              + requested()
              + " components: the activations' rank is lower ("
              + components.tokens()
              + " tokens)");
    }
    if (networks() > 0 && stability().isEmpty()) {
      complaints.add("the networks' stability is unknown: it takes two restarts or more");
    }
    if (components.estimate().isPresent() && 2 * components.count() > width()) {
      complaints.add(
          "the estimate, "
              + components.count()
              + " components of "
              + width()
              + " neurons, reduces little: the eigenvalues have no floor of equal noise, as real"
              + " activations rarely do; give a number");
    }
    if (components.assumesIndependence()) {
      complaints.add(
          "the number of components was estimated as if all tokens were independent, which"
              + " overestimates it");
    }
    return complaints.build();
  }
}
