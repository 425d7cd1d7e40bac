package org.fnprune.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraph.integer;
import static org.fnprune.model.TinyGraph.integers;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.Lists;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.function.Consumer;
import org.fnprune.common.Failures;
import org.fnprune.model.AttentionDialects;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyAttention;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.junit.jupiter.api.Test;

/** Graphs that no runtime could run are refused before anything is looked for in them. */
class DamagedGraphsTest {

  private static final String HELP = " | the file is damaged; export the model again";

  private static String failure(OnnxModel model) {
    return Failures.of(() -> StructureFinder.find(Graph.of(model)));
  }

  private static OnnxModel changed(OnnxModel model, Consumer<GraphProto.Builder> change) {
    GraphProto.Builder graph = model.graph().toBuilder();
    change.accept(graph);
    return model.withGraph(graph.build());
  }

  private static NodeProto.Builder node(GraphProto.Builder graph, String operator) {
    return graph.getNodeBuilderList().stream()
        .filter(node -> node.getOpType().equals(operator))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void nodesThatWaitForEachOtherAreRefused() {
    OnnxModel model =
        changed(
            TinyGraphs.plain(),
            graph -> node(graph, "MatMul").setInput(0, node(graph, "Relu").getOutput(0)));
    assertThat(failure(model))
        .isEqualTo(
            "the model's graph has a cycle: node 'layers.0.MatMul_0' (MatMul) waits for its own"
                + " result, or for that of nodes that do"
                + HELP);
  }

  @Test
  void nodesInAnotherOrderAreFollowedAlike() {
    for (OnnxModel model : List.of(TinyAttention.grouped(), TinyGraphs.plain())) {
      OnnxModel reversed =
          changed(
              model,
              graph -> {
                List<NodeProto> nodes = Lists.reverse(List.copyOf(graph.getNodeList()));
                graph.clearNode().addAllNode(nodes);
              });
      assertThat(StructureFinder.find(Graph.of(reversed)).units())
          .extracting(PrunableUnit::id)
          .containsExactlyInAnyOrderElementsOf(
              StructureFinder.find(Graph.of(model)).units().stream()
                  .map(PrunableUnit::id)
                  .toList());
    }
  }

  @Test
  void axesThatATensorHasNotAreRefused() {
    OnnxModel model = AttentionDialects.BY_HEAD.values().iterator().next();
    assertThat(
            failure(
                changed(
                    model,
                    graph ->
                        node(graph, "Transpose")
                            .clearAttribute()
                            .addAttribute(integers("perm", 0, 2, 1, 1)))))
        .isEqualTo(
            "node 'layers.0.Transpose_0' (Transpose) has perm [0, 2, 1, 1], but its input has 4"
                + " axes"
                + HELP);
    assertThat(
            failure(
                changed(
                    model,
                    graph ->
                        node(graph, "Softmax").clearAttribute().addAttribute(integer("axis", 4)))))
        .isEqualTo(
            "node 'layers.0.Softmax_0' (Softmax) has axis 4, but its input has 4 axes" + HELP);
  }

  @Test
  void countsBeyondAllMeasureAreRefused() {
    TinyGraph g = TinyGraph.create(1);
    String x = g.embedding();
    OnnxModel model = g.head(g.op("Softmax", integer("axis", 1L << 40), x));
    assertThat(failure(model))
        .isEqualTo("node 'Softmax_0' (Softmax) has axis 1099511627776, which no model has" + HELP);
  }

  @Test
  void constantsThatDoNotHoldWhatTheirShapeSaysAreRefused() {
    OnnxModel model =
        changed(
            TinyGraphs.plain(),
            graph -> graph.getInitializerBuilder(0).setRawData(ByteString.copyFromUtf8("cut")));
    assertThat(failure(model))
        .isEqualTo(
            "tensor 'embedding' has shape [11, "
                + HIDDEN
                + "], which is 264 bytes, but holds 3"
                + HELP);
  }

  @Test
  void aNodeOfABranchNeedsItsInputsToo() {
    TinyGraph g = TinyGraph.create(1);
    String x = g.embedding();
    OnnxModel model =
        changed(
            g.head(g.branchesThatRead(x)),
            graph ->
                node(graph, "If")
                    .getAttributeBuilder(0)
                    .getGBuilder()
                    .getNodeBuilder(0)
                    .clearInput());
    assertThat(failure(model))
        .startsWith("node '' (Identity) has 0 inputs and 1 outputs; it needs at least 1 and 1");
  }

  /** A Pad and a Gather stand for the outputs that went; what lies behind can still be pruned. */
  @Test
  void sizesAreKnownBehindAPad() {
    TinyGraph g = TinyGraph.create(1);
    String x = g.embedding();
    String padded = g.op("Pad", x, g.longs("pads", 0, 0, 0, 0, 0, 2));
    String up = g.op("MatMul", padded, g.weight("w1", HIDDEN + 2, 8));
    String shaped = g.op("Reshape", up, g.longs("shape", 0, 0, 8));
    String down = g.op("MatMul", g.op("Relu", shaped), g.weight("w2", 8, HIDDEN));
    Structure structure = StructureFinder.find(Graph.of(g.head(g.op("Add", x, down))));
    assertThat(structure.units()).extracting(PrunableUnit::width).containsExactly(8);
  }
}
