package org.fnprune.network;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.SymmetricEigen;

/**
 * Directions over neurons that groups have in common (the group level of CanICA, Varoquaux et al.
 * 2010).
 *
 * <p>With V_s (d × k) the principal axes of group s of G and A = [V_1ᵀ; …; V_Gᵀ] stacked, the
 * eigendecomposition A Aᵀ = E Σ² Eᵀ (Gk × Gk) gives the directions Aᵀ E Σ⁻¹, orthonormal and most
 * shared first. σ²/G is 1 for a direction that lies in every group's subspace and 1/G for one of a
 * single group. The order of the groups permutes the rows of A and does not matter beyond rounding.
 *
 * @param width d, all neurons
 * @param live the neurons that vary in any group, ascending
 * @param vectors live × k, orthonormal columns
 * @param reproducibility σ²/G of each column; empty for a single group, whose axes are taken as
 *     they are
 */
record SharedDirections(
    int width, ImmutableIntArray live, Matrix vectors, ImmutableDoubleArray reproducibility) {

  private static final double RANK_TOLERANCE = 1e-9;

  /** The directions of one group. */
  static SharedDirections of(PrincipalAxes axes) {
    return new SharedDirections(
        axes.width(), axes.live(), axes.vectors(), ImmutableDoubleArray.of());
  }

  /** The {@code components} directions that {@code groups} share most. */
  static SharedDirections of(List<PrincipalAxes> groups, int components) {
    if (groups.size() == 1) {
      return of(groups.get(0).leading(components));
    }
    int width = groups.get(0).width();
    TreeSet<Integer> varying = new TreeSet<>();
    groups.forEach(group -> varying.addAll(group.live().asList()));
    ImmutableIntArray live = ImmutableIntArray.copyOf(varying);
    Matrix stacked =
        NeuronMaps.stacked(
                groups.stream()
                    .map(g -> NeuronMaps.spread(g.vectors().transposed(), g.live(), width))
                    .toList(),
                width)
            .selectCols(live.toArray());
    SymmetricEigen eigen =
        SymmetricEigen.top(stacked.timesTransposed(stacked), Math.min(components, stacked.rows()));
    int[] kept =
        IntStream.range(0, eigen.values().length())
            .filter(i -> eigen.values().get(i) > RANK_TOLERANCE)
            .toArray();
    Matrix unscaled = stacked.transposed().times(eigen.vectors().selectCols(kept));
    return new SharedDirections(
        width,
        live,
        Matrix.tabulate(
            live.length(),
            kept.length,
            (i, j) -> unscaled.get(i, j) / Math.sqrt(eigen.values().get(j))),
        ImmutableDoubleArray.copyOf(
            IntStream.of(kept).mapToDouble(i -> eigen.values().get(i) / groups.size())));
  }
}
