package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraph.integer;
import static org.fnprune.model.TinyGraph.real;
import static org.fnprune.model.TinyGraphs.WIDTH;

import java.util.List;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraph;
import org.fnprune.verify.Equivalence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Channels pass every operator that has a rule, and the slim model computes the same. */
class OperatorsTest {

  private final TinyGraph g = TinyGraph.create(3);
  private final String x = g.embedding();
  private final String up = g.op("MatMul", x, g.weight("w1", HIDDEN, WIDTH));

  private void assertPrunable(String h) {
    String down = g.op("MatMul", h, g.weight("w2", WIDTH, HIDDEN));
    OnnxModel model = g.head(g.op("Add", x, down));
    SlimCheck check = SlimCheck.of(model);
    assertThat(check.structure().units()).hasSize(1);
    assertThat(check.check(check.plan(Plans::half))).matches(Equivalence::passed);
    assertThat(check.compare(check.slim(check.plan(Plans::half)), check.plan(Plans::all)))
        .matches(e -> !e.passed());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Abs",
        "Celu",
        "Clip",
        "Cos",
        "Dropout",
        "Elu",
        "Erf",
        "Exp",
        "Gelu",
        "HardSigmoid",
        "HardSwish",
        "Identity",
        "LeakyRelu",
        "Mish",
        "Neg",
        "QuickGelu",
        "Reciprocal",
        "Relu",
        "Selu",
        "Sigmoid",
        "Sin",
        "Softplus",
        "Softsign",
        "Tanh"
      })
  void elementwise(String operator) {
    assertPrunable(g.op(operator, up));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Add", "Div", "Max", "Mean", "Min", "Mul", "Sub", "Sum"})
  void broadcastingWithAConstant(String operator) {
    assertPrunable(g.op(operator, up, g.weight("c", WIDTH)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Add", "Div", "Max", "Mean", "Min", "Mul", "Sub", "Sum"})
  void broadcastingWithAConstantFirst(String operator) {
    assertPrunable(g.op(operator, g.weight("c", 1, 1, WIDTH), up));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Add", "Mul", "Max"})
  void broadcastingWithASecondActivation(String operator) {
    String other = g.op("MatMul", x, g.weight("w3", HIDDEN, WIDTH));
    assertPrunable(g.op(operator, g.op("Tanh", other), up));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Greater", "GreaterOrEqual", "Less", "LessOrEqual"})
  void comparisonsChoose(String operator) {
    String condition = g.op(operator, up, g.weight("threshold", WIDTH));
    assertPrunable(g.op("Where", condition, up, g.weight("instead", WIDTH)));
  }

  @Test
  void logicOfComparisons() {
    String big = g.op("Greater", up, g.scalar(0.5));
    String small = g.op("Less", up, g.scalar(-0.5));
    String either = g.op("Xor", g.op("Or", big, small), g.op("And", big, g.op("Not", small)));
    assertPrunable(g.op("Where", either, g.scalar(0.25), up));
  }

  @Test
  void notANumberIsReplaced() {
    assertPrunable(g.op("Where", g.op("IsNaN", up), g.scalar(0), up));
  }

  @Test
  void squareRootOfTheLogarithm() {
    String positive = g.op("Add", g.op("Mul", up, up), g.scalar(2));
    assertPrunable(g.op("Sqrt", g.op("Log", positive)));
  }

  @Test
  void slopesOfPRelu() {
    assertPrunable(g.op("PRelu", up, g.weight("slope", WIDTH)));
  }

  @Test
  void biasCastFromAnotherType() {
    String bias = g.op("Cast", integer("to", 1), g.weight("bias", WIDTH));
    assertPrunable(g.op("Relu", g.op("Add", up, bias)));
  }

  @Test
  void biasReshapedFromAnotherRank() {
    String bias = g.op("Reshape", g.weight("bias", 1, WIDTH), g.longs("row", WIDTH));
    assertPrunable(g.op("Relu", g.op("Add", up, bias)));
  }

  @Test
  void biasesSplitFromOne() {
    List<String> biases =
        g.op("Split", 2, List.of(integer("num_outputs", 2)), g.weight("biases", 2 * WIDTH));
    String first = g.op("Add", up, biases.get(0));
    assertPrunable(g.op("Add", g.op("Relu", first), biases.get(1)));
  }

  @Test
  void thresholdedRelu() {
    assertPrunable(g.op("ThresholdedRelu", real("alpha", 0.1), up));
  }

  @Test
  void splitAlongAnotherAxis() {
    String tokens =
        g.op("Split", 1, List.of(integer("axis", 1), integer("num_outputs", 1)), up).get(0);
    assertPrunable(g.op("Relu", tokens));
  }

  @Test
  void gemmThatAddsAnActivation() {
    String flat = g.op("Reshape", x, g.longs("flat", -1, HIDDEN));
    String first = g.op("Gemm", flat, g.weight("w3", HIDDEN, WIDTH));
    String both = g.op("Gemm", flat, g.weight("w4", HIDDEN, WIDTH), g.op("Relu", first));
    String down = g.op("Gemm", both, g.weight("w5", WIDTH, HIDDEN));
    SlimCheck check = SlimCheck.of(g.head(g.op("Add", x, g.op("Reshape", down, g.op("Shape", x)))));
    assertThat(check.structure().units()).hasSize(1);
    assertThat(check.structure().units().get(0).slices()).hasSize(3);
    assertThat(check.check(check.plan(Plans::half))).matches(Equivalence::passed);
  }

  @Test
  void inferredWidthFromTheInputsOwnSizes() {
    String sizes = g.op("Shape", up);
    String batch = g.op("Gather", sizes, g.longs("zero", 0));
    String sequence = g.op("Gather", sizes, g.longs("one", 1));
    String shape = g.op("Concat", integer("axis", 0), batch, sequence, g.longs("rest", -1));
    assertPrunable(g.op("Relu", g.op("Reshape", up, shape)));
  }
}
