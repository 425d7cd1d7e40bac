package org.fnprune.rewrite;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.fnprune.capture.ErrorMoments;
import org.fnprune.capture.Moments;
import org.fnprune.capture.SampleMoments;
import org.fnprune.capture.SplitErrors;
import org.fnprune.capture.TinyCapture;
import org.fnprune.data.CalibrationText;
import org.fnprune.data.RandomTokens;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.QuantisedDialects;
import org.fnprune.model.TensorData;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.PrunableUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fits of weights that are stored in fewer bits: what is written is what was fitted. */
class StoredFitTest {

  private static final CalibrationText TEXT =
      new CalibrationText(
          ImmutableList.of(
              RandomTokens.batch(6, 11, TinyGraph.VOCABULARY, 11),
              RandomTokens.batch(5, 7, TinyGraph.VOCABULARY, 12)),
          ImmutableList.of(RandomTokens.batch(4, 9, TinyGraph.VOCABULARY, 13)),
          1);

  static Stream<Map.Entry<String, OnnxModel>> quantised() {
    return Stream.concat(
        QuantisedDialects.OF_COLUMNS.entrySet().stream(),
        QuantisedDialects.IN_BLOCKS.entrySet().stream());
  }

  @ParameterizedTest
  @MethodSource("quantised")
  void quantisedWeightsAreFittedAndStayQuantised(Map.Entry<String, OnnxModel> model) {
    SlimCheck check = SlimCheck.of(model.getValue());
    PrunableUnit unit = check.structure().units().get(0);
    PruningPlan plan = check.plan(Plans::half);
    var kept = plan.units().get(0).keptPositions();
    List<String> warnings = new ArrayList<>();

    Compensation.Fit fit =
        requireNonNull(Fits.of(check, plan, null, false, List.of(TEXT), warnings).get(unit.id()));

    Matrix dense = ConsumerWeights.read(check.dense(), unit);
    Moments moments = TinyCapture.moments(check.dense(), unit, Fits.all(TEXT));
    Compensation.Fit bias = Compensation.bias(moments, SlimWeight.of(check.dense(), unit, kept));
    assertThat(fit.changesWeight()).isTrue();
    assertThat(warnings).isEmpty();
    assertThat(Compensation.outputError(moments, dense, kept, fit))
        .isLessThan(Compensation.outputError(moments, dense, kept, bias));
    assertMeansAgree(moments, dense, kept.toArray(), fit);

    OnnxModel slim =
        GraphRewriter.rewrite(
            check.dense(), check.structure(), plan, ImmutableMap.of(unit.id(), fit));
    assertThat(types(slim)).isEqualTo(types(check.slim(plan)));
    Matrices.assertClose(readAgain(slim), fit.weight(), 1e-5);
    assertThat(LogitsError.of(check.dense().model(), slim, TEXT.heldOut()))
        .isLessThan(LogitsError.of(check.dense().model(), check.slim(plan), TEXT.heldOut()));
  }

  @ParameterizedTest
  @MethodSource("quantised")
  void quantisedWeightsAreFittedToTheResidualStream(Map.Entry<String, OnnxModel> model) {
    SlimCheck check = SlimCheck.of(model.getValue());
    PruningPlan plan = check.plan(Plans::half);
    var fits = Fits.of(check, plan, null, true, List.of(TEXT), new ArrayList<>());
    assertThat(fits.values()).allMatch(Compensation.Fit::changesWeight);
    OnnxModel slim = GraphRewriter.rewrite(check.dense(), check.structure(), plan, fits);
    assertThat(types(slim)).isEqualTo(types(check.slim(plan)));
    assertThat(LogitsError.of(check.dense().model(), slim, TEXT.heldOut()))
        .isLessThan(LogitsError.of(check.dense().model(), check.slim(plan), TEXT.heldOut()));
  }

