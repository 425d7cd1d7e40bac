package org.fnprune.rewrite;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.fnprune.capture.DenseSums;
import org.fnprune.capture.ErrorCapture;
import org.fnprune.capture.ErrorMoments;
import org.fnprune.capture.SlimPrefix;
import org.fnprune.capture.TinyCapture;
import org.fnprune.common.Progress;
import org.fnprune.data.CalibrationText;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyAttention;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.ResidualSum;
import org.fnprune.structure.Structure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequentialCompensationTest {

  private static final List<TokenBatch> TEXT =
      List.of(
          RandomTokens.batch(6, 11, TinyGraph.VOCABULARY, 11),
          RandomTokens.batch(5, 7, TinyGraph.VOCABULARY, 12));
  private static final CalibrationText ALL =
      new CalibrationText(ImmutableList.copyOf(TEXT), ImmutableList.of(), 1);
  private static final double RIDGE = 1e-7;

  @ParameterizedTest
  @ValueSource(
      strings = {"GPT-2 as TorchScript writes it", "GPT-2 as dynamo writes it", "gate, up, down"})
  void firstLayerIsFittedAsIfAlone(String name) {
    SlimCheck check = SlimCheck.of(TinyGraphs.named(name));
    PruningPlan plan = check.plan(Plans::half);
    PrunableUnit first = check.structure().units().get(0);

    Compensation.Fit sequential = requireNonNull(fits(check, plan).get(first.id()));

    Compensation.Fit alone =
        Compensation.fit(
            TinyCapture.moments(check.dense(), first, TEXT),
            ConsumerWeights.read(check.dense(), first),
            plan.units().get(0).kept(),
            CompensationMethod.LEAST_SQUARES,
            RIDGE);
    Matrices.assertClose(sequential.weight(), alone.weight(), 2e-3);
    Matrices.assertClose(sequential.biasShift(), alone.biasShift(), 2e-3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"GPT-2 as TorchScript writes it", "GPT-2 as dynamo writes it", "gate, up, down"})
  void whatIsLeftOfTheErrorIsNothingThatTheNeuronsCouldSay(String name) {
    SlimCheck check = SlimCheck.of(TinyGraphs.named(name));
    PruningPlan plan = check.plan(Plans::half);
    PrunableUnit last = check.structure().units().get(1);

    ErrorMoments before = error(check, plan, ImmutableMap.of(), last);
    ErrorMoments after = error(check, plan, fits(check, plan), last);

    assertThat(largest(before.crossCovariance())).isGreaterThan(1e-3);
    assertThat(largest(after.crossCovariance()))
        .isLessThan(1e-3 * largest(before.crossCovariance()));
    assertThat(largest(after.errorMean())).isLessThan(1e-4);
  }

  @Test
  void wholeUnitsBeforeThePrunedOneAreNotTouched() {
    SlimCheck check = SlimCheck.of(TinyGraphs.plain());
    PruningPlan half = check.plan(Plans::half);
    PruningPlan onlyLast = new PruningPlan(List.of(half.units().get(1)));

    assertThat(fits(check, onlyLast)).containsOnlyKeys(half.units().get(1).id());
  }

  @ParameterizedTest
  @ValueSource(strings = {"GPT-2 as TorchScript writes it", "MatMul, Add, Relu", "gate, up, down"})
  void wholeUnitsBehindThePrunedOneMakeUpForIt(String name) {
    SlimCheck check = SlimCheck.of(TinyGraphs.named(name));
    PruningPlan half = check.plan(Plans::half);
    PruningPlan onlyFirst = new PruningPlan(List.of(half.units().get(0)));
    String first = half.units().get(0).id();
    String second = half.units().get(1).id();

    ImmutableMap<String, Compensation.Fit> fits = fits(check, onlyFirst);

    assertThat(fits).containsOnlyKeys(first, second);
    ImmutableMap<String, Compensation.Fit> alone =
        ImmutableMap.of(first, requireNonNull(fits.get(first)));
    assertThat(slim(check, onlyFirst, fits).parameters())
        .isEqualTo(slim(check, onlyFirst, alone).parameters());
    assertThat(logitsError(check, onlyFirst, fits))
        .isLessThan(0.9 * logitsError(check, onlyFirst, alone));
  }

  /** A structure without the whole units leaves them alone. */
  @Test
  void onlyUnitsThatAreNamedAreFitted() {
    SlimCheck all = SlimCheck.of(TinyGraphs.plain());
    PruningPlan half = all.plan(Plans::half);
    PrunableUnit first = all.structure().units().get(0);
    SlimCheck check =
        new SlimCheck(
            all.dense(),
            new Structure(
                ImmutableList.of(first), all.structure().refusals(), all.structure().parameters()));
    assertThat(fits(check, new PruningPlan(List.of(half.units().get(0)))))
        .containsOnlyKeys(first.id());
  }

  private static double logitsError(
      SlimCheck check, PruningPlan plan, ImmutableMap<String, Compensation.Fit> fits) {
    return LogitsError.of(check.dense().model(), slim(check, plan, fits), TEXT);
  }

  private static OnnxModel slim(
      SlimCheck check, PruningPlan plan, ImmutableMap<String, Compensation.Fit> fits) {
    return GraphRewriter.rewrite(check.dense(), check.structure(), plan, fits);
  }

  /** The second text counts what its weight says, as if it had that many tokens. */
  @Test
  void textsCountByTheirWeights() {
    SlimCheck check = SlimCheck.of(TinyGraphs.plain());
    PruningPlan plan = check.plan(Plans::half);
    CalibrationText other =
        new CalibrationText(
            ImmutableList.of(RandomTokens.batch(3, 4, TinyGraph.VOCABULARY, 21)),
            ImmutableList.of(),
            1e6);
    assertSame(fits(check, plan, ALL, ALL), fits(check, plan, ALL));
    assertSame(fits(check, plan, ALL, other), fits(check, plan, other));
    assertThat(Matrices.distance(weight(fits(check, plan, other)), weight(fits(check, plan, ALL))))
        .isGreaterThan(1e-2);
  }

  private static void assertSame(
      ImmutableMap<String, Compensation.Fit> found,
      ImmutableMap<String, Compensation.Fit> expected) {
    Matrices.assertClose(weight(found), weight(expected), 2e-3);
  }

  /** Of the first unit. */
  private static Matrix weight(ImmutableMap<String, Compensation.Fit> fits) {
    return fits.values().asList().get(0).weight();
  }

  private static ImmutableMap<String, Compensation.Fit> fits(
      SlimCheck check, PruningPlan plan, CalibrationText... texts) {
    return Fits.of(check, plan, 1e-3, true, List.of(texts), new ArrayList<>());
  }

  @Test
  void theDenseStreamIsTheSameWhetherItIsKeptOrComputedAgain() {
    SlimCheck check = SlimCheck.of(TinyGraphs.plain());
    PruningPlan plan = check.plan(Plans::half);
    PrunableUnit last = check.structure().units().get(1);
    assertThat(error(check, plan, ImmutableMap.of(), last, Long.MAX_VALUE))
        .isEqualTo(error(check, plan, ImmutableMap.of(), last, 0));
  }

  /** Captures that begin where the unit before the last one ended measure what whole ones do. */
  @ParameterizedTest
  @ValueSource(strings = {"attention", "GPT-2 as TorchScript writes it", "gate, up, down"})
  void captureMayBeginInsideTheModel(String name) {
    SlimCheck check =
        SlimCheck.of(name.equals("attention") ? TinyAttention.grouped() : TinyGraphs.named(name));
    PruningPlan plan = check.plan(Plans::half);
    OnnxModel slim = slim(check, plan, ImmutableMap.of());
    List<PrunableUnit> units =
        check.structure().units().stream()
            .sorted(Comparator.comparingInt(unit -> unit.consumers().get(0).node()))
            .toList();
    assertThat(Fittable.canBeginInside(check.dense())).isTrue();
    SlimPrefix prefix = new SlimPrefix();
    Optional<String> before = Optional.empty();
    for (PrunableUnit unit : units) {
      ResidualSum sum = Fittable.stream(check.dense(), unit).orElseThrow();
      before.ifPresent(prefix::keep);
      ErrorMoments begun = error(check, slim, plan, unit, 0, prefix);
      ErrorMoments whole = error(check, slim, plan, unit, 0, new SlimPrefix());
      Matrices.assertClose(begun.cross(), whole.cross(), 1e-5);
      Matrices.assertClose(begun.activation().gram(), whole.activation().gram(), 1e-5);
      before = Fittable.total(check.dense(), sum);
    }
    assertThat(units).hasSizeGreaterThan(1);
  }

  @Test
  void unitWithTwoProjectionsIsFittedByItselfAndSaidSo() {
    SlimCheck check = SlimCheck.of(TinyGraphs.named("two consumers"));
    PruningPlan plan = check.plan(Plans::half);
    List<String> warnings = new ArrayList<>();

    var sequential = Fits.of(check, plan, RIDGE, true, List.of(ALL), warnings);

    assertThat(warnings)
        .hasSize(2)
        .allMatch(w -> w.contains("does not add to a residual stream"))
        .anyMatch(w -> w.contains(check.structure().units().get(0).id()));
    assertThat(sequential)
        .isEqualTo(Fits.of(check, plan, RIDGE, false, List.of(ALL), new ArrayList<>()));
  }

  private static ImmutableMap<String, Compensation.Fit> fits(SlimCheck check, PruningPlan plan) {
    return Fits.of(check, plan, RIDGE, true, List.of(ALL), new ArrayList<>());
  }

  private static ErrorMoments error(
      SlimCheck check,
      PruningPlan plan,
      ImmutableMap<String, Compensation.Fit> fits,
      PrunableUnit unit) {
    return error(check, plan, fits, unit, 0);
  }

  private static ErrorMoments error(
      SlimCheck check,
      PruningPlan plan,
      ImmutableMap<String, Compensation.Fit> fits,
      PrunableUnit unit,
      long bytes) {
    return error(check, slim(check, plan, fits), plan, unit, bytes, new SlimPrefix());
  }

  private static ErrorMoments error(
      SlimCheck check,
      OnnxModel slim,
      PruningPlan plan,
      PrunableUnit unit,
      long bytes,
      SlimPrefix prefix) {
    ResidualSum sum = Fittable.stream(check.dense(), unit).orElseThrow();
    int kept = requireNonNull(plan.pruned().get(unit.id())).keptPositions().length();
    try (DenseSums sums =
        new DenseSums(
            check.dense().model(),
            ImmutableMap.of(sum, TinyGraph.HIDDEN),
            List.of(ALL),
            SlimCheck.CPU,
            bytes)) {
      return ErrorCapture.run(
              sums,
              slim,
              new ErrorCapture.Place(unit.activation(), kept, TinyGraph.HIDDEN, sum),
              prefix,
              List.of(ALL),
              SlimCheck.CPU,
              Progress.NONE)
          .all();
    }
  }

  private static double largest(Matrix matrix) {
    double largest = 0;
    for (double value : matrix.toArray()) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
