package org.fnprune.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraph.integer;
import static org.fnprune.model.TinyGraph.integers;
import static org.fnprune.model.TinyGraphs.WIDTH;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TensorData;
import org.fnprune.model.TinyGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What cannot be removed is refused, and the reason names the node where the channels got stuck.
 */
class RefusalsTest {

  private final TinyGraph g = TinyGraph.create(1);
  private final String x = g.embedding();

  /** x → MatMul(w1) → {@code middle} → MatMul(w2) → residual → head. */
  private void assertRefused(UnaryOperator<String> middle, String reason) {
    String up = g.op("MatMul", x, g.weight("w1", HIDDEN, WIDTH));
    String down = g.op("MatMul", middle.apply(up), g.weight("w2", WIDTH, HIDDEN));
    assertRefused(g.head(g.op("Add", x, down)), "w1", reason);
  }

  private static void assertRefused(OnnxModel model, String weight, String reason) {
    Structure structure = StructureFinder.find(Graph.of(model));
    assertThat(structure.units()).isEmpty();
    assertThat(structure.refusals())
        .filteredOn(refusal -> refusal.weight().equals(weight))
        .extracting(Refusal::reason)
        .containsExactly(reason);
  }

  @Test
  void theHeadWritesTheModelsOutput() {
    assertRefused(g.head(x), "head", "its outputs reach the graph output 'logits'");
  }

  @Test
  void aRefusalNamesNodeOperatorWeightLayerAndSize() {
    g.prefix("layers.7.");
    g.op("Softmax", g.op("MatMul", x, g.weight("w", HIDDEN, WIDTH)));
    assertThat(StructureFinder.find(Graph.of(g.head(x))).refusals())
        .first()
        .isEqualTo(
            new Refusal(
                "layers.7.MatMul_0",
                "MatMul",
                "w",
                HIDDEN * WIDTH,
                7,
                "Softmax 'layers.7.Softmax_0' belongs to the residual stream"));
  }

