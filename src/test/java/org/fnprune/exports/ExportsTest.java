package org.fnprune.exports;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableMap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fnprune.model.Graph;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.rewrite.GraphRewriter;
import org.fnprune.rewrite.MaskedModel;
import org.fnprune.rewrite.Plans;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.FfnOutputs;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Refusal;
import org.fnprune.structure.Structure;
import org.fnprune.structure.StructureFinder;
import org.fnprune.structure.UnitKind;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Exports of real architectures by real exporters: everything is found, and removed rightly. */
class ExportsTest {

  private static final PruningPlan NOTHING = new PruningPlan(List.of());

  @TempDir Path folder;

  static Stream<Export> exports() {
    return Export.all();
  }

  @ParameterizedTest
  @MethodSource("exports")
  void unitsAreThoseOfTheArchitecture(Export export) {
    Structure structure = StructureFinder.find(graph(export));
    Map<UnitKind, Export.Units> expected = export.units();
    Map<UnitKind, Export.Units> found = found(structure);
    for (UnitKind kind : Export.KINDS) {
      Optional<String> refused = export.refused(kind);
      if (refused.isPresent()) {
        assertThat(found.get(kind))
            .as("%s are found: the manifest need not excuse them", kind.label())
            .isNotEqualTo(expected.get(kind));
        assertThat(structure.refusals())
            .as("why there are not all %s", kind.label())
            .extracting(Refusal::reason)
            .anyMatch(reason -> reason.contains(refused.get()));
        expected.remove(kind);
        found.remove(kind);
      }
    }
    assertThat(found).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("exports")
  void removedEqualsZeroed(Export export) {
    Graph dense = graph(export);
    Structure structure = FfnOutputs.addTo(dense, StructureFinder.find(dense));
    MaskedModel masked = MaskedModel.of(dense, structure);
    try (ExportSession zeroed = new ExportSession(export, masked.model())) {
      for (UnitKind kind : UnitKind.values()) {
        PruningPlan plan = half(structure, kind);
        if (!plan.units().isEmpty()) {
          OnnxModel slim = GraphRewriter.rewrite(dense, structure, plan, ImmutableMap.of());
          assertThat(values(slim)).isLessThan(values(dense.model()));
          MaskedModel rounded = MaskedModel.of(dense, structure, plan);
          try (ExportSession removed = new ExportSession(export, slim);
              ExportSession reference = new ExportSession(export, rounded.model())) {
            for (Export.Run run : export.runs()) {
              float[] whole = zeroed.run(run, NOTHING, masks(masked, structure, NOTHING));
              float[] expected = reference.run(run, NOTHING, masks(rounded, structure, plan));
              float[] found = removed.run(run, plan, Map.of());
              assertThat(difference(expected, found))
                  .as("%s at %s", kind.label(), run)
                  .isLessThanOrEqualTo(export.tolerance());
              assertThat(difference(whole, expected))
                  .as("what zeroing %s changes at %s", kind.label(), run)
                  .isGreaterThan(5 * export.tolerance());
            }
          }
        }
      }
    }
  }

  private Graph graph(Export export) {
    assertThat(Files.exists(folder.resolve(export.name()))).isFalse();
    return Graph.of(OnnxModel.read(ModelFolder.open(export.unpack(folder)).onnxFile()));
  }

  private static Map<UnitKind, Export.Units> found(Structure structure) {
    Map<UnitKind, Export.Units> found = new EnumMap<>(UnitKind.class);
    for (PrunableUnit unit : structure.units()) {
      if (Export.KINDS.contains(unit.kind())) {
        found.merge(
            unit.kind(),
            new Export.Units(1, unit.width()),
            (a, b) -> new Export.Units(a.count() + 1, Math.min(a.width(), b.width())));
      }
    }
    return found;
  }

  /** Values in the matrices of a model, of any type. */
  private static long values(OnnxModel model) {
    Stream<TensorProto> constants =
        model.graph().getNodeList().stream()
            .flatMap(node -> node.getAttributeList().stream())
            .map(AttributeProto::getT);
    return Stream.concat(model.graph().getInitializerList().stream(), constants)
        .filter(tensor -> tensor.getDimsCount() > 1)
        .mapToLong(OnnxModel::elements)
        .sum();
  }

  /** Half of every unit of a kind, other channels in every unit; units of one channel stay. */
  private static PruningPlan half(Structure structure, UnitKind kind) {
    PruningPlan all =
        Plans.of(
            structure,
            (unit, number) -> IntStream.range(0, unit.width()).filter(i -> i % 2 == number % 2));
    return new PruningPlan(
        all.units().stream()
            .filter(unit -> unit.kind().equals(kind.label()) && unit.width() > 1)
            .toList());
  }

  private static Map<String, float[]> masks(
      MaskedModel masked, Structure structure, PruningPlan plan) {
    Map<String, float[]> masks = new HashMap<>();
    for (PrunableUnit unit : structure.units()) {
      float[] ones = new float[unit.positions()];
      Arrays.fill(ones, 1);
      masks.put(masked.masks().get(unit.id()), ones);
    }
    for (UnitPlan unit : plan.units()) {
      float[] mask = new float[unit.positions()];
      unit.keptPositions().forEach(i -> mask[i] = 1);
      masks.put(masked.masks().get(unit.id()), mask);
    }
    return masks;
  }

  /** The largest difference relative to the largest expected value. */
  private static double difference(float[] expected, float[] found) {
    assertThat(found).hasSameSizeAs(expected);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i]).isFinite();
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) expected[i] - found[i]));
    }
    return difference / largest;
  }
}
