package org.fnprune.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SelfTestTest {

  @Test
  void thisMachineComputesRightly() {
    assertThatCode(SelfTest::run).doesNotThrowAnyException();
  }

  @Test
  void wrongVectorsHaveALargeResidual() {
    Matrix matrix = Matrix.of(new double[][] {{2, 1}, {1, 2}});
    SymmetricEigen wrong =
        new SymmetricEigen(SymmetricEigen.of(matrix).values(), Matrix.identity(2));
    assertThat(SelfTest.eigenResidual(matrix, wrong)).isGreaterThan(0.1);
  }

  @Test
  void aLargeResidualOrNoneNamesTheLibraryAndAWayOut() {
    assertThatIllegalStateException()
        .isThrownBy(() -> SelfTest.require("eigendecomposition", 1e-3))
        .withMessageMatching("OpenBLAS [0-9].*")
        .withMessageContaining("eigendecomposition is 0.001")
        .withMessageContaining("org.bytedeco:openblas");
    assertThatIllegalStateException().isThrownBy(() -> SelfTest.require("factor", Double.NaN));
  }

  @Test
  void threadsAreSet() {
    int before = Threads.get();
    Threads.set(1);
    assertThat(Threads.get()).isEqualTo(1);
    Threads.set(before);
    assertThatIllegalArgumentException().isThrownBy(() -> Threads.set(-1));
  }

  /** Runs in the process that {@link #nothingIsPrintedToStandardOutput} starts. */
  public static void main(String[] args) {
    Threads.set(0);
    SelfTest.run();
  }

  @Test
  void nothingIsPrintedToStandardOutput() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SelfTestTest.class.getName())
            .redirectError(Redirect.INHERIT)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(printed).isEmpty();
  }
}