  @Test
  void normalisationMixesChannels() {
    assertRefused(
        up -> g.op("LayerNormalization", up, g.weight("scale", WIDTH), g.weight("shift", WIDTH)),
        "LayerNormalization 'LayerNormalization_0' belongs to the residual stream");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Softmax", "LogSoftmax", "LpNormalization", "ReduceMean", "ArgMax", "TopK"})
  void operatorsThatMixChannelsAreNamed(String operator) {
    assertRefused(
        up -> g.op(operator, integer("axis", -1), up),
        operator + " '" + operator + "_0' belongs to the residual stream");
  }

  @ParameterizedTest
  @ValueSource(strings = {"DepthToSpace", "Einsum", "MyOwnOperator"})
  void anOperatorWithoutARuleIsNamed(String operator) {
    assertRefused(
        up -> g.op(operator, up),
        operator + " '" + operator + "_0' has no rule for channels passing through it");
  }

  @Test
  void anActivationThatIsAlsoAnOutputStays() {
    assertRefused(
        up -> {
          g.alsoOutput(up);
          return up;
        },
        "its outputs reach the graph output 'MatMul_0'");
  }

  @Test
  void anActivationReadByALoopStays() {
    assertRefused(
        up -> g.op("Add", up, g.loop(x, "Identity", up)),
        "Loop 'Loop_0' reads 'MatMul_0' in a subgraph");
  }

  @Test
  void anActivationCombinedWithAnInputStays() {
    assertRefused(
        up -> g.op("Mul", up, "input_ids"),
        "its outputs are combined with the graph input 'input_ids'");
  }

  @Test
  void aMatrixTiedToAnotherUseStays() {
    String w1 = g.weight("w1", HIDDEN, WIDTH);
    String down = g.op("MatMul", g.op("MatMul", x, w1), g.weight("w2", WIDTH, HIDDEN));
    g.op("Gather", g.op("Identity", w1), "input_ids");
    assertRefused(
        g.head(g.op("Add", x, down)), "w1", "weight 'w1' is shared with Gather 'Gather_1'");
  }

  @Test
  void aMatrixHandedOutByABranchStays() {
    String w1 = g.weight("w1", HIDDEN, WIDTH);
    String down = g.op("MatMul", g.op("MatMul", x, w1), g.weight("w2", WIDTH, HIDDEN));
    g.alsoOutput(g.branchesThatRead(w1));
    assertRefused(g.head(g.op("Add", x, down)), "w1", "weight 'w1' is shared with If 'If_0'");
  }

  @Test
  void aMatrixReadByALoopStays() {
    String w1 = g.weight("w1", HIDDEN, WIDTH);
    String down = g.op("MatMul", g.op("MatMul", x, w1), g.weight("w2", WIDTH, HIDDEN));
    g.alsoOutput(g.loop(x, "Identity", w1));
    assertRefused(
        g.head(g.op("Add", x, down)),
        "w1",
        "weight 'w1' is also read in a subgraph or an output of the model");
  }

  @Test
  void aMatrixMultipliedByInALoopStays() {
    String inside = g.loop(x, "MatMul", "state", g.weight("w1", HIDDEN, HIDDEN));
    assertThat(StructureFinder.find(Graph.of(g.head(inside))).refusals())
        .first()
        .isEqualTo(
            new Refusal(
                "in_Loop_0",
                "MatMul",
                "w1",
                HIDDEN * HIDDEN,
                -1,
                "it lies in the body of Loop 'Loop_0', into which channels are not followed"));
  }

  @Test
  void expertsStackedInOneTensorStay() {
    String stack = g.weight("experts", 3, HIDDEN, WIDTH);
    String chosen = g.op("Gather", stack, g.longs("expert", 1));
    String up = g.op("MatMul", x, g.op("Transpose", integers("perm", 0, 1, 2), chosen));
    String down = g.op("MatMul", up, g.weight("back", 3, WIDTH, HIDDEN));
    assertThat(StructureFinder.find(Graph.of(g.head(down))).refusals())
        .filteredOn(refusal -> !refusal.weight().equals("head"))
        .extracting(Refusal::node, Refusal::weight, Refusal::reason)
        .containsExactly(
            tuple("MatMul_0", "experts", stacked("[3, 6, 10]")),
            tuple("MatMul_1", "back", stacked("[3, 10, 6]")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"MoE", "QMoE"})
  void expertsOfOneOperatorStay(String operator) {
    g.op(operator, x, x, g.weight("w1", 3, HIDDEN, WIDTH));
    assertRefused(g.head(x), "w1", stacked("[3, 6, 10]"));
  }

  private static String stacked(String shape) {
    return "its weight "
        + shape
        + " is a stack of matrices, one per expert; only experts that are separate matrices can be"
        + " pruned";
  }

  @Test
  void aScaleComputedFromTheWidthStays() {
    assertRefused(
        up -> {
          String width = g.op("Gather", g.op("Shape", up), g.longs("last", 2));
          String number = g.op("Cast", integer("to", 1), width);
          return g.op("Mul", up, g.op("Reciprocal", g.op("Sqrt", number)));
        },
        "Sqrt 'Sqrt_0' computes with the number of channels");
  }

  @Test
  void aScaleComputedByShapeAloneStays() {
    assertRefused(
        up -> {
          String width = g.op("Shape", integer("start", -1), up);
          return g.op("Mul", up, g.op("Sqrt", g.op("Cast", integer("to", 1), width)));
        },
        "Sqrt 'Sqrt_0' computes with the number of channels");
  }

  @Test
  void theWidthCannotLeaveTheModel() {
    assertRefused(
        up -> {
          g.alsoOutput(g.op("Shape", up));
          return up;
        },
        "the size of its outputs leaves the graph through 'Shape_0'");
  }

  @Test
  void theWidthCannotShapeSomethingElse() {
    assertRefused(
        up -> {
          g.op("Reshape", x, g.op("Shape", up));
          return up;
        },
        "Reshape 'Reshape_0' gives another tensor the number of channels");
  }

  @Test
  void sizesAsValuesAreNoChannels() {
    assertRefused(
        up -> {
          String tenAxes = g.op("Reshape", x, g.longs("ten", 0, 0, 1, 1, 1, 1, 1, 1, 1, -1));
          return g.op("Mul", up, g.op("Cast", integer("to", 1), g.op("Shape", tenAxes)));
        },
        "Shape 'Shape_0' combines several sizes with the channels");
  }

  @Test
  void aShapeThatMixesTokensAndChannelsStays() {
    assertRefused(
        up -> g.op("Reshape", up, g.longs("across", -1, 3)),
        "Reshape 'Reshape_0' makes [Reshape_0[-2], 3] of [batch, sequence, 10], which cannot be"
            + " proved to keep the channels on axes [-1] of [10]");
  }

  @Test
  void aShapeOfUnknownOriginStays() {
    assertRefused(
        up -> g.op("Reshape", up, g.op("NonZero", x)),
        "Reshape 'Reshape_0' has an input or output of unknown rank");
  }

  @Test
  void valuesOfASingleHeadStay() {
    assertRefused(
        up -> g.op("MatMul", g.op("Softmax", g.op("MatMul", x, g.op("Transpose", x))), up),
        "its channels are single values of attention heads, not heads");
  }

  @Test
  void queriesOfASingleHeadStay() {
    assertRefused(
        up ->
            g.op("MatMul", up, g.op("Transpose", g.op("MatMul", x, g.weight("w3", HIDDEN, WIDTH)))),
        "MatMul 'MatMul_2' multiplies two activations (attention)");
  }

  @Test
  void aTransposedInputThatIsNotSummedStays() {
    assertRefused(
        up -> g.op("FusedMatMul", integer("transA", 1), up, g.op("Transpose", x)),
        "Gather 'Gather_0' belongs to the residual stream");
  }

  @Test
  void aStackOfMatricesStays() {
    assertRefused(
        up -> g.op("MatMul", up, g.weight("experts", 4, WIDTH, WIDTH)),
        "MatMul 'MatMul_1' has a weight of shape [4, 10, 10], which is no matrix");
  }

  @Test
  void anOperandOfAnotherSizeStays() {
    assertRefused(
        up -> g.op("Add", up, g.weight("bias", 3)),
        "Add 'Add_0' has the operand 'bias' of shape [3], not 10");
  }

  @Test
  void twoActivationsForTwoProductsStay() {
    String up = g.op("MatMul", x, g.weight("w1", HIDDEN, WIDTH));
    String one = g.op("MatMul", g.op("Relu", up), g.weight("w2", WIDTH, HIDDEN));
    String two = g.op("MatMul", g.op("Tanh", up), g.weight("w3", WIDTH, HIDDEN));
    Structure structure = StructureFinder.find(Graph.of(g.head(g.op("Add", one, two))));
    assertThat(structure.units()).isEmpty();
    assertThat(structure.refusals().get(0).reason())
        .startsWith("its outputs enter several products as different tensors [")
        .contains("Relu_0", "Tanh_0");
  }

  @Test
  void aDeadEndStays() {
    g.op("Relu", g.op("MatMul", x, g.weight("w1", HIDDEN, WIDTH)));
    assertRefused(g.head(x), "w1", "no matrix product consumes its outputs");
  }

  @Test
  void channelsThatAreNeverConsumedStay() {
    String up = g.op("MatMul", x, g.weight("w1", HIDDEN, 2 * WIDTH));
    List<String> parts =
        g.op("Split", 2, List.of(integer("axis", -1), integer("num_outputs", 2)), up);
    String down = g.op("MatMul", parts.get(0), g.weight("w2", WIDTH, HIDDEN));
    assertRefused(
        g.head(g.op("Add", x, down)),
        "w1",
        "some of its channels never reach the consuming product");
  }

  @Test
  void aSplitWithComputedSizesStays() {
    assertRefused(
        up -> {
          String sizes = g.op("Concat", integer("axis", 0), g.op("Shape", x), g.op("Shape", x));
          return g.op("Split", 2, List.of(integer("axis", -1)), up, sizes).get(0);
        },
        "Split 'Split_0' has parts whose sizes cannot be told");
  }

  @Test
  void aSplitIntoUnequalPartsStays() {
    assertRefused(
        up -> g.op("Split", 3, List.of(integer("axis", -1), integer("num_outputs", 3)), up).get(0),
        "Split 'Split_0' has parts whose sizes cannot be told");
  }

  @Test
  void aSplitOfAnotherNumberStays() {
    assertRefused(
        up -> g.op("Split", 2, List.of(integer("axis", -1), integers("split", 3, 4)), up).get(0),
        "Split 'Split_0' splits 7 channels, not 10");
  }

  @Test
  void channelsAsAParameterStay() {
    assertRefused(
        up -> {
          g.op("Clip", x, up);
          return up;
        },
        "Clip 'Clip_0' uses the channels as a parameter");
  }

  @Test
  void channelsAsAShapeStay() {
    assertRefused(
        up -> {
          g.op("Reshape", x, up);
          return up;
        },
        "Reshape 'Reshape_0' uses the channels as a shape");
  }

  @Test
  void aComputedWeightStays() {
    String cast = g.op("Cast", integer("to", 1), g.weight("w1", HIDDEN, WIDTH));
    String down = g.op("MatMul", g.op("MatMul", x, cast), g.weight("w2", WIDTH, HIDDEN));
    assertRefused(g.head(g.op("Add", x, down)), "w1", "its weight is computed by Cast 'Cast_0'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"QAttention", "MatMulBnb4", "MoE"})
  void operatorsWithWeightsInsideAreNamed(String operator) {
    g.op(operator, x, g.weight("w1", HIDDEN, WIDTH));
    assertRefused(g.head(x), "w1", "operator " + operator + " is not supported yet");
  }

  @Test
  void aHiddenLayerOfTheHeadIsNoFeedForwardBlock() {
    String first = g.op("Gather", integer("axis", 1), x, g.longs("first", 0));
    String dense = g.op("Tanh", g.op("MatMul", first, g.weight("pooler", HIDDEN, WIDTH)));
    String logits = g.op("MatMul", dense, g.weight("classes", WIDTH, 2));
    assertRefused(
        g.output(logits, "logits"),
        "pooler",
        "it is a hidden layer of the model's head, not a feed-forward block");
  }

  @Test
  void aMatrixOfTwoUnitsIsCutForOne() {
    String inner = g.op("Relu", g.op("MatMul", x, g.weight("w1", HIDDEN, WIDTH)));
    String gate = g.op("MatMul", inner, g.weight("w2", WIDTH, WIDTH));
    String up = g.op("MatMul", x, g.weight("w3", HIDDEN, WIDTH));
    String down = g.op("MatMul", g.op("Mul", gate, up), g.weight("w4", WIDTH, HIDDEN));
    Structure structure = StructureFinder.find(Graph.of(g.head(g.op("Add", x, down))));
    assertThat(structure.units()).hasSize(1);
    assertThat(structure.refusals())
        .filteredOn(refusal -> refusal.weight().equals("w3"))
        .extracting(Refusal::reason)
        .containsExactly("weight 'w2' belongs to another unit already");
  }

  @Test
  void anEmptyMatrixIsNotAUnit() {
    g.tensor(TensorData.ofFloats("empty", ImmutableList.of(6L, 0L), new float[0]));
    g.op("MatMul", x, "empty");
    assertThat(StructureFinder.find(Graph.of(g.head(x))).units()).isEmpty();
  }
}
