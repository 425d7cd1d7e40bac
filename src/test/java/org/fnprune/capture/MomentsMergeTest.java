package org.fnprune.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.fnprune.common.Failures;
import org.fnprune.common.Progress;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.runtime.RuntimeOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Captures of shards, merged, are the capture of everything. */
class MomentsMergeTest {

  private static final Matrix TABLE = Matrices.gaussian(90, 7, 6);

  @TempDir Path work;

  private Path capture(String name, int from, int to, CaptureOptions options) throws IOException {
    return capture(name, from, to, options, TABLE);
  }

  private Path capture(String name, int from, int to, CaptureOptions options, Matrix table)
      throws IOException {
    Path folder = work.resolve(name);
    Capture.run(
        TinyRows.graph(table),
        List.of(TinyRows.signal(table)),
        TinyRows.batches(TinyRows.sequences(from, to), 1),
        options,
        RuntimeOptions.cpu(1),
        folder,
        Progress.NONE);
    return folder;
  }

  private static final CaptureOptions OPTIONS = CaptureOptions.defaults("model").withLag(true);

  /** Sequences of 1, 2 and 3 tokens start again every six. */
  private List<Path> shards() throws IOException {
    return List.of(
        capture("a", 0, 30, OPTIONS), capture("b", 30, 36, OPTIONS), capture("c", 36, 90, OPTIONS));
  }

  @Test
  void shardsAddUpToOneCapture() throws IOException {
    MomentsStore merged = MomentsMerge.merge(shards(), work.resolve("sum"));
    MomentsStore whole = MomentsFiles.open(capture("whole", 0, 90, OPTIONS)).orElseThrow();
    assertThat(merged.ids()).containsExactly("rows");
    assertThat(merged.get("rows").count()).isEqualTo(90);
    Matrices.assertClose(
        ((Moments) merged.get("rows")).gram(), ((Moments) whole.get("rows")).gram(), 1e-12);
    Matrices.assertClose(merged.get("rows").sum(), whole.get("rows").sum(), 1e-12);
    assertThat(merged.lag("rows").orElseThrow().pairs())
        .isEqualTo(whole.lag("rows").orElseThrow().pairs());
    Matrices.assertClose(
        merged.lag("rows").orElseThrow().products(),
        whole.lag("rows").orElseThrow().products(),
        1e-12);
    assertThat(MomentsFiles.open(work.resolve("sum"))).isPresent();
  }

  @Test
  void theOrderOfTheFoldersChangesNoBit() throws IOException {
    List<Path> s = shards();
    MomentsStore one = MomentsMerge.merge(s, work.resolve("one"));
    MomentsStore other =
        MomentsMerge.merge(List.of(s.get(2), s.get(0), s.get(1)), work.resolve("other"));
    assertThat(other.get("rows")).isEqualTo(one.get("rows"));
    assertThat(other.lag("rows")).isEqualTo(one.lag("rows"));
  }

  private String refusal(Path... folders) {
    return Failures.of(() -> MomentsMerge.merge(List.of(folders), work.resolve("sum")));
  }

  @Test
  void whatDoesNotBelongTogetherIsRefused() throws IOException {
    Path a = capture("a", 0, 30, OPTIONS);
    assertThat(refusal(a, a)).contains("given twice");
    assertThat(
            refusal(
                a, capture("other", 30, 60, CaptureOptions.defaults("elsewhere").withLag(true))))
        .contains("of different models", "(model)", "(elsewhere)");
    assertThat(refusal(a, capture("bare", 30, 60, CaptureOptions.defaults("model"))))
        .contains("'rows' has products of neighbours in one only");
    assertThat(refusal(a, capture("narrow", 30, 60, OPTIONS, Matrices.gaussian(90, 6, 1))))
        .contains("'rows' has different widths", "(7)", "(6)");
    assertThat(refusal(a, work.resolve("nowhere"))).contains("holds no finished capture");
    assertThat(Failures.of(() -> MomentsMerge.merge(List.of(a), a))).contains("cannot replace");
    assertThat(work.resolve("sum")).doesNotExist();
  }

  @Test
  void sketchesDoNotAddUp() throws IOException {
    Matrix wide = Matrices.gaussian(30, 200, 2);
    CaptureOptions little = CaptureOptions.defaults("model").withMemory(260_000).withRank(1).withSeed(1);
    Path a = capture("a", 0, 15, little, wide);
    Path b = capture("b", 15, 30, little, wide);
    assertThat(refusal(a, b)).contains("'rows' in " + a + " is a sketch");
  }

  @Test
  void aFolderWithAFileCutOffIsNotComplete() throws IOException {
    Path a = capture("a", 0, 30, OPTIONS);
    byte[] sum = Files.readAllBytes(a.resolve("rows.lag.npy"));
    Files.write(a.resolve("rows.lag.npy"), Arrays.copyOf(sum, sum.length - 1));
    assertThat(MomentsFiles.open(a)).isEmpty();
  }

  @Test
  void anIndexCannotNameFilesElsewhere() throws IOException {
    Path a = capture("a", 0, 30, OPTIONS);
    Path index = a.resolve("moments.json");
    Files.writeString(index, Files.readString(index).replace("\"rows\"", "\"../rows\""));
    assertThat(refusal(a)).contains("is no name of a signal");
  }
}
