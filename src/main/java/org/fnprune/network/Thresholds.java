package org.fnprune.network;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.Collections;
import org.apache.commons.math3.special.Erf;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.Networks;

/** Where the supports of a unit's networks end. */
public sealed interface Thresholds {

  /**
   * The end of one network's support: the neurons with |z − centre| above τ.
   *
   * @param centre 0 but for {@link Fdr}
   * @param tau τ; infinite for no support
   */
  record Cut(double centre, double tau) {

    /** Whether a neuron is in the support. */
    public boolean admits(double z) {
      return Math.abs(z - centre) > tau;
    }
  }

  /**
   * The cut of every map.
   *
   * @param maps k × d, z-scored; a neuron that never varies has 0 in all
   */
  ImmutableList<Cut> of(Matrix maps);

  /** |z| that ends a support where there is no budget yet: 2, as usual for brain maps. */
  double USUAL = 2;

  /** What a recipe asks for, before there is a budget. */
  static Thresholds of(Networks.Threshold threshold) {
    return threshold instanceof Networks.Threshold.Budget ? new Z(USUAL) : of(threshold, 0);
  }

  /**
   * What a recipe asks for.
   *
   * @param wanted neurons that a budget keeps; only {@link Budget} looks at it
   */
  static Thresholds of(Networks.Threshold threshold, int wanted) {
    if (threshold instanceof Networks.Threshold.Z z) {
      return new Z(z.z());
    }
    if (threshold instanceof Networks.Threshold.Ratio ratio) {
      return new Ratio(ratio.ratio());
    }
    if (threshold instanceof Networks.Threshold.Fdr fdr) {
      return new Fdr(fdr.rate());
    }
    return new Budget(wanted);
  }

  /**
   * One τ for all maps at which the union of supports has a wanted size (arXiv 2508.05239, where it
   * was tuned by hand).
   *
   * <p>Neuron j is in the union exactly when max_k |z_kj| > τ, so the (wanted + 1)-th largest of
   * these maxima is the τ that bisection would end at. Of neurons with equal maxima none is taken
   * where not all fit.
   *
   * @param wanted neurons in the union; all that vary, where they are fewer
   */
  record Budget(int wanted) implements Thresholds {

    public Budget {
      if (wanted < 0) {
        throw new IllegalArgumentException("cannot keep " + wanted + " neurons");
      }
    }

    @Override
    public ImmutableList<Cut> of(Matrix maps) {
      double[] maxima = NeuronMaps.maxima(maps);
      Arrays.sort(maxima);
      int last = maxima.length - 1 - wanted;
      return same(maps.rows(), last < 0 ? 0 : maxima[last]);
    }
  }

  /**
   * |z| above a given number.
   *
   * @param z the number
   */
  record Z(double z) implements Thresholds {

    @Override
    public ImmutableList<Cut> of(Matrix maps) {
      return same(maps.rows(), z);
    }
  }

  /**
   * nilearn's rule for DictLearning and CanICA ({@code threshold=ratio}): one value for all maps,
   * the percentile 100 (1 − ratio/k) of all k·d values |z| by linear interpolation; what reaches it
   * stays. So ratio·d values stay, and on average a neuron is in {@code ratio} supports.
   *
   * @param ratio supports per neuron; k or more keeps everything but zeros
   */
  record Ratio(double ratio) implements Thresholds {

    @Override
    public ImmutableList<Cut> of(Matrix maps) {
      double[] sizes = maps.toArray();
      if (sizes.length == 0) {
        return same(maps.rows(), 0);
      }
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = Math.abs(sizes[i]);
      }
      Arrays.sort(sizes);
      double rank = Math.max(0, (1 - ratio / maps.rows()) * (sizes.length - 1));
      int below = (int) rank;
      int above = Math.min(below + 1, sizes.length - 1);
      double reached = sizes[below] + (rank - below) * (sizes[above] - sizes[below]);
      return same(maps.rows(), Math.max(0, Math.nextDown(reached)));
    }
  }

  /**
   * At most an expected share {@code rate} of false members in each support.
   *
   * <p>An independent component has many neurons that are not in it; their values are the null,
   * taken as normal with the median of the map as mean and 1.4826 times the median absolute
   * deviation as standard deviation (an empirical null, Efron 2004; no mixture is fitted).
   * Two-sided p-values against it go through the step-up procedure of Benjamini and Hochberg
   * (1995): with p sorted, all up to the last p_(i) ≤ rate·i/d are members. Neurons that never vary
   * do not take part. A map of which half is one value has no null: its support is empty.
   *
   * @param rate q, in 0 … 1
   */
  record Fdr(double rate) implements Thresholds {

    /** A normal distribution's deviation over its median absolute deviation: 1 / Φ⁻¹(3/4). */
    private static final double NORMAL = 1.4826022185056018;

    @Override
    public ImmutableList<Cut> of(Matrix maps) {
      ImmutableList.Builder<Cut> cuts = ImmutableList.builder();
      for (int i = 0; i < maps.rows(); i++) {
        cuts.add(cut(Arrays.stream(maps.row(i)).filter(z -> z != 0).toArray()));
      }
      return cuts.build();
    }

    private Cut cut(double[] map) {
      if (map.length == 0) {
        return new Cut(0, Double.POSITIVE_INFINITY);
      }
      double centre = median(map);
      double[] distances = Arrays.stream(map).map(z -> Math.abs(z - centre)).toArray();
      double deviation = NORMAL * median(distances);
      Arrays.sort(distances);
      int members = deviation > 0 ? members(distances, deviation) : 0;
      return new Cut(
          centre,
          members == 0
              ? Double.POSITIVE_INFINITY
              : Math.nextDown(distances[distances.length - members]));
    }

    /** How many of the distances, ascending, are significant. */
    private int members(double[] distances, double deviation) {
      int d = distances.length;
      for (int i = d; i > 0; i--) {
        double p = Erf.erfc(distances[d - i] / (deviation * Math.sqrt(2)));
        if (p <= rate * i / d) {
          return i;
        }
      }
      return 0;
    }

    private static double median(double[] values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      int half = sorted.length / 2;
      return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
  }

  private static ImmutableList<Cut> same(int maps, double tau) {
    return ImmutableList.copyOf(Collections.nCopies(maps, new Cut(0, tau)));
  }
}
