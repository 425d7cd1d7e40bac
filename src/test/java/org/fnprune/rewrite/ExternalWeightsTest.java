package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.fnprune.model.ModelFiles;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TensorData;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.fnprune.verify.Equivalence;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights that lie in files go from file to file while the slim model is written. */
class ExternalWeightsTest {

  private static final int LARGE = 400;

  @TempDir private Path temp;
  private Path source;
  private Path target;

  @BeforeEach
  void folders() throws IOException {
    source = Files.createDirectory(temp.resolve("dense"));
    target = temp.resolve("slim");
  }

  static Stream<String> models() {
    return TinyGraphs.PRUNABLE.keySet().stream();
  }

  private StagedFolder stage(OnnxModel dense, OnnxModel slim) throws IOException {
    ModelFolder folder = ModelFolder.open(source);
    return SlimFolder.stage(dense, slim, folder, folder.otherFiles(), target, Map.of());
  }

  private static Map<String, TensorData> tensors(OnnxModel model) {
    Map<String, TensorData> tensors = new HashMap<>();
    model.graph().getInitializerList().forEach(t -> tensors.put(t.getName(), model.data(t)));
    return tensors;
  }

  /** What is written is what the same model with its data inside becomes. */
  @ParameterizedTest
  @MethodSource("models")
  void theSlimModelDoesNotDependOnWhereTheWeightsLie(String name) throws IOException {
    OnnxModel inside = TinyGraphs.named(name);
    ModelFiles.writeExternal(inside, source.resolve("model.onnx"), "weights");
    OnnxModel dense = OnnxModel.read(source.resolve("model.onnx"));
    SlimCheck check = SlimCheck.of(dense);
    var plan = check.plan(s -> Plans.random(s, 3));
    StagedFolder staged = stage(dense, check.slim(plan));
    assertThat(tensors(OnnxModel.read(staged.onnx())))
        .isEqualTo(tensors(SlimCheck.of(inside).slim(plan)));
    assertThat(
            Equivalence.check(
                MaskedModel.of(check.dense(), check.structure()),
                staged.onnx(),
                check.structure(),
                plan,
                SlimCheck.BATCHES,
                List.of(),
                SlimCheck.CPU))
        .matches(Equivalence::passed);
  }

  private static OnnxModel wide() {
    return TinyGraphs.layers(
        (g, x) -> {
          String up = g.op("MatMul", x, g.weight("w1" + x, TinyGraph.HIDDEN, LARGE));
          return g.op("MatMul", g.op("Relu", up), g.weight("w2" + x, LARGE, TinyGraph.HIDDEN));
        });
  }

  /** A model of any size is rewritten without its weights: they are not even there. */
  @Test
  void noWeightIsReadBeforeItIsWritten() throws IOException {
    ModelFiles.writeExternal(wide(), source.resolve("model.onnx"), "weights");
    OnnxModel dense = OnnxModel.read(source.resolve("model.onnx"));
    SlimCheck check = SlimCheck.of(dense);
    Path hidden = temp.resolve("hidden");
    var plan = check.plan(Plans::half);
    OnnxModel slim = check.slim(plan);
    assertThat(slim.proto().getSerializedSize()).isLessThan(5_000);
    assertThat(slim.sliced()).hasSize(4);
    Files.move(source.resolve("weights"), hidden);
    assertThatThrownBy(() -> stage(dense, slim)).isInstanceOf(Exception.class);
    assertThat(target).doesNotExist();
    Files.move(hidden, source.resolve("weights"));
    stage(dense, slim).publish();
    assertThat(tensors(OnnxModel.read(target.resolve("model.onnx")))).isEqualTo(tensors(slim));
  }

  @Test
  void manySmallTensorsEachBeginAtAMultipleOf64() throws IOException {
    ModelFiles.writeExternal(
        TinyGraphs.named("gate, up, down"), source.resolve("model.onnx"), "weights");
    OnnxModel dense = OnnxModel.read(source.resolve("model.onnx"));
    SlimCheck check = SlimCheck.of(dense);
    stage(dense, check.slim(check.plan(Plans::one))).publish();
    long end = 0;
    for (TensorProto tensor :
        OnnxModel.read(target.resolve("model.onnx")).graph().getInitializerList()) {
      long offset = entry(tensor, "offset");
      assertThat(offset).isEqualTo((end + 63) / 64 * 64);
      end = offset + entry(tensor, "length");
    }
    assertThat(Files.size(target.resolve("weights"))).isEqualTo(end);
  }

  private static long entry(TensorProto tensor, String key) {
    return tensor.getExternalDataList().stream()
        .filter(e -> e.getKey().equals(key))
        .map(StringStringEntryProto::getValue)
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aStagedFolderIsPublishedOrDiscardedAsAWhole() throws IOException {
    ModelFiles.writeExternal(wide(), source.resolve("model.onnx"), "weights");
    OnnxModel dense = OnnxModel.read(source.resolve("model.onnx"));
    SlimCheck check = SlimCheck.of(dense);
    OnnxModel slim = check.slim(check.plan(Plans::half));
    StagedFolder first = stage(dense, slim);
    assertThat(target).doesNotExist();
    first.discard();
    assertThat(first.onnx()).doesNotExist();
    StagedFolder second = stage(dense, slim);
    assertThat(second.publish()).isEqualTo(target);
    assertThat(second.onnx()).doesNotExist();
    assertThat(target.resolve("model.onnx")).exists();
  }
}
