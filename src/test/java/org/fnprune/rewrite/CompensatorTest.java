package org.fnprune.rewrite;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableDoubleArray;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.capture.CalibrationMoments;
import org.fnprune.capture.Captured;
import org.fnprune.capture.Moments;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.Sketch;
import org.fnprune.capture.TinyCapture;
import org.fnprune.common.Progress;
import org.fnprune.data.CalibrationText;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.TinyGraphs;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.PrunableUnit;
import org.junit.jupiter.api.Test;

class CompensatorTest {

  private final List<String> warnings = new ArrayList<>();

  private ImmutableMap<String, Compensation.Fit> fit(
      SlimCheck check, CompensationMethod method, ImmutableMap<String, Captured> moments) {
    PruningPlan plan = check.plan(Plans::half);
    return new Compensator(check.dense(), check.structure(), plan)
        .fit(
            new Recipe.Compensate(method, 1e-4, false),
            CalibrationMoments.of(MomentsStore.of(moments)),
            ImmutableList.of(
                new CalibrationText(
                    ImmutableList.copyOf(SlimCheck.BATCHES), ImmutableList.of(), 1)),
            SlimCheck.CPU,
            warnings::add,
            Progress.NONE);
  }

  @Test
  void aUnitThatWasSketchedIsCompensatedByBias() {
    SlimCheck check = SlimCheck.of(TinyGraphs.plain());
    PrunableUnit first = check.structure().units().get(0);
    PrunableUnit second = check.structure().units().get(1);
    Moments whole = TinyCapture.moments(check.dense(), first, SlimCheck.BATCHES);
    Moments other = TinyCapture.moments(check.dense(), second, SlimCheck.BATCHES);
    Sketch sketch =
        new Sketch(
            whole.count(),
            whole.sum(),
            whole.squares(),
            ImmutableDoubleArray.of(),
            Matrix.zeros(whole.width(), 0),
            0);

    var mixed =
        fit(
            check,
            CompensationMethod.LEAST_SQUARES,
            ImmutableMap.of(first.id(), sketch, second.id(), other));

    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("'" + first.id() + "'", "bias", "raise --memory");
    var bias =
        fit(check, CompensationMethod.BIAS, ImmutableMap.of(first.id(), whole, second.id(), other));
    Compensation.Fit sketched = requireNonNull(mixed.get(first.id()));
    Compensation.Fit known = requireNonNull(bias.get(first.id()));
    assertThat(sketched.weight().rows()).as("weights that stay are not held").isZero();
    assertThat(known.weight().rows()).isZero();
    assertThat(sketched.ridgeUsed()).isInfinite();
    Matrices.assertClose(sketched.biasShift(), known.biasShift(), 1e-12);
    assertThat(requireNonNull(mixed.get(second.id())).ridgeUsed()).isFinite();
    assertThat(requireNonNull(mixed.get(second.id())).weight().rows()).isPositive();
  }
}
