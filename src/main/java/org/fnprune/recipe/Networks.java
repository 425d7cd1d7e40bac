package org.fnprune.recipe;

/**
 * How functional networks are found.
 *
 * @param method whose independence is maximised: maps over neurons, or courses over tokens
 * @param signals what is decomposed; the key {@code source}
 * @param components how many networks
 * @param threshold where a network's support ends
 * @param groups how the calibration text falls into groups
 * @param grouping what is done with several groups
 * @param ica how FastICA iterates
 */
public record Networks(
    Method method,
    Signals signals,
    Components components,
    Threshold threshold,
    Groups groups,
    Grouping grouping,
    Ica ica) {

  /** The decompositions. */
  public enum Method {
    /** Independent maps over neurons (2508.05239; CanICA). */
    SPATIAL_ICA,
    /** Independent courses over tokens (2502.20408). */
    TEMPORAL_ICA
  }

  /** What a unit's neurons are. */
  public enum Signals {
    /** What enters the down projection. */
    ACTIVATION,
    /** The activation function's output and the up projection, side by side (2508.05239). */
    ACTIVATION_AND_UP,
    /** What the down projection writes (2502.20408). */
    FFN_OUT
  }

  /** How many networks. */
  public sealed interface Components {

    /**
     * A given number.
     *
     * @param count k; reduced, and said so, when a unit's rank is lower
     */
    record Fixed(int count) implements Components {}

    /** As many as the eigenvalues speak for. */
    record Estimated(Estimator by) implements Components {}
  }

  /** The estimators of the number of components. */
  public enum Estimator {
    /** Minka's Bayesian evidence of probabilistic PCA. */
    MINKA,
    /** The penalised semi-integrated likelihood of Sobczyk, Bogdan and Josse. */
    PESEL
  }

  /** Where a network's support ends. */
  public sealed interface Threshold {

    /** The τ at which the union of supports has the size that the budget keeps. */
    record Budget() implements Threshold {}

    /** |z| above a given number. */
    record Z(double z) implements Threshold {}

    /** nilearn's rule: on average each neuron is in this many supports. */
    record Ratio(double ratio) implements Threshold {}

    /** At most this expected share of false members (Benjamini and Hochberg). */
    record Fdr(double rate) implements Threshold {}
  }

  /** How the calibration text falls into groups. */
  public sealed interface Groups {

    /** This many shards of texts; 1 is no grouping. */
    record Shards(int count) implements Groups {}

    /** One group per calibration dataset. */
    record Datasets() implements Groups {}

    /** One group per value of a field of the dataset. */
    record Field(String name) implements Groups {}
  }

  /** What is done with several groups. */
  public enum Grouping {
    /** Their subspaces are stacked: one decomposition of what they share. */
    STACKED,
    /** Each is decomposed; all their networks count. */
    SEPARATE
  }

  /**
   * How FastICA iterates.
   *
   * @param restarts seeded starts
   * @param tolerance a run has converged when no component turns by more
   * @param maxIterations give up after this many
   * @param keep which of the restarts' results
   */
  public record Ica(
      Algorithm algorithm,
      Nonlinearity nonlinearity,
      int restarts,
      double tolerance,
      int maxIterations,
      Keep keep) {

    /** Parallel, {@code cube}, 10 restarts, tolerance 1e-4, at most 200 iterations, sparsest. */
    public static final Ica DEFAULT =
        new Ica(Algorithm.PARALLEL, Nonlinearity.CUBE, 10, 1e-4, 200, Keep.SPARSEST);
  }

  /** FastICA's algorithms. */
  public enum Algorithm {
    /** All components at once. */
    PARALLEL,
    /** One component after the other. */
    DEFLATION
  }

  /** The contrast functions of FastICA. */
  public enum Nonlinearity {
    LOGCOSH,
    EXP,
    CUBE
  }

  /** Which result of several restarts is kept. */
  public enum Keep {
    /** The converged run of smallest maximal L1 norm (CanICA). */
    SPARSEST,
    /** The centrotypes of the clusters over all restarts (ICASSO). */
    CENTROTYPES
  }

  /** Spatial ICA of the activation into {@code components} networks, all else as usual. */
  public static Networks of(int components) {
    return new Networks(
        Method.SPATIAL_ICA,
        Signals.ACTIVATION,
        new Components.Fixed(components),
        new Threshold.Budget(),
        new Groups.Shards(1),
        Grouping.STACKED,
        Ica.DEFAULT);
  }

  /** The same with another number of networks. */
  public Networks with(Components other) {
    return new Networks(method, signals, other, threshold, groups, grouping, ica);
  }

  /** The same with other iterations. */
  public Networks with(Ica other) {
    return new Networks(method, signals, components, threshold, groups, grouping, other);
  }
}
