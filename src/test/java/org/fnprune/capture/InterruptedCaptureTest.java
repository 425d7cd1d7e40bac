package org.fnprune.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.fnprune.common.Progress;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.runtime.RuntimeOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A capture that stops anywhere goes on from the last batch, to the same bits. */
class InterruptedCaptureTest {

  private static final Matrix TABLE = TinyRows.rounded(Matrices.gaussian(60, 200, 4));
  private static final Matrix OTHER = TinyRows.rounded(Matrices.gaussian(60, 200, 9));
  private static final List<TokenBatch> BATCHES =
      TinyRows.batches(TinyRows.sequences(0, 60), 1);

  private static final CaptureOptions PRODUCTS =
      CaptureOptions.defaults("tiny").withLag(true).withLost(Duration.ZERO);
  private static final CaptureOptions SKETCHES =
      new CaptureOptions(1_100_000, true, 2, 7, "tiny", Duration.ZERO);

  @TempDir Path temp;

  /** Stops a capture as a fault would. */
  private static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static Progress stoppingAt(int advance) {
    return new Progress() {
      private int seen;

      @Override
      public void advance(long units) {
        if (++seen == advance) {
          throw new Stop();
        }
      }
    };
  }

  private MomentsStore capture(
      Matrix table, CaptureOptions options, List<TokenBatch> text, String to, Progress progress)
      throws IOException {
    List<Signal> signals =
        List.of(
            TinyRows.signal(table),
            new Signal(
                "twice", ImmutableList.of("Gather_0", "logits"), ImmutableIntArray.of(200, 200)));
    return Capture.run(
        TinyRows.graph(table),
        signals,
        text,
        options,
        RuntimeOptions.cpu(2),
        temp.resolve(to),
        progress);
  }

  private void stop(CaptureOptions options, int advance) {
    assertThatThrownBy(() -> capture(TABLE, options, BATCHES, "out", stoppingAt(advance)))
        .isInstanceOf(Stop.class);
  }

  private ImmutableMap<String, String> files(String folder) throws IOException {
    try (Stream<Path> files = Files.walk(temp.resolve(folder))) {
      ImmutableMap.Builder<String, String> contents = ImmutableMap.builder();
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        contents.put(
            temp.resolve(folder).relativize(file).toString(),
            Arrays.toString(Files.readAllBytes(file)));
      }
      return contents.buildOrThrow();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 17, 29, 30})
  void productsAreTheSameBits(int advance) throws IOException {
    capture(TABLE, PRODUCTS, BATCHES, "whole", Progress.NONE);
    stop(PRODUCTS, advance);
    capture(TABLE, PRODUCTS, BATCHES, "out", Progress.NONE);
    assertThat(files("out")).isEqualTo(files("whole"));
  }

  /** In the sums, in the first product with a block, between two, in the last. */
  @ParameterizedTest
  @ValueSource(ints = {3, 30, 31, 45, 60, 61, 100})
  void sketchesAreTheSameBits(int advance) throws IOException {
    capture(TABLE, SKETCHES, BATCHES, "whole", Progress.NONE);
    stop(SKETCHES, advance);
    stop(SKETCHES, advance + 7);
    MomentsStore store = capture(TABLE, SKETCHES, BATCHES, "out", Progress.NONE);
    assertThat(store.get("twice")).isInstanceOf(Sketch.class);
    assertThat(files("out")).isEqualTo(files("whole"));
  }

  /** The second half is of another table, which shows where the first half came from. */
  @Test
  void whatWasDoneIsNotDoneAgain() throws IOException {
    stop(PRODUCTS, 20);
    MomentsStore both = capture(OTHER, PRODUCTS, BATCHES, "out", Progress.NONE);
    Moments first =
        (Moments)
            capture(TABLE, PRODUCTS, BATCHES.subList(0, 20), "first", Progress.NONE).get("rows");
    Moments second =
        (Moments)
            capture(OTHER, PRODUCTS, BATCHES.subList(20, 30), "second", Progress.NONE).get("rows");
    Matrices.assertClose(((Moments) both.get("rows")).gram(), first.plus(second).gram(), 1e-9);
    assertThat(((Moments) both.get("rows")).count()).isEqualTo(60L);
  }

  @Test
  void sumsOfAnotherModelOrTextAreLeftAlone() throws IOException {
    capture(OTHER, PRODUCTS, BATCHES, "whole", Progress.NONE);
    stop(PRODUCTS, 20);
    CaptureOptions other =
        new CaptureOptions(PRODUCTS.memory(), true, PRODUCTS.rank(), 0, "other", Duration.ZERO);
    capture(OTHER, other, BATCHES, "out", Progress.NONE);
    assertThat(temp.resolve("out/rows.gram.npy"))
        .hasSameBinaryContentAs(temp.resolve("whole/rows.gram.npy"));
    List<TokenBatch> text = BATCHES.subList(1, 30);
    capture(TABLE, PRODUCTS, text, "shorter", Progress.NONE);
    stop(PRODUCTS, 20);
    capture(TABLE, PRODUCTS, text, "out", Progress.NONE);
    assertThat(files("out")).isEqualTo(files("shorter"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 20, 1000})
  void damagedSumsAreLeftAlone(int length) throws IOException {
    capture(TABLE, PRODUCTS, BATCHES, "whole", Progress.NONE);
    stop(PRODUCTS, 20);
    try (Stream<Path> sums = Files.list(temp.resolve("out/.passes"))) {
      Path file = sums.toList().get(0);
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, length == 1000 ? bytes : Arrays.copyOf(bytes, length));
    }
    capture(TABLE, PRODUCTS, BATCHES, "out", Progress.NONE);
    assertThat(files("out")).isEqualTo(files("whole"));
  }

  @Test
  void quickPassesWriteNothing() {
    stop(PRODUCTS.withLost(Duration.ofHours(1)), 20);
    assertThat(temp.resolve("out/.passes")).doesNotExist();
  }
}
