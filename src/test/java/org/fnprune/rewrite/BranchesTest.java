package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.fnprune.model.AttentionDialects;
import org.fnprune.model.Graph;
import org.fnprune.model.MergedDecoders;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraphs;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;
import org.fnprune.structure.StructureFinder;
import org.fnprune.verify.Equivalence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both branches of an If are pruned alike, and the weights that they share once. */
class BranchesTest {

  private static final Map<String, Function<Structure, PruningPlan>> PLANS =
      Map.of("half", Plans::half, "one", Plans::one, "random", s -> Plans.random(s, 4));

  static Stream<Map.Entry<String, OnnxModel>> plain() {
    return Stream.of(TinyGraphs.PRUNABLE, AttentionDialects.BY_HEAD, AttentionDialects.BY_GROUP)
        .flatMap(models -> models.entrySet().stream())
        .filter(model -> model.getValue().opset() >= 13);
  }

  private static Structure structure(OnnxModel model) {
    return StructureFinder.find(Graph.of(model));
  }

  private static List<Object> facts(PrunableUnit unit) {
    return List.of(unit.id(), unit.width(), unit.unitSize(), unit.activation());
  }

  @ParameterizedTest
  @MethodSource("plain")
  void unitsAreThoseOfOneBranch(Map.Entry<String, OnnxModel> plain) {
    Structure alone = structure(plain.getValue());
    Structure merged = structure(MergedDecoders.of(plain.getValue()));
    assertThat(merged.units().stream().map(BranchesTest::facts).toList())
        .isEqualTo(alone.units().stream().map(BranchesTest::facts).toList());
    assertThat(merged.refusals()).isEqualTo(alone.refusals());
  }

  @ParameterizedTest
  @MethodSource("plain")
  void removedEqualsZeroedInBothBranches(Map.Entry<String, OnnxModel> plain) {
    SlimCheck check = SlimCheck.of(MergedDecoders.of(plain.getValue()));
    PLANS.forEach(
        (description, plans) ->
            assertThat(check.check(check.plan(plans)))
                .as(description)
                .matches(Equivalence::passed)
                .matches(e -> e.batches() == SlimCheck.BATCHES.size()));
  }

  @ParameterizedTest
  @MethodSource("plain")
  void anotherPlanDoesNotPass(Map.Entry<String, OnnxModel> plain) {
    SlimCheck check = SlimCheck.of(MergedDecoders.of(plain.getValue()));
    OnnxModel slim = check.slim(check.plan(Plans::half));
    assertThat(check.compare(slim, check.plan(Plans::all))).matches(e -> !e.passed());
  }

  @Test
  void aSharedMatrixIsCutOnceAndKeepsItsName() {
    OnnxModel plain = TinyGraphs.plain();
    SlimCheck alone = SlimCheck.of(plain);
    SlimCheck merged = SlimCheck.of(MergedDecoders.of(plain));
    OnnxModel slim = merged.slim(merged.plan(Plans::half)).nested();
    assertThat(matrices(slim)).isEqualTo(matrices(alone.slim(alone.plan(Plans::half))));
    assertThat(merged.structure().prunableParameters())
        .isEqualTo(alone.structure().prunableParameters());
  }

  private static List<String> matrices(OnnxModel model) {
    return model.graph().getInitializerList().stream()
        .filter(t -> t.getDimsCount() == 2)
        .map(t -> t.getName() + t.getDimsList())
        .sorted()
        .toList();
  }

  @ParameterizedTest
  @MethodSource("plain")
  void aSlimModelCanBePrunedAgain(Map.Entry<String, OnnxModel> plain) {
    SlimCheck first = SlimCheck.of(MergedDecoders.of(plain.getValue()));
    OnnxModel slim = first.slim(first.plan(Plans::half)).nested();
    SlimCheck again = SlimCheck.of(slim);
    assertThat(again.structure().units()).hasSameSizeAs(first.structure().units());
    assertThat(again.check(again.plan(Plans::one))).matches(Equivalence::passed);
  }

  @Test
  void branchesInBranchesArePrunedAlike() {
    SlimCheck check = SlimCheck.of(MergedDecoders.of(MergedDecoders.of(TinyGraphs.plain()), "2."));
    assertThat(check.structure().units()).hasSize(TinyGraphs.LAYERS);
    assertThat(check.structure().units().get(0).consumers()).hasSize(4);
    assertThat(check.check(check.plan(Plans::half))).matches(Equivalence::passed);
  }

  @Test
  void eachBranchHasItsOwnNumbers() {
    SlimCheck check =
        SlimCheck.of(MergedDecoders.of(TinyGraphs.named("GPT-2 as dynamo writes it")));
    GraphProto slim = check.slim(check.plan(Plans::half)).nested().graph();
    NodeProto choice = slim.getNode(slim.getNodeCount() - 1);
    assertThat(choice.getOpType()).isEqualTo("If");
    assertThat(choice.getAttributeList())
        .hasSize(2)
        .allSatisfy(
            branch ->
                assertThat(branch.getG().getNodeList())
                    .extracting(NodeProto::getName)
                    .contains("h.0.Gemm_0", "h.1.Gemm_3"));
    assertThat(slim.getNodeList()).extracting(NodeProto::getOpType).doesNotContain("Gemm");
    assertThat(slim.getInitializerList()).extracting(TensorProto::getName).doesNotHaveDuplicates();
  }
}
