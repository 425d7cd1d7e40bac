package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fnprune.model.AttentionDialects;
import org.fnprune.model.ElementType;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraphs;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;
import org.fnprune.verify.Equivalence;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A slim model can be pruned again; two steps come to the same model as both at once. */
class PrunedAgainTest {

  static Stream<Map.Entry<String, OnnxModel>> models() {
    return Stream.of(TinyGraphs.PRUNABLE, AttentionDialects.BY_HEAD)
        .flatMap(models -> models.entrySet().stream());
  }

  /** All but the first channel. */
  private static PruningPlan withoutTheFirst(Structure structure) {
    return Plans.of(structure, (unit, i) -> IntStream.range(1, unit.width()));
  }

  /** What is left without the first and then without every second of the others. */
  private static PruningPlan both(Structure structure) {
    return Plans.of(
        structure, (unit, i) -> IntStream.range(1, unit.width()).filter(j -> (j - 1) % 2 == 1));
  }

  @ParameterizedTest
  @MethodSource("models")
  void twoStepsEqualOne(Map.Entry<String, OnnxModel> model) {
    SlimCheck check = SlimCheck.of(model.getValue());
    SlimCheck again = SlimCheck.of(check.slim(check.plan(PrunedAgainTest::withoutTheFirst)));
    assertThat(again.structure().units())
        .extracting(PrunableUnit::id)
        .isEqualTo(check.structure().units().stream().map(PrunableUnit::id).toList());
    assertThat(again.structure().units())
        .extracting(PrunableUnit::width)
        .isEqualTo(check.structure().units().stream().map(unit -> unit.width() - 1).toList());

    OnnxModel twice = again.slim(again.plan(Plans::half));
    PruningPlan plan = check.plan(PrunedAgainTest::both);
    assertThat(check.compare(twice, plan)).as(model.getKey()).matches(Equivalence::passed);
    assertThat(matrices(twice)).containsExactlyInAnyOrderElementsOf(matrices(check.slim(plan)));
  }

  /** The values of all floating-point weights. */
  private static List<List<Double>> matrices(OnnxModel model) {
    return model.graph().getInitializerList().stream()
        .filter(t -> ElementType.isFloat(t.getDataType()))
        .map(t -> values(model, t))
        .toList();
  }

  private static List<Double> values(OnnxModel model, TensorProto tensor) {
    return Arrays.stream(model.data(tensor).toDoubles()).boxed().toList();
  }
}
