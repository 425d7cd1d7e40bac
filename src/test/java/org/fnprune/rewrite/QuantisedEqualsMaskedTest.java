package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.QuantisedDialects;
import org.fnprune.model.TinyGraph;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;
import org.fnprune.structure.UnitKind;
import org.fnprune.verify.Equivalence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Neurons of quantised models that are removed are neurons that give nothing, in every scheme. */
class QuantisedEqualsMaskedTest {

  static Stream<Map.Entry<String, OnnxModel>> columns() {
    return QuantisedDialects.OF_COLUMNS.entrySet().stream();
  }

  static Stream<Map.Entry<String, OnnxModel>> blocks() {
    return QuantisedDialects.IN_BLOCKS.entrySet().stream();
  }

  static Stream<Map.Entry<String, OnnxModel>> all() {
    return Stream.concat(columns(), blocks());
  }

  private static PruningPlan firstBlock(Structure structure) {
    return Plans.of(structure, (unit, i) -> IntStream.range(0, QuantisedDialects.BLOCK));
  }

  @ParameterizedTest
  @MethodSource("all")
  void feedForwardNeuronsAreAUnit(Map.Entry<String, OnnxModel> model) {
    assertThat(SlimCheck.of(model.getValue()).structure().units())
        .extracting(PrunableUnit::kind, PrunableUnit::width)
        .containsExactly(tuple(UnitKind.FFN, QuantisedDialects.NEURONS));
  }

  @ParameterizedTest
  @MethodSource("columns")
  void removedEqualsZeroed(Map.Entry<String, OnnxModel> model) {
    SlimCheck check = SlimCheck.of(model.getValue());
    Equivalence equivalence = check.check(check.plan(Plans::half));
    assertThat(equivalence).matches(Equivalence::passed);
    assertThat(equivalence.maxAbsDiff()).isLessThan(1e-4);
    assertThat(Requantised.warnings(check.dense(), check.structure(), check.plan(Plans::half)))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("all")
  void wholeBlocksAreCutExactly(Map.Entry<String, OnnxModel> model) {
    SlimCheck check = SlimCheck.of(model.getValue());
    PruningPlan plan = check.plan(QuantisedEqualsMaskedTest::firstBlock);
    assertThat(Requantised.warnings(check.dense(), check.structure(), plan)).isEmpty();
    Equivalence equivalence = check.check(plan);
    assertThat(equivalence).matches(Equivalence::passed);
    assertThat(equivalence.maxAbsDiff()).isLessThan(1e-4);
  }

  @ParameterizedTest
  @MethodSource("all")
  void otherNeuronsAreNotEqual(Map.Entry<String, OnnxModel> model) {
    SlimCheck check = SlimCheck.of(model.getValue());
    OnnxModel slim = check.slim(check.plan(QuantisedEqualsMaskedTest::firstBlock));
    PruningPlan other =
        check.plan(
            s ->
                Plans.of(
                    s,
                    (u, i) -> IntStream.range(QuantisedDialects.BLOCK, QuantisedDialects.NEURONS)));
    // The tolerance allows a step of the activations; equal models differ by less than 1e-4.
    assertThat(check.compare(slim, other).maxAbsDiff()).isGreaterThan(1e-2);
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void brokenBlocksAreQuantisedAgainAndSaidSo(Map.Entry<String, OnnxModel> model) {
    SlimCheck check = SlimCheck.of(model.getValue());
    PruningPlan plan = check.plan(Plans::half);
    assertThat(Requantised.warnings(check.dense(), check.structure(), plan))
        .singleElement()
        .asString()
        .contains("layers.0.ffn")
        .contains("quantised again")
        .containsPattern("changed by \\d+\\.\\d%");
    Equivalence equivalence = check.check(plan);
    assertThat(equivalence).matches(Equivalence::passed);
    assertThat(equivalence.maxAbsDiff()).isLessThan(1e-4);
  }

  @Test
  void weightsInTheOrderOfAProcessorAreRefused() {
    Structure structure = SlimCheck.of(QuantisedDialects.unusualBlocks(true)).structure();
    assertThat(structure.units()).isEmpty();
    assertThat(structure.refusals()).anyMatch(r -> r.reason().contains("weight_prepacked"));
  }

  @Test
  void inputsInAnOrderOfTheirOwnAreRefused() {
    long[] swapped =
        IntStream.range(0, QuantisedDialects.NEURONS)
            .mapToLong(i -> 1 - i / QuantisedDialects.BLOCK)
            .toArray();
    Structure structure = SlimCheck.of(QuantisedDialects.unusualBlocks(false, swapped)).structure();
    assertThat(structure.units()).isEmpty();
    assertThat(structure.refusals()).anyMatch(r -> r.reason().contains("g_idx"));
  }

  @Test
  void integersAreParametersAndZeroPointsAreNot() {
    long embeddings = 2L * TinyGraph.VOCABULARY * TinyGraph.HIDDEN;
    long weights = 2L * QuantisedDialects.NEURONS * TinyGraph.HIDDEN;
    long scales = QuantisedDialects.NEURONS + 2L * TinyGraph.HIDDEN;
    assertThat(QuantisedDialects.uint4().parameters())
        .isEqualTo(embeddings + weights + scales + QuantisedDialects.NEURONS);
  }
}
