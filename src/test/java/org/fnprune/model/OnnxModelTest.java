package org.fnprune.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.fnprune.common.Failures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxModelTest {

  @TempDir Path folder;

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("model.onnx"), bytes);
  }

  @Test
  void readsWhatWasWritten() throws IOException {
    OnnxModel model = TinyGraphs.plain();
    Path file = ModelFiles.write(model, folder.resolve("model.onnx"));
    OnnxModel read = OnnxModel.read(file);
    assertThat(read.proto()).isEqualTo(model.proto());
    assertThat(read.file()).isEqualTo(file);
    assertThat(read.opset()).isEqualTo(20);
    assertThat(read.hasExternalData()).isFalse();
  }

  @Test
  void unknownFieldsSurviveARoundTrip() throws IOException {
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(
                4321,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("future"))
                    .build())
            .build();
    ModelProto.Builder proto = TinyGraphs.plain().proto().toBuilder().setUnknownFields(unknown);
    proto.getGraphBuilder().setUnknownFields(unknown);
    proto.getGraphBuilder().getNodeBuilder(0).setUnknownFields(unknown);
    byte[] bytes = proto.build().toByteArray();
    assertThat(OnnxModel.read(file(bytes)).proto().toByteArray()).isEqualTo(bytes);
  }

  @Test
  void aTruncatedFileIsRefused() throws IOException {
    byte[] bytes = TinyGraphs.plain().proto().toByteArray();
    for (int length : new int[] {1, 10, bytes.length / 2, bytes.length - 1}) {
      Path file = file(Arrays.copyOf(bytes, length));
      assertThat(Failures.of(() -> OnnxModel.read(file)))
          .containsAnyOf("is not a complete ONNX model", "is not an ONNX model");
    }
  }

  @Test
  void garbageIsRefused() throws IOException {
    Path text = file("this is a text, not a model".getBytes(StandardCharsets.UTF_8));
    assertThat(Failures.of(() -> OnnxModel.read(text))).contains("ONNX model");
    Path empty = file(new byte[0]);
    assertThat(Failures.of(() -> OnnxModel.read(empty))).contains("is not an ONNX model");
  }

  @Test
  void aMissingFileIsNamed() {
    Path gone = folder.resolve("gone.onnx");
    assertThat(Failures.of(() -> OnnxModel.read(gone)))
        .contains(gone.toString())
        .contains("cannot be read");
  }

  @Test
  void nestingWithoutEndIsRefused() throws IOException {
    Path file = file(field(7, deepGraph(120)).toByteArray());
    assertThat(Failures.of(() -> OnnxModel.read(file))).contains("is not a complete ONNX model");
  }

  /** A graph whose node has an attribute that is a graph whose node … */
  private static ByteString deepGraph(int depth) {
    ByteString graph = ByteString.EMPTY;
    for (int i = 0; i < depth; i++) {
      ByteString attribute = field(6, graph);
      graph = field(1, field(5, attribute));
    }
    return graph;
  }

  private static ByteString field(int number, ByteString content) {
    ByteString.Output out = ByteString.newOutput();
    try {
      CodedOutputStream coded = CodedOutputStream.newInstance(out);
      coded.writeBytes(number, content);
      coded.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteString();
  }

  @Test
  void aNameDefinedTwiceIsRefused() {
    TinyGraph g = TinyGraph.create(1);
    String x = g.embedding();
    g.weight("twice", 2);
    g.weight("twice", 2);
    OnnxModel initializers = g.head(x);
    assertThat(Failures.of(() -> Graph.of(initializers)))
        .startsWith("the model defines the tensor 'twice' twice");

    ModelProto.Builder proto = TinyGraphs.plain().proto().toBuilder();
    proto.getGraphBuilder().addNode(proto.getGraph().getNode(1));
    OnnxModel nodes = new OnnxModel(proto.build(), null);
    assertThat(Failures.of(() -> Graph.of(nodes))).contains("twice");
  }

  @Test
  void aNodeWithTooFewInputsIsRefused() {
    for (String operator :
        new String[] {"MatMul", "Gemm", "Relu", "Identity", "Reshape", "Gather"}) {
      ModelProto.Builder proto = TinyGraphs.plain().proto().toBuilder();
      proto
          .getGraphBuilder()
          .addNode(NodeProto.newBuilder().setName("n").setOpType(operator).addOutput("o"));
      OnnxModel model = new OnnxModel(proto.build(), null);
      assertThat(Failures.of(() -> Graph.of(model)))
          .startsWith("node 'n' (" + operator + ") has 0 inputs and 1 outputs");
    }
  }

  @Test
  void aNodeWithoutOutputIsRefused() {
    ModelProto.Builder proto = TinyGraphs.plain().proto().toBuilder();
    proto.getGraphBuilder().addNode(NodeProto.newBuilder().setOpType("Constant"));
    OnnxModel model = new OnnxModel(proto.build(), null);
    assertThat(Failures.of(() -> Graph.of(model)))
        .contains("(Constant) has 0 inputs and 0 outputs");
  }

  @Test
  void parametersAreFloatsOfInitialisersAndConstantMatrices() {
    TinyGraph g = TinyGraph.create(1);
    String x = g.embedding();
    g.longs("integers", 1, 2, 3);
    g.constantNode("matrix", 3, 4);
    g.constantNode("vector", 7);
    assertThat(g.head(x).parameters())
        .isEqualTo(2 * TinyGraph.HIDDEN * TinyGraph.VOCABULARY + 3 * 4);
  }

  @Test
  void externalDataOfSubgraphsAndAttributesIsFound() throws IOException {
    Files.write(folder.resolve("data"), new byte[4]);
    TensorProto external =
        TensorProto.newBuilder()
            .setName("e")
            .setDataType(ElementType.FLOAT.number())
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(ModelFiles.entry("location", "data"))
            .build();
    TinyGraph g = TinyGraph.create(1);
    g.alsoOutput(g.branchesThatRead(g.weight("w", 2)));
    ModelProto.Builder proto = g.head(g.embedding()).proto().toBuilder();
    proto.getGraphBuilder().getNodeBuilderList().stream()
        .filter(node -> node.getOpType().equals("If"))
        .forEach(node -> node.getAttributeBuilder(0).getGBuilder().addInitializer(external));
    OnnxModel model = new OnnxModel(proto.build(), folder.resolve("model.onnx"));
    Files.write(folder.resolve("model.onnx"), model.proto().toByteArray());

    assertThat(model.hasExternalData()).isTrue();
    assertThat(model.externalLocations()).containsExactly("data");
    assertThat(model.externalFiles()).containsExactly(folder.toRealPath().resolve("data"));
  }
}
