package org.fnprune.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraphs.WIDTH;

import java.util.stream.Stream;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to write a feed-forward block is found as one unit per layer. */
class PrunableGraphsTest {

  static Stream<String> models() {
    return TinyGraphs.PRUNABLE.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void oneUnitPerLayerIsFound(String name) {
    Structure structure = find(TinyGraphs.named(name));
    assertThat(structure.units())
        .extracting(PrunableUnit::id)
        .containsExactly("layers.0.ffn", "layers.1.ffn");
    assertThat(structure.units()).extracting(PrunableUnit::width).containsOnly(WIDTH);
    assertThat(structure.units()).extracting(PrunableUnit::layer).containsExactly(0, 1);
    assertThat(structure.units()).extracting(PrunableUnit::kind).containsOnly(UnitKind.FFN);
  }

  @ParameterizedTest
  @MethodSource("models")
  void onlyTheHeadIsRefused(String name) {
    assertThat(find(TinyGraphs.named(name)).refusals())
        .extracting(Refusal::weight)
        .containsExactly("head");
  }

  @Test
  void theActivationEntersTheDownProjection() {
    assertThat(find(TinyGraphs.plain()).units())
        .extracting(PrunableUnit::activation)
        .containsExactly("layers.0.Relu_0", "layers.1.Relu_1");
  }

  @Test
  void parametersAreThoseOfBothMatricesAndTheBias() {
    Structure structure = find(TinyGraphs.plain());
    long neuron = HIDDEN + 1 + HIDDEN;
    assertThat(structure.units()).extracting(PrunableUnit::parameters).containsOnly(WIDTH * neuron);
    assertThat(structure.units())
        .extracting(PrunableUnit::parametersPerChannel)
        .containsOnly(neuron);
    assertThat(structure.prunableParameters()).isEqualTo(2 * WIDTH * neuron);
    assertThat(structure.parameters())
        .isEqualTo(2 * (WIDTH * neuron + HIDDEN) + 2 * HIDDEN * TinyGraph.VOCABULARY);
  }

  @Test
  void gateAndUpShareTheirChannels() {
    Structure structure = find(TinyGraphs.named("gate, up, down"));
    assertThat(structure.units().get(0).slices())
        .extracting(slice -> slice.storage().replaceAll("_after.*", ""), s -> s.channels().axis())
        .containsExactlyInAnyOrder(tuple("gate", -1), tuple("up", -1), tuple("down", -2));
  }

  @Test
  void packedColumnsGoInPairs() {
    Structure structure = find(TinyGraphs.named("packed gate and up, sizes"));
    WeightSlice packed = structure.units().get(0).slices().get(0);
    assertThat(packed.channels().width()).isEqualTo(2 * WIDTH);
    for (int j = 0; j < WIDTH; j++) {
      assertThat(packed.channels().channels().get(WIDTH + j))
          .isEqualTo(packed.channels().channels().get(j));
    }
  }

  @Test
  void bfloat16IsFoundToo() {
    assertThat(find(TinyGraphs.bfloat16()).units()).hasSize(TinyGraphs.LAYERS);
  }

  @Test
  void unitsWithoutALayerNumberAreCounted() {
    OnnxModel model =
        TinyGraphs.layers(
            (g, x) -> {
              g.prefix("");
              String up = g.op("MatMul", x, g.weight("a" + x, HIDDEN, WIDTH));
              return g.op("MatMul", g.op("Relu", up), g.weight("b" + x, WIDTH, HIDDEN));
            });
    assertThat(find(model).units())
        .extracting(PrunableUnit::id, PrunableUnit::layer)
        .containsExactly(tuple("unit.0.ffn", -1), tuple("unit.1.ffn", -1));
  }

  @Test
  void twoBlocksOfOneLayerAreNumbered() {
    OnnxModel model =
        TinyGraphs.layers(
            (g, x) -> {
              g.prefix("layers.3.");
              String up = g.op("MatMul", x, g.weight("a" + x, HIDDEN, WIDTH));
              return g.op("MatMul", g.op("Relu", up), g.weight("b" + x, WIDTH, HIDDEN));
            });
    assertThat(find(model).units())
        .extracting(PrunableUnit::id)
        .containsExactly("layers.3.ffn", "layers.3.ffn.1");
  }

  private static Structure find(OnnxModel model) {
    return StructureFinder.find(Graph.of(model));
  }
}
