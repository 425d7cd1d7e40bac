package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.RandomTransformer;
import org.fnprune.model.RandomTransformer.Planted;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.FfnOutputs;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Refusal;
import org.fnprune.structure.Structure;
import org.fnprune.structure.StructureFinder;
import org.fnprune.structure.UnitKind;
import org.fnprune.verify.Equivalence;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Transformers put together at random are understood, cut at random, equal the masked model, and
 * can be cut once more.
 *
 * <p>One seed again: {@code -Dfnprune.seed=17}; many more: {@code -Dfnprune.seeds=5000}.
 */
class RandomTransformersTest {

  private static final long SEEDS = 120;

  static LongStream seeds() {
    Long one = Long.getLong("fnprune.seed");
    return one == null
        ? LongStream.range(0, Long.getLong("fnprune.seeds", SEEDS))
        : LongStream.of(one);
  }

  @ParameterizedTest(name = "-Dfnprune.seed={0}")
  @MethodSource("seeds")
  void isFoundAndCutAsPlanted(long seed) {
    String again = "again: -Dfnprune.seed=" + seed;
    RandomTransformer made = RandomTransformer.of(seed);
    SlimCheck all = checkOf(made.model());
    assertThat(all.structure().units().stream().map(RandomTransformersTest::planted).toList())
        .as("%s, refused %s", again, all.structure().refusals())
        .containsExactlyInAnyOrderElementsOf(made.planted());
    if (made.tied()) {
      assertThat(all.structure().refusals())
          .as(again)
          .extracting(Refusal::reason)
          .anyMatch(reason -> reason.contains("is shared with"));
    }

    SlimCheck some = only(all, new SplittableRandom(seed));
    PruningPlan plan = some.plan(s -> Plans.random(s, seed));
    OnnxModel slim = some.slim(plan);
    assertThat(some.compare(slim, plan)).as("%s, %s", again, plan).matches(Equivalence::passed);
    if (!made.sharesBiases()) {
      assertThat(made.model().parameters() - slim.parameters())
          .as(again)
          .isEqualTo(removed(some.structure(), plan));
    }

    SlimCheck rest = checkOf(slim);
    assertThat(widths(rest.structure(), all.structure()))
        .as("%s, cut once, refused %s", again, rest.structure().refusals())
        .isEqualTo(left(all.structure(), plan));
    assertThat(rest.check(rest.plan(s -> Plans.random(s, seed + 1))))
        .as("%s, cut twice", again)
        .matches(Equivalence::passed);
  }

  private static SlimCheck checkOf(OnnxModel model) {
    Graph dense = Graph.of(model);
    return new SlimCheck(dense, FfnOutputs.addTo(dense, StructureFinder.find(dense)));
  }

  private static Planted planted(PrunableUnit unit) {
    return new Planted(unit.kind(), unit.layer(), unit.width(), unit.unitSize());
  }

  /** Mostly all units, else those of some kinds. */
  private static SlimCheck only(SlimCheck all, SplittableRandom random) {
    List<UnitKind> kinds = ImmutableList.copyOf(all.structure().kinds());
    if (random.nextBoolean() || kinds.isEmpty()) {
      return all;
    }
    Set<UnitKind> some = EnumSet.of(kinds.get(random.nextInt(kinds.size())));
    some.add(kinds.get(random.nextInt(kinds.size())));
    return new SlimCheck(all.dense(), all.structure().only(some));
  }

  private static long removed(Structure structure, PruningPlan plan) {
    Map<String, Integer> kept = new HashMap<>();
    plan.units().forEach(unit -> kept.put(unit.id(), unit.kept().length()));
    return structure.removedParameters(unit -> kept.getOrDefault(unit.id(), unit.width()));
  }

  /** Widths of units that were there before: of one KV head, query heads can go one by one. */
  private static Map<String, Integer> widths(Structure structure, Structure before) {
    Map<String, Integer> widths = new HashMap<>();
    structure.units().stream()
        .filter(unit -> before.units().stream().anyMatch(old -> old.id().equals(unit.id())))
        .forEach(unit -> widths.put(unit.id(), unit.width()));
    return widths;
  }

  /**
   * The widths of what can be cut again; of a single channel nothing can, and outputs are those of
   * blocks whose neurons can go.
   */
  private static Map<String, Integer> left(Structure structure, PruningPlan plan) {
    Map<String, Integer> widths = widths(structure, structure);
    for (UnitPlan unit : plan.units()) {
      widths.put(unit.id(), unit.kept().length());
    }
    widths.values().removeIf(width -> width == 1);
    widths
        .keySet()
        .removeIf(id -> id.endsWith("_out") && !widths.containsKey(id.replace("_out", "")));
    return widths;
  }
}
