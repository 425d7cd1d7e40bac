package org.fnprune.network;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.capture.Captured;
import org.fnprune.capture.Moments;
import org.fnprune.capture.Sketch;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.SymmetricEigen;

/** What is known of the tokens of two groups together. */
final class Pool {

  private static final double RANK_TOLERANCE = 1e-12;

  private Pool() {}

  /**
   * Both groups' moments: full ones add up exactly. Of sketches, with R_s ≈ V_s Λ_s V_sᵀ and the
   * shares p_s of the tokens, the pooled correlation matrix is
   *
   * <pre>
   * R = Σ_s p_s D⁻¹ (D_s R_s D_s + (μ_s − μ)(μ_s − μ)ᵀ) D⁻¹ ≈ B Bᵀ
   * </pre>
   *
   * with the columns √p_s D⁻¹ D_s V_s Λ_s^(1/2) and √p_s D⁻¹ (μ_s − μ) in B, whose eigenvectors
   * come from the small BᵀB. What the sketches left out stays out.
   */
  static Captured of(Captured a, Captured b) {
    if (a instanceof Moments left && b instanceof Moments right) {
      return left.plus(right);
    }
    Sketch parts =
        new Sketch(
            a.count() + b.count(),
            a.sum().plus(b.sum()),
            a.squares().plus(b.squares()),
            ImmutableDoubleArray.of(),
            Matrix.zeros(a.width(), 0),
            Math.max(residual(a), residual(b)));
    PrincipalAxes scales = PrincipalAxes.of(parts, 0);
    Matrix rows =
        NeuronMaps.stacked(
            List.of(columns(a, parts, scales), columns(b, parts, scales)), a.width());
    SymmetricEigen eigen = SymmetricEigen.of(rows.timesTransposed(rows));
    int[] kept =
        IntStream.range(0, rows.rows())
            .filter(i -> eigen.values().get(i) > RANK_TOLERANCE * eigen.values().get(0))
            .toArray();
    Matrix unscaled = rows.transposed().times(eigen.vectors().selectCols(kept));
    return new Sketch(
        parts.count(),
        parts.sum(),
        parts.squares(),
        ImmutableDoubleArray.copyOf(IntStream.of(kept).mapToDouble(eigen.values()::get)),
        Matrix.tabulate(
            a.width(),
            kept.length,
            (j, c) -> unscaled.get(j, c) / Math.sqrt(eigen.values().get(kept[c]))),
        parts.residual());
  }

  private static double residual(Captured captured) {
    return captured instanceof Sketch sketch ? sketch.residual() : 0;
  }

  /** The rows of Bᵀ that come from one part. */
  private static Matrix columns(Captured part, Captured pool, PrincipalAxes scales) {
    PrincipalAxes own = PrincipalAxes.of(part, part.width());
    Matrix vectors = NeuronMaps.spread(own.vectors().transposed(), own.live(), part.width());
    double share = Math.sqrt((double) part.count() / pool.count());
    double[] inverse = new double[part.width()];
    scales.live().forEach(j -> inverse[j] = share / scales.deviation().get(0, j));
    return Matrix.tabulate(
        own.components() + 1,
        part.width(),
        (c, j) ->
            c < own.components()
                ? inverse[j]
                    * Math.sqrt(own.values().get(c))
                    * own.deviation().get(0, j)
                    * vectors.get(c, j)
                : inverse[j] * (own.mean().get(0, j) - scales.mean().get(0, j)));
  }
}
