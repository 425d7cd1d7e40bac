package org.fnprune.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fnprune.model.AttentionDialects.HEADS;
import static org.fnprune.model.AttentionDialects.KV_HEADS;
import static org.fnprune.model.AttentionDialects.SIZE;
import static org.fnprune.model.TinyGraph.HIDDEN;

import java.util.Map;
import java.util.stream.Stream;
import org.fnprune.model.AttentionDialects;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads and groups of heads are found, whatever wrote the attention. */
class AttentionUnitsTest {

  static Stream<Map.Entry<String, OnnxModel>> byHead() {
    return AttentionDialects.BY_HEAD.entrySet().stream();
  }

  static Stream<Map.Entry<String, OnnxModel>> byGroup() {
    return AttentionDialects.BY_GROUP.entrySet().stream();
  }

  private static Structure find(OnnxModel model) {
    return StructureFinder.find(Graph.of(model));
  }

  @ParameterizedTest
  @MethodSource("byHead")
  void headsAreUnits(Map.Entry<String, OnnxModel> model) {
    Structure structure = find(model.getValue());
    assertThat(structure.units())
        .as("%s", structure.refusals())
        .extracting(PrunableUnit::id)
        .containsExactly("layers.0.heads", "layers.1.heads");
    assertThat(structure.units()).extracting(PrunableUnit::kind).containsOnly(UnitKind.HEADS);
    assertThat(structure.units()).extracting(PrunableUnit::width).containsOnly(HEADS);
    assertThat(structure.units()).extracting(PrunableUnit::unitSize).containsOnly(SIZE);
    assertThat(structure.refusals()).extracting(Refusal::weight).contains("head");
  }

  @ParameterizedTest
  @MethodSource("byGroup")
  void keysAndValuesThatAreSharedGoWithTheirQueries(Map.Entry<String, OnnxModel> model) {
    Structure structure = find(model.getValue());
    assertThat(structure.units())
        .as("%s", structure.refusals())
        .extracting(PrunableUnit::id)
        .containsExactly("layers.0.kv_groups", "layers.1.kv_groups");
    assertThat(structure.units()).extracting(PrunableUnit::width).containsOnly(KV_HEADS);
    assertThat(structure.units())
        .extracting(PrunableUnit::unitSize)
        .containsOnly(HEADS / KV_HEADS * SIZE);
    int columns = (HEADS + 2 * KV_HEADS) * SIZE;
    assertThat(structure.units())
        .extracting(PrunableUnit::parameters)
        .containsOnly((long) columns * (HIDDEN + 1) + HEADS * SIZE * HIDDEN);
  }
}