  /**
   * h → QuantizeLinear → QGemm with C → DequantizeLinear; C's integers are steps of scale a · scale
   * B.
   */
  @Test
  void aBiasOfIntegersKeepsTheWeightAsItIs() {
    int width = 8;
    TinyGraph g = TinyGraph.create(3);
    String x = g.embedding();
    String h = g.op("Relu", g.op("MatMul", x, g.weight("w1", TinyGraph.HIDDEN, width)));
    String rows = g.op("Reshape", h, g.longs("rows", -1, width));
    String scale = g.scalar(0.02);
    String zero = small(g, "zero", ElementType.UINT8, ImmutableList.of(), 128);
    String steps = g.scalar(0.05);
    int[] values =
        IntStream.range(0, width * TinyGraph.HIDDEN).map(i -> i * 37 % 255 - 127).toArray();
    String down =
        g.microsoft(
                "QGemm",
                1,
                List.of(),
                g.op("QuantizeLinear", rows, scale, zero),
                scale,
                zero,
                small(
                    g,
                    "w2",
                    ElementType.INT8,
                    ImmutableList.of((long) width, (long) TinyGraph.HIDDEN),
                    values),
                g.scalar(0.01),
                small(g, "w2_zero", ElementType.INT8, ImmutableList.of(), 0),
                g.tensor(
                    TensorData.ofInts(
                        "c",
                        ImmutableList.of((long) TinyGraph.HIDDEN),
                        LongStream.range(0, TinyGraph.HIDDEN).map(i -> 50 * i).toArray())),
                steps,
                zero)
            .get(0);
    String y = g.op("Reshape", g.op("DequantizeLinear", down, steps, zero), g.op("Shape", x));
    SlimCheck check = SlimCheck.of(g.head(g.op("Add", x, y)));
    PruningPlan plan = check.plan(Plans::half);
    List<String> warnings = new ArrayList<>();

    var fits = Fits.of(check, plan, null, false, List.of(TEXT), warnings);

    assertThat(warnings).singleElement().asString().contains("by bias", "QGemm");
    assertThat(fits.values()).noneMatch(Compensation.Fit::changesWeight);
    OnnxModel slim = GraphRewriter.rewrite(check.dense(), check.structure(), plan, fits);
    assertThat(LogitsError.of(check.dense().model(), slim, TEXT.fitting()))
        .isLessThan(LogitsError.of(check.dense().model(), check.slim(plan), TEXT.fitting()));
  }

  private static String small(
      TinyGraph g, String name, ElementType type, ImmutableList<Long> dims, int... values) {
    return g.tensor(TensorData.ofSmallIntegers(name, type, dims, values));
  }

  /** No weight would be nearer, for the neurons that stay know nothing of those that went. */
  @Test
  void integersThatNoFitImprovesStayAndTheBiasMakesUp() {
    SlimCheck check = SlimCheck.of(QuantisedDialects.uint4());
    PrunableUnit unit = check.structure().units().get(0);
    var kept = check.plan(Plans::half).units().get(0).keptPositions();
    SlimWeight weight = SlimWeight.of(check.dense(), unit, kept);
    Matrix noise = Matrices.gaussian(60, QuantisedDialects.NEURONS, 1);
    Matrix more = Matrices.gaussian(5000, QuantisedDialects.NEURONS, 2);
    SplitErrors errors =
        new SplitErrors(
            ErrorMoments.of(shifted(noise), weight.lost(), kept),
            Optional.of(ErrorMoments.of(shifted(more), weight.lost(), kept)));
    List<String> warnings = new ArrayList<>();

    HeldOutChoice choice = HeldOutChoice.of(errors, weight, HeldOutChoice.RIDGES, 0);
    Compensation.Fit fit =
        new SingleCompensation(
                check.dense(),
                new Recipe.Compensate(CompensationMethod.LEAST_SQUARES, null, false),
                Fits.moments(check, TEXT),
                warnings::add)
            .chosen(unit, weight, choice);

    assertThat(fit.weight()).isEqualTo(weight.stored());
    assertThat(fit.ridgeUsed()).isInfinite();
    assertThat(warnings).singleElement().asString().contains(unit.id(), "by bias", "quantised");
  }

  private static Moments shifted(Matrix noise) {
    return SampleMoments.of(
        Matrix.tabulate(noise.rows(), noise.cols(), (t, j) -> noise.get(t, j) + 1));
  }

  /** Biases alone leave the integers as they are. */
  @ParameterizedTest
  @MethodSource("quantised")
  void biasAloneLeavesTheIntegers(Map.Entry<String, OnnxModel> model) {
    SlimCheck check = SlimCheck.of(model.getValue());
    PrunableUnit unit = check.structure().units().get(0);
    PruningPlan plan = check.plan(Plans::half);
    SlimWeight weight = SlimWeight.of(check.dense(), unit, plan.units().get(0).keptPositions());
    Compensation.Fit bias =
        Compensation.bias(TinyCapture.moments(check.dense(), unit, TEXT.fitting()), weight);
    OnnxModel slim =
        GraphRewriter.rewrite(
            check.dense(), check.structure(), plan, ImmutableMap.of(unit.id(), bias));
    assertThat(integers(slim)).isEqualTo(integers(check.slim(plan)));
    Matrices.assertClose(readAgain(slim), weight.stored(), 1e-6);
  }

