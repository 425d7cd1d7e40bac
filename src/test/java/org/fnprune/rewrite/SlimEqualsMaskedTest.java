package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraphs;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.Structure;
import org.fnprune.verify.Equivalence;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Removing channels and zeroing them give the same outputs, for every prunable model. */
class SlimEqualsMaskedTest {

  private static final Map<String, Function<Structure, PruningPlan>> PLANS =
      Map.of(
          "half", Plans::half,
          "one", Plans::one,
          "uneven", Plans::uneven,
          "random", s -> Plans.random(s, 4),
          "all", Plans::all);

  static Stream<String> models() {
    return TinyGraphs.PRUNABLE.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void removedEqualsZeroed(String name) {
    SlimCheck check = SlimCheck.of(TinyGraphs.named(name));
    PLANS.forEach(
        (description, plans) ->
            assertThat(check.check(check.plan(plans)))
                .as(description)
                .matches(Equivalence::passed)
                .matches(e -> e.batches() == SlimCheck.BATCHES.size()));
  }

  @ParameterizedTest
  @MethodSource("models")
  void anotherPlanDoesNotPass(String name) {
    SlimCheck check = SlimCheck.of(TinyGraphs.named(name));
    OnnxModel slim = check.slim(check.plan(Plans::half));
    for (PruningPlan other :
        List.of(
            check.plan(Plans::all), check.plan(Plans::one), check.plan(s -> Plans.random(s, 1)))) {
      assertThat(check.compare(slim, other)).matches(e -> !e.passed());
    }
  }
}
