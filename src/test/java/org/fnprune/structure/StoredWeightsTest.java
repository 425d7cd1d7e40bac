package org.fnprune.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import org.fnprune.model.Graph;
import org.fnprune.model.ModelFiles;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraphs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredWeightsTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"MatMul, Add, Relu", "transB Gemm", "two consumers", "float16"})
  void normsReadFromAFileAreThoseOfTheMatrix(String name) throws IOException {
    Path file =
        ModelFiles.writeExternal(
            TinyGraphs.named(name), folder.resolve("model.onnx"), "model.onnx_data");
    Graph graph = Graph.of(OnnxModel.read(file));
    for (PrunableUnit unit : StructureFinder.find(graph).units()) {
      ChannelWeights inMemory = ChannelWeights.of(ConsumerWeights.read(graph, unit));
      assertThat(ConsumerWeights.of(graph, unit, false).squaredNorms())
          .hasSize(unit.positions())
          .containsExactly(inMemory.squaredNorms(), within(1e-12));
    }
  }

  @Test
  void theMatrixIsReadOnce() {
    Graph graph = Graph.of(TinyGraphs.plain());
    PrunableUnit unit = StructureFinder.find(graph).units().get(0);
    ChannelWeights weights = ConsumerWeights.of(graph, unit, false);
    assertThat(weights.rows()).isEqualTo(unit.positions());
    assertThat(weights.matrix()).isSameAs(weights.matrix());
  }
}
