package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.ModelFiles;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.OnnxSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlimFolderTest {

  private static final int LARGE = 400;

  @TempDir Path temp;
  private Path source;
  private Path target;

  @BeforeEach
  void folders() throws IOException {
    source = Files.createDirectory(temp.resolve("dense"));
    target = temp.resolve("slim");
  }

  /** A block wide enough for its weights to be moved out of the model file. */
  private static OnnxModel wide() {
    return TinyGraphs.layers(
        (g, x) -> {
          String up = g.op("MatMul", x, g.weight("w1" + x, TinyGraph.HIDDEN, LARGE));
          String h = g.op("Relu", up);
          return g.op("MatMul", h, g.weight("w2" + x, LARGE, TinyGraph.HIDDEN));
        });
  }

  /** Prunes the model at {@code path} and writes it. */
  private OnnxModel write(Path path, Map<Path, String> patched) throws IOException {
    ModelFolder folder = ModelFolder.open(path);
    OnnxModel dense = OnnxModel.read(folder.onnxFile());
    SlimCheck check = SlimCheck.of(dense);
    OnnxModel slim = check.slim(check.plan(Plans::half));
    SlimFolder.write(dense, slim, folder, target, patched);
    return slim;
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(target)) {
      return files
          .filter(Files::isRegularFile)
          .map(f -> target.relativize(f).toString())
          .sorted()
          .toList();
    }
  }

  private static void assertSameOutputs(OnnxModel one, Path file) {
    TokenBatch batch = SlimCheck.BATCHES.get(1);
    try (BatchRunner memory = new BatchRunner(OnnxSession.ofModel(one, SlimCheck.CPU));
        BatchRunner disk = new BatchRunner(OnnxSession.ofFile(file, SlimCheck.CPU))) {
      assertThat(disk.run(batch, List.of("logits")).get(0).values())
          .isEqualTo(memory.run(batch, List.of("logits")).get(0).values());
    }
  }

  private static void assertSameTensors(OnnxModel read, OnnxModel slim) {
    for (int i = 0; i < slim.graph().getInitializerCount(); i++) {
      assertThat(read.data(read.graph().getInitializer(i)))
          .isEqualTo(slim.data(slim.graph().getInitializer(i)));
    }
  }

  @Test
  void aModelInOneFileStaysInOneFile() throws IOException {
    ModelFiles.write(wide(), source.resolve("model.onnx"));
    OnnxModel slim = write(source, Map.of());
    assertThat(files()).containsExactly("model.onnx");
    assertThat(OnnxModel.read(target.resolve("model.onnx")).proto()).isEqualTo(slim.proto());
    assertSameOutputs(slim, target.resolve("model.onnx"));
  }

  @Test
  void theDenseModelsCardDoesNotPassForTheSlimOnes() throws IOException {
    ModelFiles.write(wide(), source.resolve("model.onnx"));
    Files.writeString(source.resolve("README.md"), "dense");
    Files.writeString(source.resolve("README.dense.md"), "denser");
    write(source, Map.of());
    assertThat(files()).containsExactly("README.dense.dense.md", "README.dense.md", "model.onnx");
    assertThat(target.resolve("README.dense.md")).hasContent("dense");
    assertThat(target.resolve("README.dense.dense.md")).hasContent("denser");
  }

  @Test
  void externalDataKeepsItsNameAndReadsBackEqual() throws IOException {
    ModelFiles.writeExternal(wide(), source.resolve("model.onnx"), "weights.bin");
    OnnxModel slim = write(source, Map.of());
    assertThat(files()).containsExactly("model.onnx", "weights.bin");
    OnnxModel read = OnnxModel.read(target.resolve("model.onnx"));
    assertSameTensors(read, slim);
    assertSameOutputs(slim, target.resolve("model.onnx"));
    assertThat(Files.size(target.resolve("weights.bin")))
        .isLessThan(Files.size(source.resolve("weights.bin")));
  }

  @Test
  void externalDataIsAligned() throws IOException {
    ModelFiles.writeExternal(wide(), source.resolve("model.onnx"), "model.onnx_data");
    write(source, Map.of());
    OnnxModel read = OnnxModel.read(target.resolve("model.onnx"));
    assertThat(read.graph().getInitializerList())
        .filteredOn(t -> t.getDataLocation() == TensorProto.DataLocation.EXTERNAL)
        .isNotEmpty()
        .flatExtracting(TensorProto::getExternalDataList)
        .filteredOn(entry -> entry.getKey().equals("offset"))
        .extracting(StringStringEntryProto::getValue)
        .allMatch(offset -> Long.parseLong(offset) % 64 == 0);
  }

  /** Also where every external tensor was cut, so that the slim graph refers to none any more. */
  @Test
  void theDenseWeightsAreNeverCopied() throws IOException {
    OnnxModel model = wide();
    var proto = model.proto().toBuilder();
    for (TensorProto.Builder tensor : proto.getGraphBuilder().getInitializerBuilderList()) {
      if (tensor.getName().startsWith("w")) {
        Files.write(source.resolve(tensor.getName()), tensor.getRawData().toByteArray());
        tensor
            .clearRawData()
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(
                StringStringEntryProto.newBuilder().setKey("location").setValue(tensor.getName()));
      }
    }
    Files.write(source.resolve("model.onnx"), proto.build().toByteArray());
    OnnxModel slim = write(source, Map.of());
    assertThat(files()).containsExactly("model.onnx", "model.onnx_data");
    assertSameTensors(OnnxModel.read(target.resolve("model.onnx")), slim);
    assertSameOutputs(slim, target.resolve("model.onnx"));
  }

  @Test
  void aHubCacheOfLinksIsWrittenAsFiles() throws IOException {
    Path blobs = Files.createDirectory(temp.resolve("blobs"));
    ModelFiles.writeExternal(wide(), blobs.resolve("abc"), "model.onnx_data");
    Files.createSymbolicLink(source.resolve("model.onnx"), Path.of("../blobs/abc"));
    Files.createSymbolicLink(
        source.resolve("model.onnx_data"), Path.of("../blobs/model.onnx_data"));
    OnnxModel slim = write(source, Map.of());
    assertThat(files()).containsExactly("model.onnx", "model.onnx_data");
    assertSameTensors(OnnxModel.read(target.resolve("model.onnx")), slim);
    assertSameOutputs(slim, target.resolve("model.onnx"));
  }

  @Test
  void everyOtherFileComesAlongButNoOtherModel() throws IOException {
    ModelFiles.write(wide(), source.resolve("onnx/model.onnx"));
    ModelFiles.write(wide(), source.resolve("onnx/model_fp16.onnx"));
    Files.writeString(source.resolve("config.json"), "{}", StandardCharsets.UTF_8);
    Files.writeString(source.resolve("tokenizer.json"), "tokens", StandardCharsets.UTF_8);
    Files.createDirectory(source.resolve("extra"));
    Files.writeString(source.resolve("extra/notes.txt"), "notes", StandardCharsets.UTF_8);
    write(source, Map.of(Path.of("config.json"), "{\"new\": 1}", Path.of("fnprune.json"), "ours"));
    assertThat(files())
        .containsExactly(
            "config.json", "extra/notes.txt", "fnprune.json", "onnx/model.onnx", "tokenizer.json");
    assertThat(target.resolve("config.json")).hasContent("{\"new\": 1}");
    assertThat(target.resolve("tokenizer.json")).hasContent("tokens");
  }

  @Test
  void ofABareFileOnlyKnownCompanionsComeAlong() throws IOException {
    ModelFiles.write(wide(), source.resolve("some.onnx"));
    Files.writeString(source.resolve("tokenizer.json"), "tokens", StandardCharsets.UTF_8);
    Files.writeString(source.resolve("private.txt"), "private", StandardCharsets.UTF_8);
    write(source.resolve("some.onnx"), Map.of());
    assertThat(files()).containsExactly("some.onnx", "tokenizer.json");
  }

  @Test
  void anExistingFolderIsNotReplaced() throws IOException {
    ModelFiles.write(wide(), source.resolve("model.onnx"));
    Files.createDirectory(target);
    Files.writeString(target.resolve("mine"), "mine", StandardCharsets.UTF_8);
    assertThatThrownBy(() -> write(source, Map.of())).isInstanceOf(IOException.class);
    assertThat(files()).containsExactly("mine");
  }

  @Test
  void whatAnInterruptedRunLeftIsReplaced() throws IOException {
    ModelFiles.write(wide(), source.resolve("model.onnx"));
    Files.createDirectory(temp.resolve(".slim.part"));
    Files.writeString(temp.resolve(".slim.part/old"), "old", StandardCharsets.UTF_8);
    write(source, Map.of());
    assertThat(files()).containsExactly("model.onnx");
    assertThat(temp.resolve(".slim.part")).doesNotExist();
  }
}
