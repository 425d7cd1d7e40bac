package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraph.integer;
import static org.fnprune.model.TinyGraphs.WIDTH;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TensorData;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.WeightSlice;
import org.fnprune.verify.Equivalence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is in a slim model's file, besides computing the right thing. */
class SlimModelTest {

  static Stream<String> models() {
    return TinyGraphs.PRUNABLE.keySet().stream();
  }

  private static Map<String, TensorProto> initializers(OnnxModel model) {
    Map<String, TensorProto> byName = new HashMap<>();
    model.graph().getInitializerList().forEach(t -> byName.put(t.getName(), t));
    return byName;
  }

  private static List<String> nodeNames(OnnxModel model) {
    return model.graph().getNodeList().stream().map(NodeProto::getName).toList();
  }

  @ParameterizedTest
  @MethodSource("models")
  void nodesKeepTheirNamesAndOutputs(String name) {
    SlimCheck check = SlimCheck.of(TinyGraphs.named(name));
    OnnxModel slim = check.slim(check.plan(Plans::half));
    Set<String> dense = new HashSet<>(nodeNames(check.dense().model()));
    assertThat(nodeNames(slim).stream().filter(n -> !n.contains("_pruned") && !n.contains("_part")))
        .isSubsetOf(dense);
    assertThat(slim.graph().getOutputList())
        .isEqualTo(check.dense().model().graph().getOutputList());
    assertThat(slim.graph().getNodeList().stream().filter(n -> n.getOpType().equals("MatMul")))
        .extracting(NodeProto::getOutputList)
        .isEqualTo(
            check.dense().nodes().stream()
                .filter(n -> n.getOpType().equals("MatMul"))
                .map(NodeProto::getOutputList)
                .toList());
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyTensorIsReadOrWrittenOut(String name) {
    SlimCheck check = SlimCheck.of(TinyGraphs.named(name));
    OnnxModel slim = check.slim(check.plan(Plans::half));
    Set<String> read = new HashSet<>();
    slim.graph().getNodeList().forEach(node -> read.addAll(node.getInputList()));
    slim.graph().getOutputList().forEach(output -> read.add(output.getName()));
    assertThat(read).containsAll(initializers(slim).keySet());
    slim.graph().getNodeList().forEach(n -> assertThat(n.getOutputList()).anyMatch(read::contains));
  }

  @ParameterizedTest
  @MethodSource("models")
  void untouchedInitialisersAreTheSameObjects(String name) {
    SlimCheck check = SlimCheck.of(TinyGraphs.named(name));
    Map<String, TensorProto> dense = initializers(check.dense().model());
    Map<String, TensorProto> slim = initializers(check.slim(check.plan(Plans::half)));
    Set<String> cut =
        check.structure().units().stream()
            .flatMap(unit -> unit.slices().stream())
            .map(WeightSlice::storage)
            .collect(Collectors.toSet());
    assertThat(slim.get("embedding")).isSameAs(dense.get("embedding"));
    slim.forEach(
        (tensor, proto) -> {
          if (dense.containsKey(tensor) && !cut.contains(tensor)) {
            assertThat(proto).isSameAs(dense.get(tensor));
          }
        });
  }

  @ParameterizedTest
  @MethodSource("models")
  void cutInitialisersAreExactSlices(String name) {
    assertExactSlices(TinyGraphs.named(name));
  }

  @Test
  void bfloat16IsCutBitForBit() {
    assertExactSlices(TinyGraphs.bfloat16());
  }

  private static void assertExactSlices(OnnxModel model) {
    SlimCheck check = SlimCheck.of(model);
    PruningPlan plan = check.plan(Plans::half);
    OnnxModel slim = check.slim(plan);
    Map<String, NodeProto> nodes = new HashMap<>();
    slim.graph().getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Graph slimGraph = Graph.of(slim);
    for (PrunableUnit unit : check.structure().units()) {
      for (WeightSlice slice : unit.slices()) {
        TensorData dense = check.dense().constantData(slice.storage()).orElseThrow();
        NodeProto reader =
            Objects.requireNonNull(nodes.get(check.dense().node(slice.use().node()).getName()));
        TensorData cut = slimGraph.constantData(reader.getInput(slice.use().input())).orElseThrow();
        assertThat(cut.bytes()).isEqualTo(odd(dense, slice.channels().axis()));
        assertThat(cut.type()).isEqualTo(dense.type());
      }
    }
  }

  /** Every second position, value by value. */
  private static ByteString odd(TensorData data, int axis) {
    int inner = axis == -2 ? data.dim(-1) : 1;
    int width = data.dim(axis);
    ByteString odd = ByteString.EMPTY;
    for (int i = 0; i < data.elements(); i++) {
      if (i / inner % width % 2 == 1) {
        int at = i * data.type().bytes();
        odd = odd.concat(data.bytes().substring(at, at + data.type().bytes()));
      }
    }
    return odd;
  }

  @Test
  void theDenseModelIsNotChanged() {
    OnnxModel model = TinyGraphs.plain();
    ByteString before = model.proto().toByteString();
    SlimCheck check = SlimCheck.of(model);
    assertThat(check.slim(check.plan(Plans::half)).proto()).isNotSameAs(model.proto());
    MaskedModel.of(check.dense(), check.structure());
    assertThat(model.proto().toByteString()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("models")
  void keepingEverythingGivesTheDenseModel(String name) {
    SlimCheck check = SlimCheck.of(TinyGraphs.named(name));
    assertThat(check.slim(check.plan(Plans::all)).proto()).isEqualTo(check.dense().model().proto());
  }

  @Test
  void declaredShapesGetNarrower() {
    SlimCheck check = SlimCheck.of(TinyGraphs.plain());
    Map<String, Long> before = lastSizes(check.dense().model());
    Map<String, Long> after = lastSizes(check.slim(check.plan(Plans::half)));
    assertThat(before).containsEntry("layers.0.Add_0", 10L).containsEntry("layers.0.Relu_0", 0L);
    assertThat(after).containsEntry("layers.0.Add_0", 5L).containsEntry("layers.0.Relu_0", 5L);
  }

  @Test
  void declaredShapesOfBroadcastScalarsStay() {
    SlimCheck check = SlimCheck.of(TinyGraphs.named("rescaled by a computed scalar"));
    assertThat(lastSizes(check.slim(check.plan(Plans::half))))
        .containsOnly(Map.entry("layers.0.Sqrt_0", 1L), Map.entry("layers.1.Sqrt_1", 1L));
  }

  private static Map<String, Long> lastSizes(OnnxModel model) {
    Map<String, Long> sizes = new HashMap<>();
    for (ValueInfoProto info : model.graph().getValueInfoList()) {
      TensorShapeProto shape = info.getType().getTensorType().getShape();
      sizes.put(info.getName(), shape.getDim(shape.getDimCount() - 1).getDimValue());
    }
    return sizes;
  }

  @Test
  void initialisersListedAsInputsAreDeclaredAsTheyAre() {
    SlimCheck check = SlimCheck.of(TinyGraphs.named("initialisers listed as inputs"));
    OnnxModel slim = check.slim(check.plan(Plans::uneven));
    Map<String, TensorProto> initializers = initializers(slim);
    assertThat(slim.graph().getInputList())
        .extracting(ValueInfoProto::getName)
        .hasSize(5)
        .doesNotContain("b1");
    slim.graph().getInputList().stream()
        .filter(input -> !input.getName().equals("input_ids"))
        .forEach(
            input ->
                assertThat(
                        input.getType().getTensorType().getShape().getDimList().stream()
                            .map(TensorShapeProto.Dimension::getDimValue))
                    .isEqualTo(
                        Objects.requireNonNull(initializers.get(input.getName())).getDimsList()));
  }

  @Test
  void aBiasThatABranchReadsIsCopied() {
    TinyGraph g = TinyGraph.create(1);
    String x = g.embedding();
    String bias = g.weight("bias", WIDTH);
    String up = g.op("Add", g.op("MatMul", x, g.weight("w1", HIDDEN, WIDTH)), bias);
    String down = g.op("MatMul", g.op("Relu", up), g.weight("w2", WIDTH, HIDDEN));
    String sum = g.op("ReduceSum", integer("keepdims", 0), g.branchesThatRead(bias));
    SlimCheck check = SlimCheck.of(g.head(g.op("Add", g.op("Add", x, down), sum)));

    assertThat(check.check(check.plan(Plans::half))).matches(Equivalence::passed);
    assertThat(initializers(check.slim(check.plan(Plans::half))))
        .containsKeys("bias", "bias_pruned");
  }

  @Test
  void unknownFieldsAndMetadataStay() {
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(4321, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
            .build();
    ModelProto.Builder proto = TinyGraphs.plain().proto().toBuilder();
    proto.setUnknownFields(unknown).setProducerName("me").addMetadataPropsBuilder().setKey("k");
    proto.getGraphBuilder().setUnknownFields(unknown);
    proto.getGraphBuilder().getNodeBuilderList().forEach(n -> n.setUnknownFields(unknown));
    SlimCheck check = SlimCheck.of(new OnnxModel(proto.build(), null));

    ModelProto slim = check.slim(check.plan(Plans::half)).proto();

    assertThat(slim.getUnknownFields()).isEqualTo(unknown);
    assertThat(slim.getProducerName()).isEqualTo("me");
    assertThat(slim.getMetadataProps(0).getKey()).isEqualTo("k");
    assertThat(slim.getGraph().getUnknownFields()).isEqualTo(unknown);
    assertThat(slim.getGraph().getNodeList())
        .allMatch(node -> node.getUnknownFields().equals(unknown));
  }
}
