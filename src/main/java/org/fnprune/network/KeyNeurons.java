package org.fnprune.network;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Collection;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.fnprune.recipe.Networks;
import org.fnprune.structure.Neurons;

/**
 * The functional networks of all units of a model with their key neurons.
 *
 * @param networks by unit id
 */
public record KeyNeurons(ImmutableMap<String, ImmutableList<FunctionalNetwork>> networks) {

  /** Cut by the recipe's rule; without a rule at |z| > {@link Thresholds#USUAL}. */
  public static KeyNeurons of(Map<String, NetworkMaps> maps, Networks.Threshold threshold) {
    return cut(maps, Thresholds.of(threshold));
  }

  /**
   * Cut by the recipe's rule; without a rule at the one τ over all units for which the union of all
   * supports holds a share of all neurons.
   *
   * @param share of all units' neurons, in 0 … 1; the union holds no more
   */
  public static KeyNeurons ofShare(
      Map<String, NetworkMaps> maps, Networks.Threshold threshold, double share) {
    return threshold instanceof Networks.Threshold.Budget
        ? cut(maps, new Thresholds.Z(tau(maps.values(), share)))
        : of(maps, threshold);
  }

  private static KeyNeurons cut(Map<String, NetworkMaps> maps, Thresholds thresholds) {
    ImmutableMap.Builder<String, ImmutableList<FunctionalNetwork>> networks =
        ImmutableMap.builder();
    maps.forEach((unit, of) -> networks.put(unit, FunctionalNetwork.of(of, thresholds)));
    return new KeyNeurons(networks.buildOrThrow());
  }

  /**
   * Neuron j of any unit is in the union exactly when max_k |z_kj| > τ, so the (wanted + 1)-th
   * largest of these maxima is τ; of equal maxima none is taken where not all fit.
   */
  private static double tau(Collection<NetworkMaps> maps, double share) {
    double[] maxima =
        maps.stream()
            .flatMapToDouble(of -> DoubleStream.of(NeuronMaps.maxima(of.maps())))
            .sorted()
            .toArray();
    int last = maxima.length - 1 - (int) Math.floor(share * maxima.length);
    return last < 0 ? 0 : maxima[last];
  }

  /** The neurons that are in any network's support. */
  public Neurons union() {
    ImmutableMap.Builder<String, ImmutableIntArray> union = ImmutableMap.builder();
    networks.forEach((unit, each) -> union.put(unit, union(each)));
    return new Neurons(union.buildOrThrow());
  }

  private static ImmutableIntArray union(ImmutableCollection<FunctionalNetwork> networks) {
    return ImmutableIntArray.copyOf(
        networks.stream().flatMapToInt(n -> n.support().stream()).distinct().sorted());
  }
}
