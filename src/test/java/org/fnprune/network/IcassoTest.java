package org.fnprune.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Threads;
import org.fnprune.recipe.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IcassoTest {

  @ParameterizedTest
  @ValueSource(ints = {6, 17})
  void clustersAreThoseOfScipy(int clusters) throws Exception {
    double[] expected = Oracle.read("icasso/labels-" + clusters).row(0);

    Icasso icasso = Icasso.of(Oracle.read("icasso/rows"), clusters);

    assertThat(icasso.labels().stream().asDoubleStream().toArray()).containsExactly(expected);
  }

  @Test
  void qualityIsMeanIntraLessMeanExtraSimilarity() throws Exception {
    double[] expected = Oracle.read("icasso/quality").row(0);

    double[] quality = Icasso.of(Oracle.read("icasso/rows"), 6).quality().toArray();

    assertThat(quality).containsExactly(expected, within(1e-12));
  }

  @Test
  void aSmallCaseByHand() {
    Matrix similarity =
        Matrix.of(
            new double[][] {
              {1, 0.9, 0.8, 0.1}, {0.9, 1, 0.6, 0.2}, {0.8, 0.6, 1, 0.3}, {0.1, 0.2, 0.3, 1}
            });

    Icasso icasso = Icasso.of(similarity, AverageLinkage.cluster(similarity, 2), 2);

    assertThat(icasso.labels()).isEqualTo(ImmutableIntArray.of(0, 0, 0, 1));
    assertThat(icasso.centrotypes()).isEqualTo(ImmutableIntArray.of(0, 3));
    // A cluster of one has no pairs of different members.
    assertThat(icasso.quality().get(0)).isCloseTo(2.3 / 3 - 0.6 / 3, within(1e-15));
    assertThat(icasso.quality().get(1)).isCloseTo(0 - 0.6 / 3, within(1e-15));
  }

  /** Of a random symmetric matrix, the plain algorithm that merges the closest pair each time. */
  @Test
  void theChainFindsTheMergesOfThePlainAlgorithm() {
    for (long seed = 0; seed < 20; seed++) {
      Matrix random = Matrices.gaussian(25, 25, seed);
      Matrix similarity = random.plus(random.transposed());
      for (int clusters : new int[] {1, 2, 7, 24, 25}) {
        assertThat(AverageLinkage.cluster(similarity, clusters))
            .isEqualTo(plain(similarity, clusters));
      }
    }
  }

  @Test
  void equalDistancesEnd() {
    Matrix same = Matrix.tabulate(9, 9, (i, j) -> 1);
    assertThat(AverageLinkage.cluster(same, 1).asList()).containsOnly(0);
    assertThat(AverageLinkage.cluster(same, 9).asList()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
    assertThatIllegalArgumentException().isThrownBy(() -> AverageLinkage.cluster(same, 10));
  }

  @Test
  void aPlantedSourceIsStableAndGaussianDirectionsAreNot() {
    double others = 0;
    for (long data = 0; data < 4; data++) {
      Restarts.Kept kept = Restarts.run(white(data), ica(20, Networks.Keep.CENTROTYPES), 3);

      double[] stability = kept.summary().stability().orElseThrow().toArray();
      assertThat(FunctionalNetwork.peak(kept.summary().nonGaussianity().toArray())).isZero();
      assertThat(Math.abs(kept.unmixing().get(0, 0))).isGreaterThan(0.99);
      assertThat(stability[0]).isGreaterThan(0.95);
      others += Arrays.stream(stability).skip(1).average().orElseThrow() / 4;
    }
    assertThat(others).isLessThan(0.7);
  }

  @Test
  void theSparsestRunsComponentsHaveTheStabilityOfTheirClusters() {
    Restarts.Kept kept = Restarts.run(white(8), ica(20, Networks.Keep.SPARSEST), 3);

    double[] stability = kept.summary().stability().orElseThrow().toArray();
    int planted = FunctionalNetwork.peak(kept.summary().nonGaussianity().toArray());
    assertThat(Math.abs(kept.unmixing().get(planted, 0))).isGreaterThan(0.99);
    assertThat(FunctionalNetwork.peak(stability)).isEqualTo(planted);
    assertThat(stability[planted]).isGreaterThan(0.95);
  }

  @Test
  void centrotypesAreOrderedByStabilityAndAreRowsOfRuns() {
    Restarts.Kept kept = Restarts.run(white(8), ica(20, Networks.Keep.CENTROTYPES), 3);

    ImmutableDoubleArray stability = kept.summary().stability().orElseThrow();
    for (int i = 1; i < stability.length(); i++) {
      assertThat(stability.get(i)).isLessThanOrEqualTo(stability.get(i - 1));
    }
    assertThat(Math.abs(kept.unmixing().get(0, 0))).isGreaterThan(0.99);
    for (int i = 0; i < kept.unmixing().rows(); i++) {
      double length = Arrays.stream(kept.unmixing().row(i)).map(x -> x * x).sum();
      assertThat(length).isCloseTo(1, within(1e-8));
    }
    assertThat(kept.summary().seed()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SPARSEST", "CENTROTYPES"})
  void restartsGiveTheSameBitsForAnyNumberOfThreads(String keep) {
    Networks.Ica options = ica(7, Networks.Keep.valueOf(keep));
    int before = Threads.get();
    try {
      Threads.set(1);
      Restarts.Kept alone = Restarts.run(white(8), options, 5);
      Threads.set(3);
      assertThat(Restarts.run(white(8), options, 5)).isEqualTo(alone);
    } finally {
      Threads.set(before);
    }
  }

  @Test
  void stabilityIsUnknownAfterOneRun() {
    for (Networks.Keep keep : Networks.Keep.values()) {
      assertThat(Restarts.run(white(8), ica(1, keep), 3).summary().stability()).isEmpty();
    }
  }

  @Test
  void moreRowsThanCanBeClusteredAreRefusedOnlyForCentrotypes() {
    Matrix white = Matrix.of(1, 4, new double[] {1, -1, 1, -1});

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Restarts.run(white, ica(20_000, Networks.Keep.CENTROTYPES), 1))
        .withMessageContaining("20000 restarts");
  }

  /** One sparse source and eleven Gaussian ones, white to rounding. */
  private static Matrix white(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Matrix sources =
        Matrix.tabulate(
            12,
            3000,
            (i, j) -> i == 0 ? Math.pow(random.nextGaussian(), 3) : random.nextGaussian());
    return Whitening.whitened(Whitening.centred(sources));
  }

  private static Networks.Ica ica(int restarts, Networks.Keep keep) {
    return new Networks.Ica(
        Networks.Algorithm.PARALLEL, Networks.Nonlinearity.LOGCOSH, restarts, 1e-4, 200, keep);
  }

  private static ImmutableIntArray plain(Matrix similarity, int clusters) {
    int items = similarity.rows();
    int[] labels = IntStream.range(0, items).toArray();
    for (int left = items; left > clusters; left--) {
      int[] best = {-1, -1};
      double least = Double.POSITIVE_INFINITY;
      for (int a = 0; a < items; a++) {
        for (int b = 0; b < a; b++) {
          double mean = labels[a] == a && labels[b] == b ? mean(similarity, labels, a, b) : least;
          if (mean < least) {
            least = mean;
            best = new int[] {b, a};
          }
        }
      }
      for (int i = 0; i < items; i++) {
        labels[i] = labels[i] == best[1] ? best[0] : labels[i];
      }
    }
    int[] order = IntStream.of(labels).distinct().toArray();
    return ImmutableIntArray.copyOf(
        IntStream.of(labels).map(l -> ImmutableIntArray.copyOf(order).indexOf(l)));
  }

  private static double mean(Matrix similarity, int[] labels, int a, int b) {
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < labels.length; i++) {
      for (int j = 0; j < labels.length; j++) {
        if (labels[i] == a && labels[j] == b) {
          sum += 1 - similarity.get(i, j);
          pairs++;
        }
      }
    }
    return sum / pairs;
  }
}
