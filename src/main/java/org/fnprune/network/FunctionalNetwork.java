package org.fnprune.network;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.linalg.Matrix;

/**
 * One functional network of a unit, for reports.
 *
 * @param index its row in {@link NetworkMaps#maps()}
 * @param support its key neurons, |z| above the threshold, ascending
 * @param peakNeuron the neuron of largest |z|
 * @param peak that neuron's z
 */
public record FunctionalNetwork(int index, ImmutableIntArray support, int peakNeuron, double peak) {

  /** All networks of {@code maps} with their key neurons at {@code threshold}. */
  public static List<FunctionalNetwork> of(NetworkMaps maps, double threshold) {
    return IntStream.range(0, maps.networks())
        .mapToObj(i -> of(maps.maps(), i, threshold))
        .toList();
  }

  private static FunctionalNetwork of(Matrix maps, int index, double threshold) {
    double[] z = maps.row(index);
    ImmutableIntArray support =
        ImmutableIntArray.copyOf(
            IntStream.range(0, z.length).filter(j -> Math.abs(z[j]) > threshold));
    int peak = peak(z);
    return new FunctionalNetwork(index, support, peak, z[peak]);
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
