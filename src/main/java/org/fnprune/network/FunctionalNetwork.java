package org.fnprune.network;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.stream.IntStream;
import org.fnprune.linalg.Matrix;

/**
 * One functional network of a unit with its key neurons.
 *
 * @param index its row in {@link NetworkMaps#maps()}
 * @param cut where its support ends
 * @param support its key neurons, ascending
 * @param peakNeuron the neuron of largest |z|
 * @param peak that neuron's z
 */
public record FunctionalNetwork(
    int index, Thresholds.Cut cut, ImmutableIntArray support, int peakNeuron, double peak) {

  /** All networks of {@code maps} with their key neurons. */
  public static ImmutableList<FunctionalNetwork> of(NetworkMaps maps, Thresholds thresholds) {
    ImmutableList<Thresholds.Cut> cuts = thresholds.of(maps.maps());
    return IntStream.range(0, maps.networks())
        .mapToObj(i -> of(maps.maps(), i, cuts.get(i)))
        .collect(ImmutableList.toImmutableList());
  }

  private static FunctionalNetwork of(Matrix maps, int index, Thresholds.Cut cut) {
    double[] z = maps.row(index);
    ImmutableIntArray support =
        ImmutableIntArray.copyOf(IntStream.range(0, z.length).filter(j -> cut.admits(z[j])));
    int peak = peak(z);
    return new FunctionalNetwork(index, cut, support, peak, z[peak]);
  }

  /** Where |z| is largest; the first of equals. */
  static int peak(double[] z) {
    int peak = 0;
    for (int j = 1; j < z.length; j++) {
      if (Math.abs(z[j]) > Math.abs(z[peak])) {
        peak = j;
      }
    }
    return peak;
  }
}
