package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.fnprune.model.ModelFiles;
import org.fnprune.model.OnnxModel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code prune} with a model whose weights lie in a file of their own. */
class ExternalDataCommandTest {

  private static final String PRUNE =
      "prune @/m --sparsity 0.5 --round-to 4 --selector magnitude"
          + " --compensate none --latency false --output @/out";

  @TempDir private Path folder;
  private Workplace work;
  private Path weights;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
    Path onnx = work.path("m/model.onnx");
    ModelFiles.writeExternal(OnnxModel.read(onnx), onnx, "weights.bin");
    weights = work.path("m/weights.bin");
  }

  @Test
  void theSlimModelHasItsWeightsInAFileOfThatName() throws IOException {
    work.succeeds(PRUNE);
    assertThat(work.files("out/slim"))
        .containsExactly(
            "README.md",
            "config.json",
            "fnprune.json",
            "model.onnx",
            "tokenizer.json",
            "weights.bin");
    assertThat(Files.size(work.path("out/slim/weights.bin"))).isLessThan(Files.size(weights));
    assertThat(work.read("out/report.json")).contains("\"passed\": true");
  }

  @Test
  void aMissingFileIsNamedAndNothingIsWritten() throws IOException {
    Files.delete(weights);
    work.refuses(PRUNE, "external data file @/m/weights.bin of tensor", "copy it beside");
    assertThat(work.path("out")).doesNotExist();
  }

  /** Also where the part that is missing belongs to a tensor that is not cut. */
  @Test
  void aFileThatIsTooShortIsNamedAndNothingIsWritten() throws IOException {
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(bytes, bytes.length - 1));
    work.refuses(PRUNE, "external data of tensor 'head' is not usable", "export the model again");
    assertThat(work.path("out")).doesNotExist();
  }
}
