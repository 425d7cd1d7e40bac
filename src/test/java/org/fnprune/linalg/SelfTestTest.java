package org.fnprune.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
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

  /**
   * Runs in the process that {@link #startingUpPrintsNothingToStandardOutputAndKeepsTheThreads}
   * starts.
   */
  public static void main(String[] args) {
    Threads.set(1);
    SelfTest.run();
    Matrix.zeros(100, 100).times(Matrix.zeros(100, 100));
    if (Threads.inEffect() != 1) {
      throw new IllegalStateException(Threads.inEffect() + " threads");
    }
  }

  @Test
  void startingUpPrintsNothingToStandardOutputAndKeepsTheThreads()
      throws IOException, InterruptedException {
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
