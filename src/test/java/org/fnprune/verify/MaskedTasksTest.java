package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonObject;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.Graph;
import org.fnprune.model.TinyAttention;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.Neurons;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;
import org.fnprune.structure.StructureFinder;
import org.fnprune.structure.UnitKind;
import org.junit.jupiter.api.Test;

class MaskedTasksTest {

  private static final TokenBatch BATCH = RandomTokens.batch(2, 3, TinyGraph.VOCABULARY, 1);

  private final Graph graph = Graph.of(TinyGraphs.plain());
  private final Structure structure = StructureFinder.find(graph);
  private final PrunableUnit unit = structure.units().get(0);

  /** A number that depends on every output. */
  private static final class Outputs implements LabelledTask {

    @Override
    public String name() {
      return "outputs";
    }

    @Override
    public int skipped() {
      return 0;
    }

    @Override
    public int longest() {
      return BATCH.length();
    }

    @Override
    public JsonObject example(int index) {
      return new JsonObject();
    }

    @Override
    public TaskScores evaluate(Model model) {
      Logits logits = model.predict(BATCH);
      double sum = 0;
      for (int i = 0; i < logits.values().limit(); i++) {
        sum += logits.values().get(i) * Math.sin(i + 1);
      }
      return new TaskScores(
          name(),
          ImmutableList.of(
              new Perplexity(ImmutableDoubleArray.of(sum / 100), ImmutableIntArray.of(1))));
    }
  }

  private MaskedTasks open() {
    return MaskedTasks.open(
        graph, structure, ImmutableList.of(new Outputs()), 1, RuntimeOptions.cpu(1));
  }

  private Neurons neurons(int... positions) {
    return new Neurons(ImmutableMap.of(unit.id(), ImmutableIntArray.copyOf(positions)));
  }

  @Test
  void theDenseModelIsTheModelWithoutMasks() {
    try (MaskedTasks tasks = open();
        OnnxPredictor plain = OnnxPredictor.open(TinyGraphs.plain(), RuntimeOptions.cpu(1))) {
      double expected = new Outputs().evaluate(plain).metrics().get(0).value();
      assertThat(tasks.dense().get(0).value()).isCloseTo(expected, within(1e-6));
      assertThat(tasks.scaled(Neurons.NONE, 0).get(0).delta()).isZero();
      assertThat(tasks.scaled(neurons(1, 2), 1).get(0).slim()).isCloseTo(expected, within(1e-6));
    }
  }

  @Test
  void maskedNeuronsAreThoseThatAPlanDrops() {
    PruningPlan plan =
        new PruningPlan(
            ImmutableList.of(
                new UnitPlan(
                    unit.id(),
                    unit.kind().label(),
                    unit.layer(),
                    unit.activation(),
                    -1,
                    unit.width(),
                    1,
                    neurons(0, 3, 4).others(structure).of(unit.id()))));
    try (MaskedTasks tasks = open()) {
      Comparison dropped = tasks.keeping(plan).get(0);
      assertThat(dropped.delta()).isNotZero();
      assertThat(tasks.scaled(neurons(0, 3, 4), 0).get(0)).isEqualTo(dropped);
      assertThat(tasks.scaled(neurons(0, 3), 0).get(0).slim()).isNotEqualTo(dropped.slim());
    }
  }

  @Test
  void masksDoNotOutliveTheirRun() {
    try (MaskedTasks tasks = open()) {
      Comparison before = tasks.scaled(neurons(2), 3).get(0);
      tasks.scaled(neurons(1), 0);
      assertThat(tasks.scaled(neurons(2), 3).get(0)).isEqualTo(before);
      assertThat(before.dense()).isEqualTo(tasks.dense().get(0).value());
    }
  }

  @Test
  void ofAHeadOnePositionIsMaskedAndNotTheWholeHead() {
    Graph heads = Graph.of(TinyAttention.multiHead());
    Structure found = StructureFinder.find(heads).only(ImmutableList.of(UnitKind.of("heads")));
    PrunableUnit first = found.units().get(0);
    assertThat(first.unitSize()).isEqualTo(TinyAttention.HEAD_SIZE);
    try (MaskedTasks tasks =
        MaskedTasks.open(heads, found, ImmutableList.of(new Outputs()), 1, RuntimeOptions.cpu(1))) {
      Neurons one = new Neurons(ImmutableMap.of(first.id(), ImmutableIntArray.of(0)));
      Neurons head = new Neurons(ImmutableMap.of(first.id(), ImmutableIntArray.of(0, 1, 2)));
      assertThat(tasks.scaled(one, 0).get(0).delta()).isNotZero();
      assertThat(tasks.scaled(one, 0).get(0).slim())
          .isNotEqualTo(tasks.scaled(head, 0).get(0).slim());
    }
  }
}
