package org.fnprune.select;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableDoubleArray;
import org.fnprune.capture.MomentsStore;
import org.fnprune.network.NetworkMaps;

/**
 * What is known of a model's units when channels are chosen.
 *
 * @param moments by unit id, read one unit at a time; empty when nothing was captured
 * @param networks by unit id; empty when none were computed
 * @param metrics how much the loss minds each unit's errors, by unit id; empty when not measured
 * @param lesions what the loss rises by without each of a unit's networks, by unit id; empty when
 *     not measured
 */
public record Findings(
    MomentsStore moments,
    ImmutableMap<String, NetworkMaps> networks,
    ImmutableMap<String, OutputMetric> metrics,
    ImmutableMap<String, ImmutableDoubleArray> lesions) {

  /** Moments and networks. */
  public static Findings of(MomentsStore moments, ImmutableMap<String, NetworkMaps> networks) {
    return new Findings(moments, networks, ImmutableMap.of(), ImmutableMap.of());
  }

  /** The same with other moments. */
  Findings withMoments(MomentsStore others) {
    return new Findings(others, networks, metrics, lesions);
  }

  /** The same with metrics. */
  public Findings withMetrics(ImmutableMap<String, OutputMetric> measured) {
    return new Findings(moments, networks, measured, lesions);
  }

  /** The same with lesions. */
  public Findings withLesions(ImmutableMap<String, ImmutableDoubleArray> measured) {
    return new Findings(moments, networks, metrics, measured);
  }
}
