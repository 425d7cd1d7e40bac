package org.fnprune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.util.List;
import org.fnprune.common.UsageException;
import org.fnprune.data.RandomTokens;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.StructureFinder;
import org.junit.jupiter.api.Test;

/** A function's body in place of its calls computes what the calls did. */
class FunctionInlinerTest {

  private static final String DOMAIN = "pkg.torch.nn";

  private final TinyGraph g = TinyGraph.create(3);
  private final String x = g.embedding();

  private static FunctionProto.Builder function(
      String name, List<String> inputs, List<String> outputs) {
    return FunctionProto.newBuilder()
        .setDomain(DOMAIN)
        .setName(name)
        .addAllInput(inputs)
        .addAllOutput(outputs)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(20))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(DOMAIN).setVersion(1));
  }

  private static NodeProto.Builder node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName("n_" + output)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  private static AttributeProto reference(String name, String parameter) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setRefAttrName(parameter)
        .build();
  }

  /** The model with functions; nodes of operators that ONNX does not have call them. */
  private static OnnxModel with(OnnxModel model, FunctionProto.Builder... functions) {
    ModelProto.Builder changed = model.proto().toBuilder();
    for (FunctionProto.Builder function : functions) {
      changed.addFunctions(function);
      for (NodeProto.Builder node : changed.getGraphBuilder().getNodeBuilderList()) {
        if (node.getOpType().equals(function.getName())) {
          node.setDomain(DOMAIN);
        }
      }
    }
    changed.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(DOMAIN).setVersion(1));
    return new OnnxModel(changed.build(), null);
  }

  private static float[] run(OnnxModel model) {
    try (BatchRunner runner = new BatchRunner(OnnxSession.ofModel(model, RuntimeOptions.cpu(1)))) {
      var output =
          runner.run(RandomTokens.batch(2, 7, TinyGraph.VOCABULARY, 5), List.of("logits")).get(0);
      float[] values = new float[output.values().remaining()];
      output.values().get(values);
      return values;
    }
  }

  /** Checks that ONNX Runtime, which inlines functions itself, gives the same either way. */
  private static OnnxModel inlined(OnnxModel model) {
    OnnxModel flat = model.flat();
    assertThat(flat.proto().getFunctionsList()).isEmpty();
    assertThat(flat.graph().getNodeList()).extracting(NodeProto::getDomain).doesNotContain(DOMAIN);
    assertThat(run(flat)).isEqualTo(run(model)).doesNotContain(Float.NaN);
    return flat;
  }

  private static FunctionProto.Builder feedForward() {
    return function("Mlp", List.of("x", "w1", "w2"), List.of("y"))
        .addNode(node("MatMul", "up", "x", "w1"))
        .addNode(node("Relu", "active", "up"))
        .addNode(node("MatMul", "y", "active", "w2"));
  }

  private String callFeedForward(String input, String name) {
    String w1 = g.weight(name + ".w1", TinyGraph.HIDDEN, 8);
    String w2 = g.weight(name + ".w2", 8, TinyGraph.HIDDEN);
    return g.op("Add", input, g.op("Mlp", input, w1, w2));
  }

  @Test
  void channelsAreFollowedThroughEveryCall() {
    g.prefix("layers.0.");
    String first = callFeedForward(x, "a");
    g.prefix("layers.1.");
    OnnxModel model = with(g.head(callFeedForward(first, "b")), feedForward());
    inlined(model);
    assertThat(StructureFinder.find(Graph.of(model)).units())
        .extracting(PrunableUnit::id, PrunableUnit::width, PrunableUnit::activation)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("layers.0.ffn", 8, "active__1"),
            org.assertj.core.groups.Tuple.tuple("layers.1.ffn", 8, "active__2"));
  }

  @Test
  void functionsCallFunctions() {
    FunctionProto.Builder outer =
        function("Twice", List.of("x", "a", "b"), List.of("y"))
            .addNode(node("Mlp", "t", "x", "a", "b").setDomain(DOMAIN))
            .addNode(node("Mlp", "y", "t", "a", "b").setDomain(DOMAIN));
    String w1 = g.weight("w1", TinyGraph.HIDDEN, 8);
    String twice = g.op("Twice", x, w1, g.weight("w2", 8, TinyGraph.HIDDEN));
    OnnxModel flat = inlined(with(g.head(twice), feedForward(), outer));
    assertThat(flat.graph().getNodeList())
        .filteredOn(node -> node.getOpType().equals("Relu"))
        .extracting(NodeProto::getName)
        .containsExactly("Twice_0/n_t/n_active", "Twice_0/n_y/n_active");
  }

  @Test
  void attributesComeFromTheCallOrTheDefault() {
    FunctionProto.Builder leaky =
        function("MyLeaky", List.of("x"), List.of("y"))
            .addAttribute("slope")
            .addAttributeProto(TinyGraph.real("factor", 0.25))
            .addNode(node("LeakyRelu", "t", "x").addAttribute(reference("alpha", "slope")))
            .addNode(node("Elu", "y", "t").addAttribute(reference("alpha", "factor")));
    String given = g.op("MyLeaky", TinyGraph.real("slope", 0.5), x);
    String both =
        g.op("MyLeaky", List.of(TinyGraph.real("slope", 0.125), TinyGraph.real("factor", 2)), given)
            .get(0);
    OnnxModel flat = inlined(with(g.head(both), leaky));
    assertThat(flat.graph().getNodeList())
        .filteredOn(node -> node.getOpType().endsWith("lu"))
        .extracting(node -> Attributes.real(node, "alpha", -1))
        .containsExactly(0.5f, 0.25f, 0.125f, 2f);
  }

  @Test
  void anAttributeThatNobodyGivesHasTheOperatorsDefault() {
    FunctionProto.Builder leaky =
        function("MyLeaky", List.of("x"), List.of("y"))
            .addAttribute("slope")
            .addNode(node("LeakyRelu", "y", "x").addAttribute(reference("alpha", "slope")));
    OnnxModel flat = inlined(with(g.head(g.op("MyLeaky", x)), leaky));
    assertThat(flat.graph().getNodeList())
        .filteredOn(node -> node.getOpType().equals("LeakyRelu"))
        .singleElement()
        .matches(node -> node.getAttributeCount() == 0);
  }

  @Test
  void inputsMayBeLeftOutAndHandedThrough() {
    FunctionProto.Builder clip =
        function("MyClip", List.of("x", "low", "high"), List.of("y", "x"))
            .addNode(node("Clip", "y", "x", "low", "high"));
    List<String> results = g.op("MyClip", 2, List.of(), x, "", g.scalar(0.5));
    OnnxModel model = with(g.head(g.op("Sub", results.get(0), results.get(1))), clip);
    TinyGraph same = TinyGraph.create(3);
    String input = same.embedding();
    OnnxModel plain =
        same.head(same.op("Sub", same.op("Clip", input, "", same.scalar(0.5)), input));
    assertThat(run(model.flat())).isEqualTo(run(plain));
  }

  @Test
  void namesOfTheModelAreNotTaken() {
    g.weight("active__1", 2);
    String w1 = g.weight("w1", TinyGraph.HIDDEN, 8);
    String mlp = g.op("Mlp", x, w1, g.weight("w2", 8, TinyGraph.HIDDEN));
    OnnxModel flat = inlined(with(g.head(mlp), feedForward()));
    assertThat(Graph.of(flat).producer("active__1_1")).isPresent();
  }

  @Test
  void callsInBranchesAreReplacedToo() {
    FunctionProto.Builder twice =
        function("Double", List.of("x"), List.of("y")).addNode(node("Add", "y", "x", "x"));
    OnnxModel plain = with(g.head(g.op("Double", g.op("Relu", x))), twice);
    OnnxModel merged = MergedDecoders.of(plain);
    assertThat(run(merged.flat().nested())).isEqualTo(run(plain));
    assertThat(merged.flat().graph().getNodeList())
        .extracting(NodeProto::getOpType)
        .doesNotContain("Double");
  }

  @Test
  void overloadsAreTold() {
    FunctionProto.Builder relu =
        function("Act", List.of("x"), List.of("y")).addNode(node("Relu", "y", "x"));
    FunctionProto.Builder neg =
        function("Act", List.of("x"), List.of("y"))
            .setOverload("neg")
            .addNode(node("Neg", "y", "x"));
    OnnxModel model = with(g.head(g.op("Act", g.op("Act", x))), relu, neg);
    ModelProto.Builder proto = model.proto().toBuilder();
    proto.getGraphBuilder().getNodeBuilderList().stream()
        .filter(node -> node.getName().equals("Act_1"))
        .forEach(node -> node.setOverload("neg"));
    assertThat(new OnnxModel(proto.build(), null).flat().graph().getNodeList())
        .extracting(NodeProto::getOpType)
        .containsSequence("Relu", "Neg");
  }

  @Test
  void newImportsAndMetadataComeAlong() {
    FunctionProto.Builder gelu =
        function("MyGelu", List.of("x"), List.of("y"))
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("some.domain").setVersion(3))
            .addNode(node("Gelu", "y", "x"));
    OnnxModel model = with(g.head(g.op("MyGelu", x)), gelu);
    ModelProto.Builder proto = model.proto().toBuilder();
    proto.getGraphBuilder().getNodeBuilderList().stream()
        .filter(node -> node.getOpType().equals("MyGelu"))
        .forEach(
            node ->
                node.addMetadataProps(
                    StringStringEntryProto.newBuilder().setKey("scope").setValue("h.4")));
    OnnxModel flat = new OnnxModel(proto.build(), null).flat();
    assertThat(flat.proto().getOpsetImportList())
        .extracting(OperatorSetIdProto::getDomain)
        .contains("some.domain");
    assertThat(flat.graph().getNodeList())
        .filteredOn(node -> node.getOpType().equals("Gelu"))
        .singleElement()
        .matches(node -> node.getMetadataProps(0).getValue().equals("h.4"));
  }

  @Test
  void aFunctionOfAnotherOperatorSetStaysACall() {
    FunctionProto.Builder old =
        function("MyRelu", List.of("x"), List.of("y")).addNode(node("Relu", "y", "x"));
    old.getOpsetImportBuilder(0).setVersion(7);
    OnnxModel flat = with(g.head(g.op("MyRelu", x)), old).flat();
    assertThat(flat.proto().getFunctionsCount()).isOne();
    assertThat(flat.graph().getNodeList()).extracting(NodeProto::getOpType).contains("MyRelu");
  }

  @Test
  void aFunctionThatCallsItselfIsRefused() {
    FunctionProto.Builder endless =
        function("Endless", List.of("x"), List.of("y"))
            .addNode(node("Endless", "y", "x").setDomain(DOMAIN));
    OnnxModel model = with(g.head(g.op("Endless", x)), endless);
    assertThatThrownBy(model::flat)
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("'Endless' calls itself");
  }
}
