package org.fnprune.capture;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.common.Failures;
import org.fnprune.common.Progress;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.SymmetricEigen;
import org.fnprune.runtime.RuntimeOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a capture measures of rows that are known. */
class MeasurementsTest {

  private static final RuntimeOptions CPU = RuntimeOptions.cpu(2);
  private static final CaptureOptions ALL = CaptureOptions.defaults("tiny").withLag(true);

  @TempDir Path folder;

  private MomentsStore capture(
      Matrix table, List<Signal> signals, List<TokenBatch> batches, CaptureOptions options)
      throws IOException {
    return Capture.run(
        TinyRows.graph(table), signals, batches, options, CPU, folder, Progress.NONE);
  }

  /** One block of channels; two; eight of unequal widths. */
  @ParameterizedTest
  @ValueSource(ints = {5, 385, 769, 3075})
  void productsOfAllWidthsAreThoseOfTheRows(int width) throws IOException {
    Matrix table = TinyRows.rounded(Matrices.gaussian(40, width, 3));
    Moments found =
        (Moments)
            capture(
                    table,
                    List.of(TinyRows.signal(table)),
                    TinyRows.batches(TinyRows.sequences(0, 40), 7),
                    ALL)
                .get("rows");
    Moments expected = SampleMoments.of(table);
    assertThat(found.count()).isEqualTo(40);
    Matrices.assertClose(found.sum(), expected.sum(), 1e-4);
    Matrices.assertClose(found.gram(), expected.gram(), 1e-4);
    assertThat(found.gram()).isEqualTo(found.gram().transposed());
  }

  @Test
  void neighboursAreThoseOfTheSameSequence() throws IOException {
    Matrix table = TinyRows.rounded(Matrices.gaussian(20, 4, 5));
    List<ImmutableIntArray> sequences = TinyRows.sequences(0, 20);
    LagProducts lag =
        capture(table, List.of(TinyRows.signal(table)), TinyRows.batches(sequences, 3), ALL)
            .lag("rows")
            .orElseThrow();
    double[] expected = new double[4];
    long pairs = 0;
    for (ImmutableIntArray sequence : sequences) {
      for (int t = 0; t + 1 < sequence.length(); t++, pairs++) {
        for (int j = 0; j < 4; j++) {
          expected[j] += table.get(sequence.get(t), j) * table.get(sequence.get(t + 1), j);
        }
      }
    }
    assertThat(lag.pairs()).isEqualTo(pairs);
    Matrices.assertClose(lag.products(), Matrix.of(1, 4, expected), 1e-5);
  }

  @Test
  void sequencesOfOneTokenHaveNoNeighbours() throws IOException {
    Matrix table = Matrices.gaussian(6, 3, 5);
    List<ImmutableIntArray> single = IntStream.range(0, 6).mapToObj(ImmutableIntArray::of).toList();
    LagProducts lag =
        capture(table, List.of(TinyRows.signal(table)), TinyRows.batches(single, 4), ALL)
            .lag("rows")
            .orElseThrow();
    assertThat(lag).isEqualTo(new LagProducts(0, Matrix.zeros(1, 3)));
  }

  @Test
  void severalTensorsStandSideBySide() throws IOException {
    Matrix table = TinyRows.rounded(Matrices.gaussian(12, 3, 8));
    Signal twice =
        new Signal("twice", ImmutableList.of("Gather_0", "logits"), ImmutableIntArray.of(3, 3));
    Moments found =
        (Moments)
            capture(table, List.of(twice), TinyRows.batches(TinyRows.sequences(0, 12), 2), ALL)
                .get("twice");
    Matrix both = Matrix.tabulate(12, 6, (i, j) -> table.get(i, j % 3));
    Matrices.assertClose(found.gram(), SampleMoments.of(both).gram(), 1e-5);
  }

  @Test
  void asManyPassesAsMemoryAsksForChangeNoBit() throws IOException {
    Matrix table = Matrices.gaussian(30, 20, 9);
    List<Signal> signals =
        IntStream.range(0, 4)
            .mapToObj(
                i -> new Signal("s" + i, ImmutableList.of("Gather_0"), ImmutableIntArray.of(20)))
            .toList();
    List<TokenBatch> batches = TinyRows.batches(TinyRows.sequences(0, 30), 4);
    long one = CapturePlan.of(signals.subList(0, 1), 12, ALL).bytes();
    CaptureOptions narrow = ALL.withMemory(2 * one);
    assertThat(CapturePlan.of(signals, 12, narrow).passes()).hasSize(2);
    Captured atOnce = capture(table, signals, batches, ALL).get("s3");
    assertThat(capture(table, signals, batches, narrow).get("s3")).isEqualTo(atOnce);
  }

