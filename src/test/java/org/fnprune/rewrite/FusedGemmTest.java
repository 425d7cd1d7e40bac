package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraph.text;
import static org.fnprune.model.TinyGraphs.WIDTH;

import java.util.List;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraph;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Refusal;
import org.fnprune.verify.Equivalence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A FusedGemm is a Gemm with an activation behind it. */
class FusedGemmTest {

  private final TinyGraph g = TinyGraph.create(3);
  private final String x = g.embedding();
  private final String flat = g.op("Reshape", x, g.longs("flat", -1, HIDDEN));

  private String fused(String activation, String... inputs) {
    return g.microsoft("FusedGemm", 1, List.of(text("activation", activation)), inputs).get(0);
  }

  private OnnxModel model(String down) {
    return g.head(g.op("Add", x, g.op("Reshape", down, g.op("Shape", x))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Relu", "Sigmoid", "Tanh"})
  void itsColumnsAndBiasAreChannels(String activation) {
    String up = fused(activation, flat, g.weight("w1", HIDDEN, WIDTH), g.weight("b1", WIDTH));
    SlimCheck check = SlimCheck.of(model(g.op("MatMul", up, g.weight("w2", WIDTH, HIDDEN))));
    assertThat(check.structure().units()).hasSize(1);
    assertThat(check.structure().units().get(0).slices())
        .extracting(slice -> slice.storage())
        .containsExactlyInAnyOrder("w1", "b1", "w2");
    assertThat(check.check(check.plan(Plans::half))).matches(Equivalence::passed);
    assertThat(check.compare(check.slim(check.plan(Plans::half)), check.plan(Plans::all)))
        .matches(e -> !e.passed());
  }

  @Test
  void itsRowsAreConsumed() {
    String up = g.op("MatMul", flat, g.weight("w1", HIDDEN, WIDTH));
    String down = fused("Relu", up, g.weight("w2", WIDTH, HIDDEN), g.weight("b2", HIDDEN));
    SlimCheck check = SlimCheck.of(model(down));
    assertThat(check.structure().units()).extracting(PrunableUnit::width).containsExactly(WIDTH);
    assertThat(check.check(check.plan(Plans::half))).matches(Equivalence::passed);
  }

  @Test
  void aShiftComesBeforeTheActivation() {
    String up = g.op("MatMul", flat, g.weight("w1", HIDDEN, WIDTH));
    String down = fused("Relu", up, g.weight("w2", WIDTH, HIDDEN), g.weight("b2", HIDDEN));
    Graph dense = Graph.of(model(down));
    int node = dense.producer(down).orElseThrow();
    double[] bias = dense.constantData("b2").orElseThrow().toDoubles();
    double[] shift = new double[HIDDEN];
    shift[1] = 5;
    GraphEditor editor = new GraphEditor(dense);
    new BiasEditor(editor).add(node, Matrix.of(1, HIDDEN, shift), ElementType.FLOAT);
    Graph shifted = Graph.of(editor.build());
    assertThat(shifted.nodes()).hasSameSizeAs(dense.nodes());
    bias[1] = (float) (bias[1] + 5);
    assertThat(shifted.constantData("b2").orElseThrow().toDoubles()).containsExactly(bias);
  }

  @Test
  void aBiasThatNothingCanBeAddedToIsRefused() {
    String up = g.op("MatMul", flat, g.weight("w1", HIDDEN, WIDTH));
    String down = fused("Relu", up, g.weight("w2", WIDTH, HIDDEN), g.weight("b2", 1, HIDDEN));
    assertThat(SlimCheck.of(model(down)).structure().refusals())
        .filteredOn(refusal -> refusal.weight().equals("w1"))
        .extracting(Refusal::reason)
        .containsExactly(
            "FusedGemm 'FusedGemm_0' has an activation behind a bias that is no constant vector");
  }
}
