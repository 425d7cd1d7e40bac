package org.fnprune.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.fnprune.capture.Moments;
import org.fnprune.capture.Projection;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriversTest {

  private static final ImmutableIntArray FIRST =
      ImmutableIntArray.of(1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 7);
  private static final ImmutableIntArray SECOND = ImmutableIntArray.of(4, 2, 3);

  private static ImmutableList<String> words(ImmutableIntArray ids) {
    return ids.stream().mapToObj(id -> "w" + id).collect(ImmutableList.toImmutableList());
  }

  private static Matrix courses(double[] values) {
    return Matrix.of(values.length, 1, values);
  }

  /** A course that is high at every token 2 and highest at the one rare token. */
  private static double[] planted() {
    double[] course = new double[FIRST.length() + SECOND.length()];
    for (int t = 0; t < course.length; t++) {
      int id = t < FIRST.length() ? FIRST.get(t) : SECOND.get(t - FIRST.length());
      course[t] = id == 2 ? 5 : id == 3 ? 1 : id == 7 ? 9 : 0;
    }
    course[4] = 8;
    return course;
  }

  @Test
  void tokensAreThoseOfHighestMeanThatOccurOften() {
    Drivers drivers =
        Drivers.of(courses(planted()), List.of(FIRST, SECOND), DriversTest::words).get(0);
    assertThat(drivers.tokens().get(0).text()).isEqualTo("w2");
    assertThat(drivers.tokens().get(0).count()).isEqualTo(9);
    // Token 7 is highest of all, but was seen once; 3 and 1 lie below the mean.
    assertThat(drivers.tokens()).hasSize(1);
  }

  @Test
  void rareTokensCountWhereNoneIsFrequent() {
    Drivers drivers =
        Drivers.of(courses(new double[] {0, 5, 1}), List.of(SECOND), DriversTest::words).get(0);
    assertThat(drivers.tokens().get(0).text()).isEqualTo("w2");
  }

  @Test
  void excerptsSurroundTheHighestPeaksStayInTheirTextAndDoNotOverlap() {
    Drivers drivers =
        Drivers.of(courses(planted()), List.of(FIRST, SECOND), DriversTest::words).get(0);
    // Peaks: the last token of the first text, then token 2 of the second, at distance: all other
    // places of the first text are within 20 of a peak or below it.
    Drivers.Excerpt highest = drivers.excerpts().get(0);
    assertThat(highest.tokens()).hasSize(11).endsWith("w1", "w2", "w7");
    assertThat(highest.values().get(10)).isEqualTo(highest.activity());
    assertThat(highest.values()).allMatch(v -> v <= highest.activity());
    assertThat(drivers.excerpts())
        .extracting(e -> String.join(" ", e.tokens()))
        .contains("w4 w2 w3");
    assertThat(drivers.excerpts().stream().map(Drivers.Excerpt::activity))
        .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(drivers.excerpts().stream().filter(e -> e.tokens().contains("w7"))).hasSize(1);
  }

  @Test
  void activityIsInStandardDeviations() {
    double[] planted = planted();
    double[] scaled = planted.clone();
    for (int t = 0; t < scaled.length; t++) {
      scaled[t] = 1000 * scaled[t] - 3;
    }
    Drivers one = Drivers.of(courses(planted), List.of(FIRST, SECOND), DriversTest::words).get(0);
    Drivers other = Drivers.of(courses(scaled), List.of(FIRST, SECOND), DriversTest::words).get(0);
    assertThat(other.tokens().get(0).activity())
        .isCloseTo(one.tokens().get(0).activity(), within(1e-9));
  }

  @Test
  void aNetworkThatNeverFiresHasNoDrivers() {
    Drivers silent = Drivers.of(courses(new double[3]), List.of(SECOND), DriversTest::words).get(0);
    assertThat(silent.tokens()).isEmpty();
    assertThat(silent.excerpts()).isEmpty();
  }

  /** Σ z_j (h_j − μ_j) / σ_j over |z| > 2; a neuron that never varies counts nothing. */
  @Test
  void projectionStandardisesKeyNeuronsAlone() {
    Matrix maps = Matrix.of(new double[][] {{3, 1.9, -4, 5}});
    Matrix rows = Matrix.of(new double[][] {{1, 7, 10, 2}, {3, 9, 14, 2}});
    Moments moments =
        new Moments(2, Matrix.of(new double[][] {{4, 16, 24, 4}}), rows.transposed().times(rows));
    Projection projection = Drivers.projection(maps, moments);
    Matrix courses = rows.times(projection.directions());
    double offset = projection.offset().get(0, 0);
    // z-scores of the first row are −1 everywhere: −3 + 4.
    assertThat(courses.get(0, 0) + offset).isCloseTo(1, within(1e-12));
    assertThat(courses.get(1, 0) + offset).isCloseTo(-1, within(1e-12));
  }

  @Test
  void someBatchesAreSpreadOverAll() {
    ImmutableList.Builder<TokenBatch> batches = ImmutableList.builder();
    int[] ids = new int[2048];
    for (int i = 0; i < 16; i++) {
      ids[0] = i;
      batches.add(new TokenBatch(ImmutableList.of(ImmutableIntArray.copyOf(ids)), 0));
    }
    assertThat(DriverFinder.some(batches.build()).stream().map(b -> b.sequences().get(0).get(0)))
        .containsExactly(0, 4, 8, 12);
    assertThat(DriverFinder.some(batches.build().subList(0, 1))).hasSize(1);
  }

  @Test
  void filesHoldWhatIsSaid(@TempDir Path folder) throws IOException {
    Drivers drivers =
        new Drivers(
            ImmutableList.of(new Drivers.Token("<a>", 1.23456, 4)),
            ImmutableList.of(
                new Drivers.Excerpt(
                    2.00049, ImmutableList.of("x", "y"), ImmutableList.of(-1.0, 2.00049))));
    DriverFiles.write(folder, ImmutableMap.of("layers.0.ffn", List.of(drivers)));
    JsonObject network =
        JsonParser.parseString(Files.readString(folder.resolve("drivers.json")))
            .getAsJsonObject()
            .getAsJsonArray("layers.0.ffn")
            .get(0)
            .getAsJsonObject();
    assertThat(network.toString())
        .isEqualTo(
            "{\"network\":0,\"tokens\":[{\"token\":\"<a>\",\"activity\":1.235,\"count\":4}],"
                + "\"texts\":[{\"activity\":2.0,\"tokens\":[\"x\",\"y\"],\"values\":[-1.0,2.0]}]}");
  }
}
