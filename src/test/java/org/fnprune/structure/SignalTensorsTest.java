package org.fnprune.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraphs.WIDTH;

import java.util.List;
import org.fnprune.common.Failures;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.fnprune.recipe.Networks.Signals;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignalTensorsTest {

  private static List<SignalTensor> signals(OnnxModel model, Signals kind) {
    Graph graph = Graph.of(model);
    return SignalTensors.of(graph, StructureFinder.find(graph).units().get(0), kind);
  }

  private static OnnxModel gated(boolean gateFirst) {
    TinyGraph g = TinyGraph.create(1);
    String x = g.embedding();
    String gate = g.op("MatMul", x, g.weight("gate", HIDDEN, WIDTH));
    String up = g.op("MatMul", x, g.weight("up", HIDDEN, WIDTH));
    String biased = g.op("Add", up, g.weight("up_bias", WIDTH));
    String silu = g.op("Mul", gate, g.op("Sigmoid", gate));
    String h = gateFirst ? g.op("Mul", silu, biased) : g.op("Mul", biased, silu);
    String down = g.op("MatMul", h, g.weight("down", WIDTH, HIDDEN));
    return g.head(g.op("Add", x, g.op("Add", down, g.weight("down_bias", HIDDEN))));
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void gatedFeaturesAreTheFactorsOfTheGateProduct(boolean gateFirst) {
    assertThat(signals(gated(gateFirst), Signals.ACTIVATION_AND_UP))
        .containsExactly(new SignalTensor("Mul_0", WIDTH), new SignalTensor("Add_0", WIDTH));
  }

  @Test
  void theOtherSignalsAreOneTensor() {
    assertThat(signals(gated(true), Signals.ACTIVATION))
        .containsExactly(new SignalTensor("Mul_1", WIDTH));
    assertThat(signals(gated(true), Signals.FFN_OUT))
        .containsExactly(new SignalTensor("Add_1", HIDDEN));
  }

  /** GELU as a product of two tensors that come from the same projection is no gate. */
  @ParameterizedTest
  @CsvSource({"x · Φ(x) · ½ by erf", "tanh GELU"})
  void anActivationFunctionThatIsAProductIsNoGate(String name) {
    TinyGraph g = TinyGraph.create(1);
    String x = g.embedding();
    String up = g.op("MatMul", x, g.weight("up", HIDDEN, WIDTH));
    String biased = g.op("Add", up, g.weight("bias", WIDTH));
    String factor =
        g.op(name.startsWith("tanh") ? "Tanh" : "Erf", g.op("Mul", biased, g.scalar(0.7)));
    String h = g.op("Mul", biased, g.op("Add", factor, g.scalar(1)));
    OnnxModel model = g.head(g.op("Add", x, g.op("MatMul", h, g.weight("down", WIDTH, HIDDEN))));
    assertThat(signals(model, Signals.ACTIVATION_AND_UP))
        .containsExactly(new SignalTensor("Mul_1", WIDTH), new SignalTensor("Add_0", WIDTH));
  }

  @Test
  void packedProjectionsAreToldApartBySplit() {
    String name = "packed gate and up, sizes";
    List<SignalTensor> found = signals(TinyGraphs.named(name), Signals.ACTIVATION_AND_UP);
    assertThat(found).extracting(SignalTensor::name).element(0).asString().contains("Sigmoid");
    assertThat(found).extracting(SignalTensor::name).element(1).asString().contains("Split");
  }

  @Test
  void everyTinyModelTellsItsSignals() {
    for (String name : TinyGraphs.PRUNABLE.keySet()) {
      assertThat(signals(TinyGraphs.named(name), Signals.ACTIVATION_AND_UP)).as(name).hasSize(2);
      if (!name.contains("two consumers")) {
        assertThat(signals(TinyGraphs.named(name), Signals.FFN_OUT))
            .as(name)
            .extracting(SignalTensor::width)
            .containsExactly(HIDDEN);
      }
    }
  }

  @Test
  void aProductOfTwoPlainProjectionsIsRefused() {
    TinyGraph g = TinyGraph.create(1);
    String x = g.embedding();
    String a = g.op("MatMul", x, g.weight("a", HIDDEN, WIDTH));
    String b = g.op("MatMul", x, g.weight("b", HIDDEN, WIDTH));
    String down = g.op("MatMul", g.op("Mul", a, b), g.weight("down", WIDTH, HIDDEN));
    OnnxModel bilinear = g.head(g.op("Add", x, down));
    assertThat(Failures.of(() -> signals(bilinear, Signals.ACTIVATION_AND_UP)))
        .contains("unit.0.ffn", "'MatMul_0'", "'MatMul_1'", "neither");
  }
}