  /** Five planted directions over noise, on neurons of different scale and mean; two are dead. */
  @Test
  void aSketchFindsPlantedDirections() throws IOException {
    int tokens = 900;
    int width = 300;
    Matrix courses = Matrices.gaussian(tokens, 5, 1);
    Matrix loadings = Matrices.gaussian(5, width, 2);
    Matrix noise = Matrices.gaussian(tokens, width, 3);
    Matrix low =
        Matrix.tabulate(tokens, 5, (t, k) -> courses.get(t, k) * (3 - 0.4 * k)).times(loadings);
    Matrix table =
        TinyRows.rounded(
            Matrix.tabulate(
                tokens,
                width,
                (t, j) ->
                    j < 2 ? j : (1 + j % 7) * (low.get(t, j) + noise.get(t, j) + 0.5 * (j % 3))));
    CaptureOptions options = CaptureOptions.defaults("tiny").withMemory(8L * width * width).withRank(5).withSeed(42);
    Sketch sketch =
        (Sketch)
            capture(
                    table,
                    List.of(TinyRows.signal(table)),
                    TinyRows.batches(TinyRows.sequences(0, tokens), 8),
                    options)
                .get("rows");
    SymmetricEigen expected = SymmetricEigen.top(correlation(table), 5);
    for (int k = 0; k < 5; k++) {
      double value = expected.values().get(k);
      assertThat(Math.abs(sketch.values().get(k) - value)).isLessThan(1e-6 * value);
    }
    Matrix overlap = expected.vectors().transposed().times(sketch.vectors());
    assertThat(overlap.inner(overlap)).isGreaterThan(5 - 1e-6);
    assertThat(sketch.residual()).isLessThan(1e-2);
    assertThat(sketch.vectors().row(0)).containsOnly(0);
    assertThat(sketch.vectors().row(1)).containsOnly(0);
    Moments full = SampleMoments.of(table);
    Matrices.assertClose(sketch.squares().scaled(1e-4), full.squares().scaled(1e-4), 1e-4);
  }

  /** Of neurons that vary; zero for the others. */
  private static Matrix correlation(Matrix table) {
    Moments moments = SampleMoments.of(table);
    Matrix covariance = moments.covariance();
    double[] scale = new double[table.cols()];
    LiveNeurons.of(moments).forEach(j -> scale[j] = 1 / Math.sqrt(covariance.get(j, j)));
    return Matrix.tabulate(
        scale.length, scale.length, (i, j) -> covariance.get(i, j) * scale[i] * scale[j]);
  }

  /** One pass for sums, and then as many as a single sketch takes. */
  @Test
  void severalSketchesShareTheirPasses() throws IOException {
    Matrix table = TinyRows.rounded(Matrices.gaussian(60, 200, 4));
    List<TokenBatch> batches = TinyRows.batches(TinyRows.sequences(0, 60), 2);
    long[] passes = new long[1];
    Progress tokens =
        new Progress() {
          @Override
          public void advance(long units) {
            passes[0] += units;
          }
        };
    MomentsStore store =
        Capture.run(
            TinyRows.graph(table),
            List.of(two("twice"), two("again")),
            batches,
            CaptureOptions.defaults("tiny").withMemory(1_100_000).withRank(2).withSeed(7),
            CPU,
            folder,
            tokens);
    assertThat(passes[0]).isEqualTo(60 * (1L + CapturePlan.APPLICATIONS));
    assertThat(((Sketch) store.get("again")).values())
        .isEqualTo(((Sketch) store.get("twice")).values());
  }

  private static Signal two(String id) {
    return new Signal(id, ImmutableList.of("Gather_0", "logits"), ImmutableIntArray.of(200, 200));
  }

  @Test
  void projectionsKeepTheOrderOfTheTokens() {
    Matrix table = TinyRows.rounded(Matrices.gaussian(25, 6, 2));
    Projection projection =
        new Projection(Matrices.gaussian(6, 2, 3), Matrix.of(1, 2, new double[] {0.5, -3}));
    ProjectionCapture capture =
        new ProjectionCapture(
            TinyRows.graph(table),
            List.of(TinyRows.signal(table)),
            TinyRows.batches(TinyRows.sequences(0, 25), 4),
            25 * 2 * 8,
            CPU,
            Progress.NONE);
    Matrix course =
        requireNonNull(capture.project(ImmutableMap.of("rows", projection)).get("rows"));
    Matrix linear = table.times(projection.directions());
    Matrices.assertClose(
        course,
        Matrix.tabulate(25, 2, (t, k) -> linear.get(t, k) + projection.offset().get(0, k)),
        1e-5);
    Projection wider = new Projection(Matrix.zeros(6, 3), Matrix.zeros(1, 3));
    assertThat(Failures.of(() -> capture.project(ImmutableMap.of("rows", wider))))
        .contains("600 bytes", "memory limit is 400 B");
  }
}
