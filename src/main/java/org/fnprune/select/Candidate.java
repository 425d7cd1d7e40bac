package org.fnprune.select;

import com.google.common.primitives.ImmutableDoubleArray;
import org.fnprune.capture.Captured;
import org.fnprune.linalg.Matrix;
import org.fnprune.network.NetworkMaps;
import org.fnprune.structure.ChannelWeights;
import org.jspecify.annotations.Nullable;

/**
 * A prunable unit as a selector sees it.
 *
 * @param id the unit's name in the plan
 * @param layer the layer number, −1 when unknown
 * @param weights W, d × m: row j is what position j of the activation writes; projections side by
 *     side if there are several
 * @param unitSize consecutive positions of each channel: 1 for neurons, more for heads
 * @param parametersPerChannel parameters that go with one channel
 * @param moments of the activation that enters the projection; null when nothing was captured
 * @param networks the unit's functional networks; null when none were computed
 * @param metric how much the loss minds errors of what the channels write; null when all errors
 *     count alike
 * @param lesions what the loss rises by without each network; null when that was not measured
 */
public record Candidate(
    String id,
    int layer,
    ChannelWeights weights,
    int unitSize,
    long parametersPerChannel,
    @Nullable Captured moments,
    @Nullable NetworkMaps networks,
    @Nullable OutputMetric metric,
    @Nullable ImmutableDoubleArray lesions) {

  public Candidate {
    if (unitSize < 1 || weights.rows() % unitSize != 0) {
      throw new IllegalArgumentException(
          id + ": " + weights.rows() + " positions in channels of " + unitSize);
    }
    if (moments != null && moments.width() != weights.rows()) {
      throw new IllegalArgumentException(
          id + ": moments of " + moments.width() + " positions, weight of " + weights.rows());
    }
    if (networks != null && networks.width() != weights.rows()) {
      throw new IllegalArgumentException(
          id + ": networks over " + networks.width() + " positions, weight of " + weights.rows());
    }
  }

  /** A candidate whose weights are in memory. */
  Candidate(
      String id,
      int layer,
      Matrix consumer,
      int unitSize,
      long parametersPerChannel,
      @Nullable Captured moments,
      @Nullable NetworkMaps networks) {
    this(
        id,
        layer,
        ChannelWeights.of(consumer),
        unitSize,
        parametersPerChannel,
        moments,
        networks,
        null,
        null);
  }

  /** W in memory. */
  Matrix consumer() {
    return weights.matrix();
  }

  /** W · root of the metric, d × r: what the loss minds of W. */
  Matrix pricedConsumer() {
    return metric == null ? consumer() : consumer().times(metric.root());
  }

  /** The number of channels. */
  public int width() {
    return weights.rows() / unitSize;
  }

  /** The channel that a position of the activation belongs to. */
  int channel(int position) {
    return position / unitSize;
  }

  /**
   * A channel's score: the sum of its positions' scores.
   *
   * @param ofPositions d scores
   */
  double[] perChannel(double[] ofPositions) {
    double[] scores = new double[width()];
    for (int j = 0; j < ofPositions.length; j++) {
      scores[channel(j)] += ofPositions[j];
    }
    return scores;
  }

  /** The moments, for selectors that need them. */
  Captured requireMoments() {
    if (moments == null) {
      throw new IllegalStateException("no activations were captured for " + id);
    }
    return moments;
  }

  /** The networks, for selectors that need them. */
  NetworkMaps requireNetworks() {
    if (networks == null) {
      throw new IllegalStateException("no networks were computed for " + id);
    }
    return networks;
  }
}
