package org.fnprune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ByteRunsTest {

  private static Selection all(long... dims) {
    return Selection.all(ImmutableList.copyOf(com.google.common.primitives.Longs.asList(dims)));
  }

  /** Runs as {@code offset+length}. */
  private static List<String> runs(Selection selection, int elementBytes) throws IOException {
    List<String> runs = new ArrayList<>();
    new ByteRuns(selection, elementBytes)
        .forEach((offset, length) -> runs.add(offset + "+" + length));
    return runs;
  }

  @Test
  void aWholeTensorIsOneRun() throws IOException {
    assertThat(runs(all(6, 8), 4)).containsExactly("0+192");
    assertThat(runs(all(), 4)).containsExactly("0+4");
    assertThat(runs(all(1L << 20, 1L << 20), 4)).containsExactly("0+" + (1L << 42));
  }

  @Test
  void neighbouringRowsAreOneRun() throws IOException {
    assertThat(runs(all(6, 8).slice(-2, new int[] {0, 1, 4}), 4)).containsExactly("0+64", "128+32");
  }

  @Test
  void neighbouringColumnsAreOneRunOfEveryRow() throws IOException {
    assertThat(runs(all(2, 8).slice(-1, new int[] {0, 1, 4}), 2))
        .containsExactly("0+4", "8+2", "16+4", "24+2");
  }

  @Test
  void bothAxesOfAMatrixAreCut() throws IOException {
    Selection both = all(3, 4).slice(-1, new int[] {1, 2}).slice(-2, new int[] {2});
    assertThat(both.sizes()).containsExactly(1L, 2L);
    assertThat(runs(both, 4)).containsExactly("36+8");
  }

  @Test
  void axesAfterTheCutOneAreCopiedAlong() throws IOException {
    assertThat(runs(all(2, 3, 5).slice(-2, new int[] {2}), 4)).containsExactly("40+20", "100+20");
  }

  @Test
  void aSliceOfASliceCountsWhatIsLeft() throws IOException {
    Selection twice = all(10).slice(-1, new int[] {1, 3, 5, 7}).slice(-1, new int[] {0, 3});
    assertThat(runs(twice, 1)).containsExactly("1+1", "7+1");
  }

  @Test
  void offsetsBeyondTwoGigabytesAreRight() throws IOException {
    assertThat(runs(all(1L << 20, 1L << 12).slice(-2, new int[] {0, (1 << 20) - 1}), 4))
        .containsExactly("0+16384", ((1L << 34) - 16384) + "+16384");
  }

  @Test
  void positionsBeyondTheAxisAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all(6, 8).slice(-1, new int[] {8}))
        .withMessageContaining("axis 1 has only 8 positions");
  }
}
