package org.fnprune.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import org.junit.jupiter.api.Test;

/** Flat models go back to what they were. */
class FlatModelTest {

  @Test
  void aModelWithoutBranchesAndFunctionsIsLeftAlone() {
    OnnxModel model = TinyGraphs.plain();
    assertThat(model.flat()).isSameAs(model);
    assertThat(model.nested()).isSameAs(model);
    assertThat(Graph.of(model).model()).isSameAs(model);
  }

  @Test
  void branchesThatNothingChangesAreAsTheyWere() {
    OnnxModel model = MergedDecoders.of(TinyGraphs.plain());
    OnnxModel flat = model.flat();
    assertThat(flat.graph().getNodeList()).noneMatch(node -> Graph.is(node, "If"));
    assertThat(flat.flat()).isSameAs(flat);
    assertThat(flat.nested().proto()).isEqualTo(model.proto());
    assertThat(flat.parameters()).isEqualTo(model.parameters());
  }

  @Test
  void tensorsOfAFlatModelHaveNamesOfTheirOwn() {
    Graph graph = Graph.of(MergedDecoders.of(TinyGraphs.plain()));
    int first = graph.producer("layers.0.Relu_0").orElseThrow();
    int second = graph.producer("layers.0.Relu_0@0.else").orElseThrow();
    assertThat(graph.exclude(first, second)).isTrue();
    assertThat(graph.exclude(first, first + 1)).isFalse();
  }

  /** What measures a branch reads it from outside: its nodes then run in any case. */
  @Test
  void aBranchThatIsReadFromOutsideMovesOut() {
    OnnxModel flat = MergedDecoders.of(TinyGraphs.plain()).flat();
    GraphProto tapped =
        flat.graph().toBuilder()
            .addNode(
                NodeProto.newBuilder()
                    .setOpType("Identity")
                    .addInput("layers.0.Relu_0@0.else")
                    .addOutput("tap"))
            .addOutput(ValueInfoProto.newBuilder().setName("tap"))
            .build();
    GraphProto nested = BranchNester.nest(tapped);
    assertThat(nested.getNodeList())
        .extracting(NodeProto::getName)
        .contains("layers.0.MatMul_0", "layers.0.Relu_0", "merged")
        .doesNotContain("layers.1.Relu_1");
  }
}
