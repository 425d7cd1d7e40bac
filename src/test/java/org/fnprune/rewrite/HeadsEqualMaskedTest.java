package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fnprune.model.AttentionDialects;
import org.fnprune.model.OnnxModel;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.Structure;
import org.fnprune.verify.Equivalence;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads that are removed are heads that give nothing, in every dialect. */
class HeadsEqualMaskedTest {

  private static final Map<String, Function<Structure, PruningPlan>> PLANS =
      Map.of(
          "half",
          Plans::half,
          "one",
          Plans::one,
          "random",
          s -> Plans.random(s, 4),
          "all",
          Plans::all);

  static Stream<Map.Entry<String, OnnxModel>> models() {
    return Stream.of(AttentionDialects.BY_HEAD, AttentionDialects.BY_GROUP)
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
    for (PruningPlan other :
        List.of(check.plan(Plans::all), check.plan(s -> Plans.of(s, (u, i) -> first(u.width()))))) {
      assertThat(check.compare(slim, other)).matches(e -> !e.passed());
    }
  }

  private static IntStream first(int width) {
    return IntStream.range(0, width / 2);
  }
}
