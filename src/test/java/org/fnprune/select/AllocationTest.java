package org.fnprune.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Recipe.AllocationRule;
import org.fnprune.structure.UnitKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AllocationTest {

  @Test
  void equalUnitsKeepEqualWidths() {
    assertThat(uniform(Collections.nCopies(5, 172), 0.3, 8))
        .containsExactly(120, 120, 120, 120, 120);
  }

  @Test
  void unequalRemaindersGoToTheUnitsThatLostMost() {
    // Half of 20 and of 24 in blocks of 8: 10 → 8 (lost 2), 12 → 8 (lost 4), 28 removed of 22.
    assertThat(uniform(List.of(20, 24), 0.5, 8)).containsExactly(8, 16);
  }

  @Test
  void oneOfEqualsIsRoundedUpWhenThatIsCloserEarlierFirst() {
    // A third of 72 is 24. All at 12 removes 36; one block given back to the first removes 24.
    assertThat(uniform(List.of(24, 24, 24), 1 / 3.0, 12)).containsExactly(24, 12, 12);
  }

  @ParameterizedTest
  @CsvSource({
    "5, 172, 193, 8",
    "12, 3072, 1537, 8",
    "12, 3072, 1537, 64",
    "6, 512, 257, 8",
    "4, 512, 257, 16",
    "24, 4864, 2688, 32",
    "6, 1536, 769, 8"
  })
  void targetIsMetWithinHalfAPercentOnRealisticShapes(
      int units, int width, int perChannel, int block) {
    for (AllocationRule rule : AllocationRule.values()) {
      for (double sparsity : new double[] {0.1, 0.3, 0.5, 0.7, 0.9}) {
        List<Place> places = places(Collections.nCopies(units, width), perChannel);
        long all = (long) units * width * perChannel;
        long target = Math.round(all * sparsity);
        List<Integer> widths =
            widths(places, rankings(places, 3), target, options(rule, 0, 0, block));
        assertThat((double) removed(places, widths) / all).isCloseTo(sparsity, within(0.005));
      }
    }
  }

  /**
   * Over seeded shapes: on the grid, at least a block, protected whole, and as close as a block.
   */
  @ParameterizedTest
  @EnumSource(AllocationRule.class)
  void propertiesHoldOverRandomShapes(AllocationRule rule) {
    SplittableRandom random = new SplittableRandom(99);
    for (int trial = 0; trial < 300; trial++) {
      int block = 1 + random.nextInt(16);
      List<Place> places = new ArrayList<>();
      int units = 3 + random.nextInt(8);
      for (int u = 0; u < units; u++) {
        places.add(place(u / 2, 1 + random.nextInt(300), 1 + random.nextInt(50)));
      }
      Recipe.Prune options = options(rule, random.nextInt(2), random.nextInt(2), block);
      List<Boolean> open = open(places, options);
      long possible = 0;
      long largestStep = 0;
      for (int u = 0; u < units; u++) {
        Place place = places.get(u);
        if (open.get(u)) {
          int most = place.width() - Math.min(block, place.width());
          possible += most * place.parametersPerChannel();
          largestStep = Math.max(largestStep, block * place.parametersPerChannel());
        }
      }
      if (possible == 0 || possible < 2 * largestStep) {
        continue;
      }
      long target = largestStep + (long) ((possible - largestStep) * random.nextDouble());

      List<Integer> widths = widths(places, rankings(places, trial), target, options);

      for (int u = 0; u < units; u++) {
        int full = places.get(u).width();
        int kept = widths.get(u);
        assertThat(kept == full || (kept < full && kept % block == 0 && kept > 0)).isTrue();
        assertThat(open.get(u) || kept == full).isTrue();
      }
      assertThat(Math.abs(removed(places, widths) - target)).isLessThanOrEqualTo(largestStep);
    }
  }

  private static List<Boolean> open(List<Place> places, Recipe.Prune options) {
    int last = places.get(places.size() - 1).layer();
    return places.stream()
        .map(c -> c.layer() >= options.protectFirst() && c.layer() <= last - options.protectLast())
        .toList();
  }

  @Test
  void globalRemovesTheLeastValuedBlocksAnywhere() {
    List<Place> places = places(List.of(4, 4), 1);
    List<Ranking> rankings = List.of(ranking(9, 8, 7, 6), ranking(5, 4, 3, 2));

    assertThat(widths(places, rankings, 3, options(AllocationRule.GLOBAL, 0, 0, 1)))
        .containsExactly(4, 1);
    assertThat(widths(places, rankings, 4, options(AllocationRule.GLOBAL, 0, 0, 1)))
        .containsExactly(3, 1);
  }

  @Test
  void globalLooksAtTheMeanOfABlock() {
    List<Place> places = places(List.of(4, 4), 1);
    List<Ranking> rankings = List.of(ranking(9, 8, 7, 0), ranking(5, 4, 3, 2));

    assertThat(widths(places, rankings, 2, options(AllocationRule.GLOBAL, 0, 0, 2)))
        .containsExactly(4, 2);
  }

  @Test
  void globalSpreadsEqualValuesEvenly() {
    List<Place> places = places(List.of(8, 8), 1);
    List<Ranking> rankings = List.of(ranking(new double[8]), ranking(new double[8]));

    assertThat(widths(places, rankings, 8, options(AllocationRule.GLOBAL, 0, 0, 1)))
        .containsExactly(4, 4);
  }

  @Test
  void protectedLayersCountByDistinctNumbers() {
    List<Place> places =
        List.of(
            place(3, 16, 1), place(3, 16, 1), place(7, 16, 1), place(9, 16, 1), place(-1, 16, 1));
    List<Integer> widths =
        widths(places, rankings(places, 1), 16, options(AllocationRule.UNIFORM, 1, 1, 8));
    assertThat(widths).containsExactly(16, 16, 8, 16, 8);
  }

  @Test
  void aTargetOutOfReachSaysHowMuchIsPossible() {
    List<Place> places = places(List.of(16, 16), 10);
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(
            () ->
                widths(places, rankings(places, 1), 100, options(AllocationRule.UNIFORM, 1, 0, 8)))
        .withMessageContaining("at most 80 of the targets' 320")
        .satisfies(e -> assertThat(e.help()).contains("0.25"));
  }

  @Test
  void protectingEveryLayerLeavesNothing() {
    List<Place> places = places(List.of(16, 16), 10);
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(
            () -> widths(places, rankings(places, 1), 100, options(AllocationRule.GLOBAL, 5, 5, 8)))
        .withMessageContaining("at most 0");
  }

  @ParameterizedTest
  @EnumSource(AllocationRule.class)
  void aTargetBelowOneStepIsRefused(AllocationRule rule) {
    List<Place> places = places(List.of(64, 64), 10);
    for (long target : new long[] {0, 10}) {
      assertThatExceptionOfType(UsageException.class)
          .isThrownBy(() -> widths(places, rankings(places, 1), target, options(rule, 0, 0, 32)))
          .withMessageContaining("nothing would be removed")
          .satisfies(e -> assertThat(e.help()).contains("round_to"));
    }
  }

  /** However little a unit is worth, and however it is rounded. */
  @ParameterizedTest
  @EnumSource(AllocationRule.class)
  void noUnitLosesMoreThanItsLimit(AllocationRule rule) {
    List<Place> places = places(List.of(40, 40, 30), 1);
    List<Ranking> rankings =
        List.of(
            ranking(new double[40]),
            Rankings.byScore(IntStream.range(0, 40).mapToDouble(j -> 5 + j).toArray()),
            Rankings.byScore(IntStream.range(0, 30).mapToDouble(j -> 500 + j).toArray()));
    Recipe.Prune free = options(rule, 0, 0, 4);
    Recipe.Prune limited = limited(rule, 0.5, 4);
    for (int target : new int[] {20, 38, 50}) {
      List<Integer> widths = widths(places, rankings, target, limited);
      assertThat(widths.get(0)).isGreaterThanOrEqualTo(20);
      assertThat(widths.get(1)).isGreaterThanOrEqualTo(20);
      // Half of 30 is 15, and 16 the next width.
      assertThat(widths.get(2)).isGreaterThanOrEqualTo(16);
      assertThat((double) removed(places, widths)).isCloseTo(target, within(4.0));
    }
    if (rule != AllocationRule.UNIFORM) {
      assertThat(widths(places, rankings, 38, free)).first().isEqualTo(4);
      assertThat(widths(places, rankings, 38, limited)).startsWith(20);
    }
    assertThat(widths(places, rankings, 50, limited(rule, 1, 4)))
        .isEqualTo(widths(places, rankings, 50, free));
  }

  /** 20 of 40 neurons stay at least. */
  @ParameterizedTest
  @EnumSource(AllocationRule.class)
  void targetBeyondTheLimitNamesIt(AllocationRule rule) {
    List<Place> places = places(List.of(40, 40), 1);
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> widths(places, rankings(places, 1), 41, limited(rule, 0.5, 4)))
        .withMessageContaining("at most 40 of the targets' 80")
        .withMessageContaining("max_per_layer is 0.5")
        .satisfies(
            e ->
                assertThat(e.help())
                    .startsWith("lower sparsity to 0.5 or less")
                    .contains("raise max_per_layer"));
  }

  @Test
  void widthsStayWithinTheirBounds() {
    List<Place> places = places(List.of(10, 10, 10), 1);
    List<Ranking> rankings =
        List.of(
            ranking(new double[10]),
            Rankings.byScore(IntStream.range(0, 10).mapToDouble(j -> 10 + j).toArray()),
            Rankings.byScore(IntStream.range(0, 10).mapToDouble(j -> 90 + j).toArray()));
    Recipe.Prune options = options(AllocationRule.SENSITIVITY, 0, 0, 1);
    assertThat(widthsWithin(places, rankings, 15, options, List.of(1, 1, 1), List.of(10, 10, 10)))
        .containsExactly(1, 4, 10);
    // No unit is further than two channels from half.
    assertThat(widthsWithin(places, rankings, 15, options, List.of(3, 3, 3), List.of(7, 7, 7)))
        .containsExactly(3, 5, 7);
    assertThat(
            widthsWithin(
                places,
                rankings,
                15,
                options(AllocationRule.SENSITIVITY, 1, 0, 1),
                List.of(3, 1, 1),
                List.of(7, 10, 10)))
        .containsExactly(10, 1, 4);
  }

  private static List<Integer> widthsWithin(
      List<Place> places,
      List<Ranking> rankings,
      long target,
      Recipe.Prune options,
      List<Integer> lower,
      List<Integer> upper) {
    return Allocation.widthsWithin(places, List.of(), rankings, target, options, lower, upper);
  }

  @Test
  void rankingsMustBelongToTheUnits() {
    List<Place> places = places(List.of(4), 1);
    Recipe.Prune options = options(AllocationRule.GLOBAL, 0, 0, 1);
    assertThatIllegalArgumentException().isThrownBy(() -> widths(places, List.of(), 1, options));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> widths(places, List.of(ranking(1, 0)), 1, options));
  }

  private static List<Integer> widths(
      List<Place> places, List<Ranking> rankings, long target, Recipe.Prune options) {
    return Allocation.widths(places, List.of(), rankings, target, options);
  }

  private static List<Integer> uniform(List<Integer> widths, double sparsity, int block) {
    List<Place> places = places(widths, 1);
    long all = widths.stream().mapToLong(Integer::longValue).sum();
    return widths(
        places,
        rankings(places, 1),
        Math.round(all * sparsity),
        options(AllocationRule.UNIFORM, 0, 0, block));
  }

  private static long removed(List<Place> places, List<Integer> widths) {
    long removed = 0;
    for (int u = 0; u < widths.size(); u++) {
      Place place = places.get(u);
      removed += (place.width() - widths.get(u)) * place.parametersPerChannel();
    }
    return removed;
  }

  private static List<Place> places(List<Integer> widths, long perChannel) {
    return IntStream.range(0, widths.size())
        .mapToObj(u -> place(u, widths.get(u), perChannel))
        .toList();
  }

  private static Place place(int layer, int width, long perChannel) {
    return new Place("unit" + layer, UnitKind.FFN, layer, width, perChannel);
  }

  private static List<Ranking> rankings(List<Place> places, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return places.stream().map(c -> Rankings.byScore(random.doubles(c.width()).toArray())).toList();
  }

  private static Ranking ranking(double... values) {
    return new Ranking(
        ImmutableIntArray.copyOf(IntStream.range(0, values.length)),
        ImmutableDoubleArray.copyOf(values));
  }

  private static Recipe.Prune options(AllocationRule rule, int first, int last, int block) {
    return options(rule, first, last, 1, block);
  }

  private static Recipe.Prune limited(AllocationRule rule, double maxPerLayer, int block) {
    return options(rule, 0, 0, maxPerLayer, block);
  }

  private static Recipe.Prune options(
      AllocationRule rule, int first, int last, double maxPerLayer, int block) {
    return new Recipe.Prune(
        ImmutableList.of("ffn"),
        new Recipe.Budget.Sparsity(0.5),
        Recipe.SelectorName.RANDOM,
        Recipe.Form.UNION,
        null,
        Recipe.Weighting.ENERGY,
        rule,
        first,
        last,
        maxPerLayer,
        block);
  }
}