  /** Two neurons that do the same are one with the sum of their weights, up to a step. */
  @Test
  void aRedundantNeuronIsTakenOverUpToTheStepOfTheScale() {
    int half = 4;
    TinyGraph g = TinyGraph.create(3);
    String x = g.embedding();
    Matrix up = Matrices.gaussian(TinyGraph.HIDDEN, half, 1);
    String w1 =
        g.tensor(
            TensorData.ofDoubles(
                "w1",
                ElementType.FLOAT,
                ImmutableList.of((long) TinyGraph.HIDDEN, 2L * half),
                Matrix.beside(List.of(up, up)).toArray()));
    int[] values =
        IntStream.range(0, 2 * half * TinyGraph.HIDDEN).map(i -> i * 37 % 255 - 127).toArray();
    String w2 =
        g.op(
            "DequantizeLinear",
            g.tensor(
                TensorData.ofSmallIntegers(
                    "w2_q",
                    ElementType.INT8,
                    ImmutableList.of(2L * half, (long) TinyGraph.HIDDEN),
                    values)),
            g.scalar(0.01));
    String h = g.op("Relu", g.op("MatMul", x, w1));
    SlimCheck check = SlimCheck.of(g.head(g.op("Add", x, g.op("MatMul", h, w2))));
    PrunableUnit unit = check.structure().units().get(0);
    PruningPlan plan = check.plan(s -> Plans.of(s, (u, i) -> IntStream.range(0, half)));

    Compensation.Fit fit =
        requireNonNull(
            Fits.of(check, plan, 1e-9, false, List.of(TEXT), new ArrayList<>()).get(unit.id()));

    Matrix dense = ConsumerWeights.read(check.dense(), unit);
    Matrix sum =
        dense
            .selectRows(IntStream.range(0, half).toArray())
            .plus(dense.selectRows(IntStream.range(half, 2 * half).toArray()));
    double largest = 0;
    for (double value : sum.toArray()) {
      largest = Math.max(largest, Math.abs(value));
    }
    double step = largest / 127;
    for (int i = 0; i < half; i++) {
      for (int j = 0; j < TinyGraph.HIDDEN; j++) {
        assertThat(Math.abs(fit.weight().get(i, j) - sum.get(i, j))).isLessThan(0.6 * step);
      }
    }
  }

  @Test
  void halfPrecisionIsRoundedBeforeTheBiasIsFitted() {
    SlimCheck check = SlimCheck.of(TinyGraphs.named("float16"));
    PrunableUnit unit = check.structure().units().get(0);
    PruningPlan plan = check.plan(Plans::half);
    Compensation.Fit fit =
        requireNonNull(
            Fits.of(check, plan, 1e-3, false, List.of(TEXT), new ArrayList<>()).get(unit.id()));
    assertThat(fit.changesWeight()).isTrue();
    TensorData rounded =
        TensorData.ofDoubles(
            "w",
            ElementType.FLOAT16,
            ImmutableList.of((long) fit.weight().rows(), (long) fit.weight().cols()),
            fit.weight().toArray());
    assertThat(rounded.toDoubles()).isEqualTo(fit.weight().toArray());
    assertMeansAgree(
        TinyCapture.moments(check.dense(), unit, Fits.all(TEXT)),
        ConsumerWeights.read(check.dense(), unit),
        plan.units().get(0).kept().toArray(),
        fit);
    OnnxModel slim =
        GraphRewriter.rewrite(
            check.dense(), check.structure(), plan, ImmutableMap.of(unit.id(), fit));
    assertThat(types(slim)).isEqualTo(types(check.slim(plan)));
    assertThat(readAgain(slim)).isEqualTo(fit.weight());
  }

  /** μW = μ_K W′ + shift for the weight that is stored. */
  private static void assertMeansAgree(
      Moments moments, Matrix dense, int[] kept, Compensation.Fit fit) {
    Matrices.assertClose(
        moments.mean().selectCols(kept).times(fit.weight()).plus(fit.biasShift()),
        moments.mean().times(dense),
        1e-6);
  }

  private static Matrix readAgain(OnnxModel slim) {
    SlimCheck again = SlimCheck.of(slim);
    return ConsumerWeights.read(again.dense(), again.structure().units().get(0));
  }

  private static List<Integer> types(OnnxModel model) {
    return Graph.of(model).model().graph().getInitializerList().stream()
        .filter(t -> t.getDimsCount() > 1)
        .map(TensorProto::getDataType)
        .toList();
  }

  private static List<TensorProto> integers(OnnxModel model) {
    return model.graph().getInitializerList().stream()
        .filter(t -> t.getDimsCount() > 1 && t.getDataType() != ElementType.FLOAT.number())
        .toList();
  }
}
