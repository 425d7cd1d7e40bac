package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.fnprune.cli.Workplace.Outcome;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Npy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code networks --signals X.npy}: ICA of any array. */
class NetworksOfSignalsTest {

  private static final String LINE = "networks --signals @/X.npy --components 3 --output @/ica";

  @TempDir private Path folder;
  private Workplace work;

  /** Three sources of Laplace's distribution, seen in eight signals. */
  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
    Random random = new Random(5);
    Matrix sources =
        Matrix.tabulate(
            500, 3, (t, k) -> Math.log(random.nextDouble()) * (random.nextBoolean() ? 1 : -1));
    Matrix mixing = Matrix.tabulate(3, 8, (k, j) -> random.nextGaussian());
    Npy.write(work.path("S.npy"), sources);
    Npy.write(work.path("X.npy"), sources.times(mixing));
  }

  @Test
  void writesArraysThatFitTogether() throws IOException {
    work.succeeds(LINE + " --method temporal-ica --nonlinearity logcosh --quiet");
    assertThat(work.files("ica"))
        .containsExactly(
            "networks/X.courses.npy",
            "networks/X.maps.npy",
            "networks/X.mixing.npy",
            "networks/X.unmixing.npy",
            "networks/networks.json");
    assertThat(shape("maps")).containsExactly(3, 8);
    assertThat(shape("courses")).containsExactly(500, 3);
    Matrix identity = array("unmixing").times(array("mixing"));
    assertThat(largest(identity.minus(Matrix.identity(3)))).isLessThan(1e-9);
  }

  @Test
  void findsTheSources() throws IOException {
    work.succeeds(LINE + " --method temporal-ica --nonlinearity logcosh");
    Matrix sources = Npy.read(work.path("S.npy"));
    Matrix courses = array("courses");
    for (int s = 0; s < 3; s++) {
      double best = 0;
      for (int k = 0; k < 3; k++) {
        best = Math.max(best, Math.abs(correlation(sources, s, courses, k)));
      }
      assertThat(best).isGreaterThan(0.98);
    }
  }

  @Test
  void printsATableWithALineForEachNetwork() {
    Outcome outcome = work.succeeds(LINE + " --threshold z:1.5");
    List<String> lines = outcome.out().lines().toList();
    assertThat(lines.get(0))
        .matches("Network +Support +τ +Peak +Peak z +Stability +Non-Gaussianity");
    assertThat(lines.get(2)).matches(" +0 +[0-8] +1.500 +[0-7] +[0-9.]+ +[0-9.]+ +[0-9.e-]+");
    assertThat(lines).hasSize(8);
    assertThat(lines.get(5)).matches("3 of 3 networks, (not )?converged after \\d+ iterations\\.");
    assertThat(lines.get(7)).isEqualTo("Networks: " + work.path("ica/networks"));
    assertThat(outcome.err()).contains("networks: 1 array in ");
  }

  @Test
  void jsonIsTheIndex() {
    Outcome outcome = work.succeeds(LINE + " --json");
    JsonObject json = JsonParser.parseString(outcome.out()).getAsJsonObject();
    assertThat(json).isEqualTo(JsonParser.parseString(work.read("ica/networks/networks.json")));
    JsonObject unit = json.getAsJsonArray("units").get(0).getAsJsonObject();
    assertThat(unit.get("id").getAsString()).isEqualTo("X");
    assertThat(unit.get("networks").getAsInt()).isEqualTo(3);
    assertThat(unit.getAsJsonArray("sizes")).hasSize(3);
  }

  @Test
  void equalSeedsAndThreadsGiveEqualBytes() throws IOException {
    work.succeeds(LINE + " --threads 1");
    byte[] maps = Files.readAllBytes(work.path("ica/networks/X.maps.npy"));
    work.succeeds(LINE + " --threads 2 --force");
    assertThat(work.path("ica/networks/X.maps.npy")).hasBinaryContent(maps);
  }

  @Test
  void aGivenStartTakesThePlaceOfRestarts() throws IOException {
    Npy.write(work.path("start.npy"), Npy.read(work.path("S.npy")));
    Outcome outcome =
        work.succeeds(
            LINE + " --method temporal-ica --start @/start.npy --json --nonlinearity exp");
    JsonObject unit =
        JsonParser.parseString(outcome.out())
            .getAsJsonObject()
            .getAsJsonArray("units")
            .get(0)
            .getAsJsonObject();
    assertThat(unit.get("restarts").getAsInt()).isEqualTo(1);
    Matrix sources = Npy.read(work.path("S.npy"));
    for (int k = 0; k < 3; k++) {
      assertThat(Math.abs(correlation(sources, k, array("courses"), k))).isGreaterThan(0.98);
    }
  }

  @Test
  void moreComponentsThanTheRankAreReducedAndSaidSo() throws IOException {
    Outcome outcome = work.succeeds(LINE.replace("components 3", "components 6") + " --quiet");
    assertThat(outcome.err()).startsWith("warning: only 3 of 6 components");
    assertThat(shape("maps")).containsExactly(3, 8);
    assertThat(outcome.out()).contains("3 of 6 networks");
  }

  @Test
  void anEarlierResultIsReplacedOnlyByForceAndOnlyItself() throws IOException {
    work.succeeds(LINE);
    work.write("ica/notes.txt", "mine");
    work.write("ica/networks/notes.txt", "mine");
    work.refuses(
        LINE,
        "output '@/ica' holds an earlier result",
        "add --force to replace it, or choose another --output");
    Files.copy(work.path("X.npy"), work.path("Y.npy"));
    work.succeeds(LINE.replace("X.npy", "Y.npy") + " --force");
    assertThat(work.files("ica"))
        .containsExactly(
            "networks/Y.courses.npy",
            "networks/Y.maps.npy",
            "networks/Y.mixing.npy",
            "networks/Y.unmixing.npy",
            "networks/networks.json",
            "networks/notes.txt",
            "notes.txt");
  }

  @Test
  void nothingHalfWrittenIsLeftBehind() throws IOException {
    Npy.write(work.path("start.npy"), Matrix.zeros(2, 2));
    work.refuses(
        LINE + " --start @/start.npy", "the start is 2 × 2 but the signals are 500 × 8", "");
    assertThat(work.path("ica")).doesNotExist();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.filter(file -> file.getFileName().toString().startsWith("."))).isEmpty();
    }
  }

  @Test
  void otherPeoplesFoldersAreLeftAlone() throws IOException {
    Files.createDirectory(work.path("mine"));
    work.write("mine/precious.txt", "x");
    String line = "networks --signals @/X.npy --force --output ";
    work.refuses(line + "@/mine", "output '@/mine' is a folder with other files", "choose another");
    work.refuses(line + "@/X.npy", "output '@/X.npy' is a file", "choose another --output");
    work.refuses(line + "@/X.npy/a", "output '@/X.npy/a' cannot be made", "choose a folder");
    work.write("mine/recipe.lock.yaml", "x");
    work.refuses(line + "@/mine", "output '@/mine' holds a run", "choose another --output");
    assertThat(work.files("mine")).containsExactly("precious.txt", "recipe.lock.yaml");
  }

  @Test
  void aDryRunChecksEverythingAndWritesNothing() {
    Outcome outcome = work.succeeds(LINE + " --dry-run");
    assertThat(outcome.out())
        .startsWith("Dry run: nothing was computed or written.")
        .contains("Signals: 500 time points × 8 signals")
        .contains("  components: 3\n");
    JsonObject json =
        JsonParser.parseString(work.succeeds(LINE + " --dry-run --json").out()).getAsJsonObject();
    assertThat(json.get("dry_run").getAsBoolean()).isTrue();
    assertThat(json.get("times").getAsInt()).isEqualTo(500);
    assertThat(work.path("ica")).doesNotExist();
    work.refuses(
        LINE + " --dry-run --start @/gone.npy", "start @/gone.npy does not exist", "check");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 5, hold 1 × 5 values; needed are at least 2 time points",
    "5, 1, hold 5 × 1 values; needed are at least 2 time points",
    "0, 5, hold 0 × 5 values; needed are at least 2 time points",
  })
  void arraysWithoutAnythingToDecomposeAreRefused(int rows, int cols, String message)
      throws IOException {
    Npy.write(work.path("X.npy"), Matrix.zeros(rows, cols));
    work.refuses(LINE, "signals @/X.npy " + message, "an array of one axis counts as one row");
  }

  @ParameterizedTest
  @CsvSource({"NaN, signal 3 is NaN at time point 7", "Infinity, signal 3 is Infinity at time"})
  void valuesThatAreNotFiniteAreNamed(double value, String message) throws IOException {
    Npy.write(
        work.path("X.npy"), Matrix.tabulate(20, 5, (t, j) -> t == 7 && j == 3 ? value : t * j % 4));
    work.refuses(LINE, message, "replace or leave out values that are not finite");
  }

  @Test
  void filesThatAreNoArraysAreRefused() throws IOException {
    byte[] whole = Files.readAllBytes(work.path("X.npy"));
    Files.write(work.path("X.npy"), Arrays.copyOf(whole, whole.length - 1));
    work.refuses(LINE, "cannot read @/X.npy: its shape, 500 × 8 of 8 bytes each, needs", "save it");
    work.write("X.npy", "hello, this is no array");
    work.refuses(
        LINE, "cannot read @/X.npy: it does not start as a .npy file", "save it with numpy");
    Files.delete(work.path("X.npy"));
    work.refuses(LINE, "signals @/X.npy does not exist", "check the path");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          networks                                | networks needs a RECIPE or an array | write: fnprune networks RECIPE …, or
          networks a.yaml b.yaml                  | networks takes one RECIPE, but there are 2 | keep one
          networks r.yaml --signals @/X.npy       | networks takes a RECIPE or --signals, but there are both: r.yaml | leave one out
          networks r.yaml --start @/X.npy         | flag '--start' does nothing without --signals | leave it out
          networks --signals @/X.npy              | --output is missing | add --output DIR
          networks --signals @/X.npy --output @/ica --sparsity 0.5  | flag '--sparsity' does nothing with --signals | leave it out, or give a RECIPE
          networks --signals @/X.npy --output @/ica --source ffn-out | flag '--source' does nothing with --signals | leave it out, or give a RECIPE
          networks --signals @/X.npy --output @/ica --components no | --components no: is not known; allowed: a whole number, auto, | try auto or 64
          networks --signals @/X.npy --output @/ica --groups dataset | an array of signals has no datasets or fields | give a number of shards
          networks --signals @/X.npy --output @/ica --groups 501 | 501 groups of 500 time points | lower groups to 500 or less
          networks --signals                      | flag '--signals' needs a value | write --signals X.npy
          """)
  void wrongWordsAreNamed(String line, String error, String help) {
    work.refuses(line, error, help);
    assertThat(work.path("ica")).doesNotExist();
  }

  private static double correlation(Matrix a, int i, Matrix b, int j) {
    double[] x = a.transposed().row(i);
    double[] y = b.transposed().row(j);
    return new org.apache.commons.math3.stat.correlation.PearsonsCorrelation().correlation(x, y);
  }

  private Matrix array(String kind) throws IOException {
    return Npy.read(work.path("ica/networks/X." + kind + ".npy"));
  }

  private int[] shape(String kind) throws IOException {
    return new int[] {array(kind).rows(), array(kind).cols()};
  }

  private static double largest(Matrix matrix) {
    return Arrays.stream(matrix.toArray()).map(Math::abs).max().orElse(0);
  }
}
