package org.fnprune.report;

import static org.fnprune.report.StoredJson.orEmpty;

import com.google.common.collect.ImmutableList;
import com.google.gson.annotations.SerializedName;
import org.jspecify.annotations.Nullable;

/**
 * What a decomposition says of itself in {@code report.json} and {@code networks.json}.
 *
 * @param unit its id
 * @param threshold |z| that ends all supports; null where each has its own end
 * @param thresholds of each network
 * @param sizes of the supports
 * @param stability Iq of each network; null after one restart
 */
public record StoredNetworks(
    @SerializedName(value = "unit", alternate = "id") String unit,
    String method,
    int networks,
    int requested,
    int iterations,
    boolean converged,
    int restarts,
    long seed,
    @Nullable Double threshold,
    ImmutableList<Cut> thresholds,
    ImmutableList<Integer> sizes,
    @Nullable ImmutableList<Double> stability,
    ImmutableList<Double> nonGaussianity,
    Components components) {

  /** A support is where |z − centre| &gt; τ; empty where τ is null. */
  public record Cut(double centre, @Nullable Double tau) {

    boolean admits(double z) {
      return tau != null && Math.abs(z - centre) > tau;
    }
  }

  /** How many were asked for, and what said so. */
  public record Components(String method, int n, long tokens, @Nullable Double effectiveSamples) {}

  public StoredNetworks {
    thresholds = orEmpty(thresholds);
    sizes = orEmpty(sizes);
    nonGaussianity = orEmpty(nonGaussianity);
  }

  /** Iq of a network; null where it is unknown. */
  @Nullable Double stability(int network) {
    return stability == null || network >= stability.size() ? null : stability.get(network);
  }
}
