package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fnprune.model.FusedAttention;
import org.fnprune.model.OnnxModel;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.Structure;
import org.fnprune.verify.Equivalence;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads that leave an attention operator are heads that give nothing. */
class FusedAttentionTest {

  private static final Map<String, Function<Structure, PruningPlan>> PLANS =
      Map.of("half", Plans::half, "one", Plans::one, "random", s -> Plans.random(s, 4));

  static Stream<Map.Entry<String, OnnxModel>> models() {
    return Stream.of(FusedAttention.BY_HEAD, FusedAttention.BY_GROUP)
        .flatMap(models -> models.entrySet().stream());
  }

  @ParameterizedTest
  @MethodSource("models")
  void removedEqualsZeroed(Map.Entry<String, OnnxModel> model) {
    SlimCheck check = SlimCheck.of(model.getValue());
    PLANS.forEach(
        (description, plans) ->
            assertThat(check.check(check.plan(plans)))
                .as("%s, %s", model.getKey(), description)
                .matches(Equivalence::passed)
                .matches(e -> e.batches() == SlimCheck.BATCHES.size()));
  }

  @ParameterizedTest
  @MethodSource("models")
  void otherHeadsDoNotPass(Map.Entry<String, OnnxModel> model) {
    SlimCheck check = SlimCheck.of(model.getValue());
    OnnxModel slim = check.slim(check.plan(Plans::half));
    PruningPlan first =
        check.plan(s -> Plans.of(s, (unit, i) -> IntStream.range(0, unit.width() / 2)));
    for (PruningPlan other : List.of(check.plan(Plans::all), first)) {
      assertThat(check.compare(slim, other)).matches(e -> !e.passed());
    }
  }
}
