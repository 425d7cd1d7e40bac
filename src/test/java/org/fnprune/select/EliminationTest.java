package org.fnprune.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.fnprune.capture.Moments;
import org.fnprune.capture.SampleMoments;
import org.fnprune.capture.Sketch;
import org.fnprune.linalg.Cholesky;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.structure.ChannelWeights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EliminationTest {

  private static final int CHANNELS = 6;

  /** The sum of what the removals cost is what least squares on the others leaves. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void costsAddUpToTheErrorOfTheFitOnTheOthers(int unitSize) {
    Candidate candidate = candidate(unitSize, 5);
    Elimination elimination = elimination(candidate);
    double sum = 0;
    int[] order = {4, 0, 5, 2, 3};
    for (int r = 0; r < order.length; r++) {
      double announced = elimination.cost(order[r]);
      assertThat(elimination.remove(order[r])).isEqualTo(announced);
      sum += announced;
      int[] gone = Arrays.copyOf(order, r + 1);
      assertThat(sum).isCloseTo(error(candidate, gone), within(1e-9 * sum));
    }
    assertThat(elimination.alive()).containsExactly(1);
  }

  /** The last one has nobody to make up for it: its cost and the others' are all of the output. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void withoutAnyChannelTheErrorIsTheWholeOutput(int unitSize) {
    Candidate candidate = candidate(unitSize, 6);
    Matrix weight = candidate.consumer();
    double whole = weight.inner(damped(candidate).times(weight));
    assertThat(Arrays.stream(ErrorCurve.cheapestFirst(candidate).value().toArray()).sum())
        .isCloseTo(whole, within(1e-9 * whole));
  }

  /** What is removed is at every step what raises the error of the fit least. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void cheapestIsTheArgminOfAllFits(int unitSize) {
    for (long seed = 0; seed < 5; seed++) {
      Candidate candidate = candidate(unitSize, seed);
      Elimination elimination = elimination(candidate);
      int[] gone = {};
      for (int r = 0; r < CHANNELS - 1; r++) {
        int[] before = gone;
        int best =
            Arrays.stream(elimination.alive())
                .boxed()
                .min(
                    (a, b) ->
                        Double.compare(
                            errorWith(candidate, before, a), errorWith(candidate, before, b)))
                .orElseThrow();
        assertThat(elimination.cheapest()).isEqualTo(best);
        elimination.remove(best);
        gone = with(gone, best);
      }
    }
  }

  /** Of two neurons that say the same, one goes first and for almost nothing. */
  @Test
  void duplicateCostsAlmostNothing() {
    Matrix samples = Matrices.gaussian(400, 5, 3);
    Matrix doubled = Matrix.tabulate(400, 6, (t, j) -> samples.get(t, j == 5 ? 2 : j));
    Matrix weight = Matrix.tabulate(6, 4, (i, j) -> 1 + 0.1 * i);
    Candidate candidate = candidate(weight, SampleMoments.of(doubled), 1);
    Elimination elimination = elimination(candidate);

    int first = elimination.cheapest();
    assertThat(first).isIn(2, 5);
    assertThat(elimination.remove(first)).isLessThan(0.05 * error(candidate, new int[] {0}));
    int other = first == 2 ? 5 : 2;
    assertThat(elimination.cost(other)).isGreaterThan(0.5 * error(candidate, new int[] {0}));
  }

  @Test
  void errorsThatTheLossDoesNotMindCostNothing() {
    Matrix samples = Matrices.gaussian(300, 4, 1);
    Matrix weight = Matrix.of(new double[][] {{0, 5}, {1, 0}, {2, 0}, {3, 0}});
    Candidate alike = candidate(weight, SampleMoments.of(samples), 1);
    Candidate priced =
        new Candidate(
            "u",
            0,
            ChannelWeights.of(weight),
            1,
            1,
            SampleMoments.of(samples),
            null,
            new OutputMetric(Matrix.of(new double[][] {{2, 0}, {0, 0}})),
            null);
    assertThat(elimination(alike).cheapest()).isEqualTo(1);
    Elimination elimination = elimination(priced);
    assertThat(elimination.cheapest()).isEqualTo(0);
    assertThat(elimination.cost(0)).isZero();
    assertThat(elimination.cost(3)).isCloseTo(4 * elimination(alike).cost(3), within(1e-9));
  }

  @Test
  void givenOrderIsKeptAndPricedFromItsEnd() {
    Candidate candidate = candidate(1, 9);
    ImmutableIntArray order = ImmutableIntArray.of(3, 1, 0, 5, 4, 2);
    Ranking ranking = ErrorCurve.of(candidate, order);
    assertThat(ranking.order()).isEqualTo(order);
    assertThat(ranking.without(0))
        .isCloseTo(error(candidate, new int[] {0, 1, 2, 3, 4, 5}), within(1e-9));
    // Elsewhere the curve lies below the errors, as it is made convex.
    for (int kept = 1; kept < CHANNELS; kept++) {
      int[] gone = order.subArray(kept, CHANNELS).toArray();
      assertThat(ranking.without(kept)).isLessThanOrEqualTo(error(candidate, gone) + 1e-9);
    }
  }

  /**
   * A sketch has no pairs of neurons: nothing makes up for what goes, as where none go together.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aSketchIsAsMomentsOfNeuronsThatAreIndependent(int unitSize) {
    int width = CHANNELS * unitSize;
    Matrix weight = Matrices.gaussian(width, 4, 5);
    Matrix squares = Matrix.tabulate(1, width, (i, j) -> 10 + 7 * (j * 5 % width));
    Matrix sum = Matrix.zeros(1, width);
    Matrix gram = Matrix.tabulate(width, width, (i, j) -> i == j ? squares.get(0, j) : 0);
    Ranking exact =
        ErrorCurve.cheapestFirst(candidate(weight, new Moments(10, sum, gram), unitSize));
    Sketch sketch =
        new Sketch(10, sum, squares, ImmutableDoubleArray.of(1), Matrix.zeros(width, 1), 0);
    Ranking ranking =
        ErrorCurve.cheapestFirst(
            new Candidate(
                "u", 0, ChannelWeights.of(weight), unitSize, 1, sketch, null, null, null));
    assertThat(ranking.order()).isEqualTo(exact.order());
    for (int kept = 0; kept < CHANNELS; kept++) {
      assertThat(ranking.without(kept)).isCloseTo(exact.without(kept), within(1e-9));
    }
  }

  @Test
  void convexSlopesNeverFallAndStayBelowTheCosts() {
    assertThat(ErrorCurve.convex(new double[] {1, 2, 5})).containsExactly(1, 2, 5);
    assertThat(ErrorCurve.convex(new double[] {4, 2, 5})).containsExactly(3, 3, 5);
    assertThat(ErrorCurve.convex(new double[] {9, 3, 0})).containsExactly(4, 4, 4);
    assertThat(ErrorCurve.convex(new double[] {})).isEmpty();
    for (long seed = 0; seed < 20; seed++) {
      double[] costs = Matrices.gaussian(1, 30, seed).row(0);
      Arrays.setAll(costs, i -> costs[i] * costs[i]);
      double[] slopes = ErrorCurve.convex(costs);
      double sum = 0;
      double below = 0;
      for (int i = 0; i < costs.length; i++) {
        sum += costs[i];
        below += slopes[i];
        assertThat(below).isLessThanOrEqualTo(sum + 1e-12);
        assertThat(slopes[i]).isGreaterThanOrEqualTo(i == 0 ? 0 : slopes[i - 1]);
      }
      assertThat(below).isCloseTo(sum, within(1e-9));
    }
  }

  @Test
  void obsValuesFallFromTheBestOn() {
    ImmutableDoubleArray values = new ObsSelector().rank(candidate(1, 2), 1).value();
    assertThat(values.asList()).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(values.get(0)).isGreaterThan(values.get(CHANNELS - 1));
  }

  private static Elimination elimination(Candidate candidate) {
    return new Elimination(candidate, (Moments) candidate.requireMoments());
  }

  private static double errorWith(Candidate candidate, int[] gone, int next) {
    return error(candidate, with(gone, next));
  }

  private static int[] with(int[] channels, int next) {
    return IntStream.concat(Arrays.stream(channels), IntStream.of(next)).toArray();
  }

  /** tr(W_Pᵀ S W_P) with S = A_PP − A_PK A_KK⁻¹ A_KP for A = C + λI. */
  private static double error(Candidate candidate, int[] channels) {
    int unitSize = candidate.unitSize();
    int[] gone =
        Arrays.stream(channels)
            .flatMap(c -> IntStream.range(c * unitSize, (c + 1) * unitSize))
            .toArray();
    int[] kept =
        IntStream.range(0, candidate.consumer().rows())
            .filter(i -> Arrays.stream(gone).noneMatch(g -> g == i))
            .toArray();
    Matrix a = damped(candidate);
    Matrix schur = a.selectRows(gone).selectCols(gone);
    if (kept.length > 0) {
      Matrix cross = a.selectRows(kept).selectCols(gone);
      Matrix fit = Cholesky.solve(a.selectRows(kept).selectCols(kept), cross).orElseThrow();
      schur = schur.minus(cross.transposed().times(fit));
    }
    Matrix weight = candidate.consumer().selectRows(gone);
    return weight.inner(schur.times(weight));
  }

  private static Matrix damped(Candidate candidate) {
    Matrix covariance = ((Moments) candidate.requireMoments()).covariance();
    double mean = Arrays.stream(covariance.diagonal()).average().orElseThrow();
    return covariance.plusDiagonal(0.01 * mean);
  }

  /** Correlated neurons with random weights. */
  /** E hhᵀ − E h E hᵀ is rounding here, which λ must drown for there to be an inverse. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-20, 0.1, 1.7, 1e8})
  void neuronsThatNeverVaryGoByTheirWeights(double value) {
    Matrix weight = Matrix.tabulate(CHANNELS, 4, (i, j) -> 1 + i);
    for (int rows : new int[] {1, 7, 190}) {
      Matrix samples = Matrix.tabulate(rows, CHANNELS, (t, j) -> value * (1 + j / 3.0));
      Candidate candidate = candidate(weight, SampleMoments.of(samples), 1);
      Ranking order = ErrorCurve.cheapestFirst(candidate);
      assertThat(order.value().stream()).allMatch(cost -> cost >= 0 && Double.isFinite(cost));
      assertThat(order.order().stream().sorted().toArray()).containsExactly(0, 1, 2, 3, 4, 5);
    }
  }

  private static Candidate candidate(int unitSize, long seed) {
    int width = CHANNELS * unitSize;
    Matrix samples =
        Matrices.gaussian(200, width, seed).times(Matrices.gaussian(width, width, seed + 100));
    return candidate(Matrices.gaussian(width, 4, seed + 200), SampleMoments.of(samples), unitSize);
  }

  private static Candidate candidate(Matrix weight, Moments moments, int unitSize) {
    return new Candidate("u", 0, weight, unitSize, 1, moments, null);
  }
}
