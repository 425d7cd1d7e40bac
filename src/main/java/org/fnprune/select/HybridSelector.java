package org.fnprune.select;

import com.google.common.primitives.ImmutableIntArray;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A share β of what stays is chosen by coverage of the functional networks, the rest by optimal
 * brain surgery. The two orders are merged so that of the best n channels, for every n, β·n are the
 * first ones of coverage (or more, where both agree).
 *
 * <p>β = 1 is coverage alone, β = 0 optimal brain surgery. Values are what each removal adds to the
 * output's error.
 */
final class HybridSelector implements Selector {

  private final double share;

  /**
   * @param share β, in 0 … 1
   */
  HybridSelector(double share) {
    this.share = share;
  }

  @Override
  public String name() {
    return "functional-networks (hybrid)";
  }

  @Override
  public Set<Evidence> needs() {
    return Set.of(Evidence.MOMENTS, Evidence.NETWORKS);
  }

  @Override
  public boolean isShare() {
    return true;
  }

  @Override
  public boolean isErrorCurve() {
    return true;
  }

  @Override
  public Ranking rank(Candidate candidate, long seed) {
    return ErrorCurve.of(
        candidate,
        merged(
            new CoverageSelector().rank(candidate, seed).order(),
            ErrorCurve.cheapestFirst(candidate).order(),
            share));
  }

  /** Both orders in one; {@code share} of every beginning are the first of {@code first}. */
  static ImmutableIntArray merged(ImmutableIntArray first, ImmutableIntArray second, double share) {
    Set<Integer> order = new LinkedHashSet<>();
    int protectedOnes = 0;
    int others = 0;
    while (order.size() < first.length()) {
      if (protectedOnes < share * (order.size() + 1)) {
        order.add(first.get(protectedOnes++));
      } else {
        order.add(second.get(others++));
      }
    }
    return ImmutableIntArray.copyOf(order.stream().mapToInt(Integer::intValue));
  }
}
