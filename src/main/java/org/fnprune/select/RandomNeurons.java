package org.fnprune.select;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.fnprune.structure.Neurons;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;

/** Neurons drawn without replacement, by seed: what any other choice must be compared with. */
public final class RandomNeurons {

  private RandomNeurons() {}

  /**
   * As many of every unit as another choice has there.
   *
   * @param seed the same seed and numbers give the same neurons
   */
  public static Neurons asMany(Structure structure, Neurons other, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ImmutableMap.Builder<String, ImmutableIntArray> drawn = ImmutableMap.builder();
    for (PrunableUnit unit : structure.units()) {
      int count = other.of(unit.id()).length();
      drawn.put(unit.id(), ImmutableIntArray.copyOf(draw(random.split(), unit.positions(), count)));
    }
    return new Neurons(drawn.buildOrThrow());
  }

  /** So many of all units' neurons, wherever they are. */
  public static Neurons ofAll(Structure structure, int count, long seed) {
    int[] all = draw(new SplittableRandom(seed), Neurons.countOf(structure), count);
    ImmutableMap.Builder<String, ImmutableIntArray> drawn = ImmutableMap.builder();
    int start = 0;
    for (PrunableUnit unit : structure.units()) {
      int from = start;
      int to = from + unit.positions();
      drawn.put(
          unit.id(),
          ImmutableIntArray.copyOf(
              Arrays.stream(all).filter(i -> i >= from && i < to).map(i -> i - from)));
      start = to;
    }
    return new Neurons(drawn.buildOrThrow());
  }

  /** {@code count} of 0 … n − 1, ascending: the first steps of a Fisher–Yates shuffle. */
  private static int[] draw(SplittableRandom random, int n, int count) {
    int[] all = IntStream.range(0, n).toArray();
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i, n);
      int swapped = all[i];
      all[i] = all[other];
      all[other] = swapped;
    }
    int[] drawn = Arrays.copyOf(all, count);
    Arrays.sort(drawn);
    return drawn;
  }
}
