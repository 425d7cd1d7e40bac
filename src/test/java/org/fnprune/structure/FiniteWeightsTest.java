package org.fnprune.structure;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.fnprune.common.UsageException;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.ModelFiles;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.QuantisedDialects;
import org.fnprune.model.TinyGraphs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FiniteWeightsTest {

  @TempDir private Path folder;

  static Stream<OnnxModel> quantised() {
    return Stream.concat(
        QuantisedDialects.OF_COLUMNS.values().stream(),
        QuantisedDialects.IN_BLOCKS.values().stream());
  }

  @ParameterizedTest
  @MethodSource("quantised")
  void aScaleThatIsNoNumberIsRefusedByName(OnnxModel model) {
    assertThatCode(() -> require(model)).doesNotThrowAnyException();
    refuses(with(model, "down_scale", Float.NaN), "holds NaN (value 0 of shape");
    refuses(with(model, "down_scale", Float.NEGATIVE_INFINITY), "holds -Infinity (value 0");
    assertThatCode(() -> require(with(model, "down_scale", 0))).doesNotThrowAnyException();
  }

  @Test
  void weightsInAFileOfTheirOwnAreReadToo() throws IOException {
    OnnxModel plain = TinyGraphs.plain();
    Graph graph = Graph.of(plain);
    String weight = StructureFinder.find(graph).units().get(0).slices().get(0).storage();
    Path file =
        ModelFiles.writeExternal(
            with(plain, weight, Float.NaN), folder.resolve("model.onnx"), "model.onnx_data");
    refuses(OnnxModel.read(file), "weight '" + weight + "' of unit");
  }

  @Test
  void weightsOfNoUnitAreNotLookedAt() {
    OnnxModel plain = TinyGraphs.plain();
    String first = plain.graph().getInitializer(0).getName();
    assertThatCode(() -> require(with(plain, first, Float.NaN))).doesNotThrowAnyException();
  }

  private static void require(OnnxModel model) {
    Graph graph = Graph.of(model);
    FiniteWeights.require(graph, StructureFinder.find(graph));
  }

  private static void refuses(OnnxModel model, String message) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> require(model))
        .withMessageContaining(message);
  }

  /** The model with another first value in the float tensor whose name begins so. */
  private static OnnxModel with(OnnxModel model, String name, float value) {
    GraphProto.Builder graph = model.graph().toBuilder();
    TensorProto.Builder tensor =
        graph.getInitializerBuilderList().stream()
            .filter(
                t -> t.getName().startsWith(name) && t.getDataType() == ElementType.FLOAT.number())
            .findFirst()
            .orElseThrow();
    ByteBuffer values = ByteBuffer.wrap(tensor.getRawData().toByteArray());
    values.order(ByteOrder.LITTLE_ENDIAN).putFloat(0, value);
    tensor.setRawData(ByteString.copyFrom(values.array()));
    return model.withGraph(graph.build());
  }
}
