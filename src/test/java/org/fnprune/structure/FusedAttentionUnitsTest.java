package org.fnprune.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fnprune.model.FusedAttention.HEADS;
import static org.fnprune.model.FusedAttention.KV_HEADS;
import static org.fnprune.model.FusedAttention.SIZE;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.fnprune.model.FusedAttention;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.structure.GraphEdit.AttributeEdit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads of fused attention operators are units. */
class FusedAttentionUnitsTest {

  static Stream<Map.Entry<String, OnnxModel>> byHead() {
    return Stream.of(FusedAttention.BY_HEAD, FusedAttention.PACKED)
        .flatMap(models -> models.entrySet().stream());
  }

  static Stream<Map.Entry<String, OnnxModel>> byGroup() {
    return FusedAttention.BY_GROUP.entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("byHead")
  void headsAreUnits(Map.Entry<String, OnnxModel> model) {
    Structure structure = find(model.getValue());
    assertThat(structure.units())
        .as("%s", structure.refusals())
        .extracting(PrunableUnit::id)
        .containsExactly("layers.0.heads", "layers.1.heads");
    assertThat(structure.units()).extracting(PrunableUnit::width).containsOnly(HEADS);
    assertThat(structure.units())
        .extracting(PrunableUnit::unitSize)
        .containsOnly(model.getKey().contains("narrow") ? SIZE / 2 : SIZE);
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
  }

  @Test
  void everyBlockOfAMergedWeightLosesItsHead() {
    PrunableUnit unit = unit(FusedAttention.BY_HEAD, "Attention, narrow values");
    int half = SIZE / 2;
    ChannelAxis columns = columns(unit, "qkv_after");
    assertThat(columns.width()).isEqualTo(HEADS * (2 * SIZE + half));
    for (int i = 0; i < HEADS * SIZE; i++) {
      assertThat(columns.channels().get(i)).isEqualTo(i / SIZE);
      assertThat(columns.channels().get(HEADS * SIZE + i)).isEqualTo(i / SIZE);
    }
    for (int i = 0; i < HEADS * half; i++) {
      assertThat(columns.channels().get(2 * HEADS * SIZE + i)).isEqualTo(i / half);
    }
  }

  @ParameterizedTest
  @CsvSource({"'queries, keys, values', 3, qkv_after", "'keys, values', 2, kv_after"})
  void packedHeadsLieTogether(String name, int parts, String weight) {
    ChannelAxis columns = columns(unit(FusedAttention.PACKED, name), weight);
    assertThat(columns.width()).isEqualTo(HEADS * parts * SIZE);
    for (int i = 0; i < columns.width(); i++) {
      assertThat(columns.channels().get(i)).isEqualTo(i / (parts * SIZE));
    }
  }

  private static ChannelAxis columns(PrunableUnit unit, String weight) {
    return unit.slices().stream()
        .filter(slice -> slice.storage().startsWith(weight))
        .map(WeightSlice::channels)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void countsOfQueriesAndKeysFollow() {
    PrunableUnit unit = unit(FusedAttention.BY_GROUP, "GroupQueryAttention, packed");
    assertThat(unit.edits()).hasSize(2).allMatch(AttributeEdit.class::isInstance);
    assertThat(unit.edits())
        .extracting(edit -> ((AttributeEdit) edit).attribute())
        .containsExactly("num_heads", "kv_num_heads");
    assertThat(unit.edits())
        .extracting(edit -> ((AttributeEdit) edit).axis().channels().asList())
        .containsExactly(List.of(0, 0, 1, 1), List.of(0, 1));
  }

  private static PrunableUnit unit(Map<String, OnnxModel> models, String name) {
    return find(Objects.requireNonNull(models.get(name))).units().get(0);
  }

  private static Structure find(OnnxModel model) {
    return StructureFinder.find(Graph.of(model));
  }
}
