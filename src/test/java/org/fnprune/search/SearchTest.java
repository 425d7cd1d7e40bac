package org.fnprune.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.fnprune.capture.CalibrationMoments;
import org.fnprune.common.Progress;
import org.fnprune.data.CalibrationText;
import org.fnprune.linalg.Matrices;
import org.fnprune.network.NetworkMaps;
import org.fnprune.network.SampleNetworks;
import org.fnprune.recipe.Flag;
import org.fnprune.recipe.Overrides;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Recipe.AllocationRule;
import org.fnprune.recipe.Recipe.Form;
import org.fnprune.recipe.Recipe.SelectorName;
import org.fnprune.recipe.RecipeReader;
import org.fnprune.rewrite.SlimCheck;
import org.fnprune.select.PruningPlan;
import org.junit.jupiter.api.Test;

class SearchTest {

  private static final SlimCheck CHECK = SlimCheck.of(PlantedGraphs.secondDoesNothing());
  private static final ImmutableList<CalibrationText> TEXTS = ImmutableList.of(PlantedGraphs.TEXT);

  private final List<String> warnings = new ArrayList<>();

  /** Numbers of networks that were asked for. */
  private final Set<Integer> found = new TreeSet<>();

  @Test
  void triesEverySelectorAndTakesTheBest() {
    Outcome outcome = search(recipe());

    assertThat(warnings).isEmpty();
    List<Outcome.Trial> first = rung(outcome, 1);
    assertThat(first.stream().map(t -> t.choice().prune().selector()))
        .contains(
            SelectorName.OBS,
            SelectorName.FLAP,
            SelectorName.WANDA_SP,
            SelectorName.MAGNITUDE,
            SelectorName.FUNCTIONAL_NETWORKS)
        .doesNotContain(SelectorName.RANDOM, SelectorName.AUTO);
    assertThat(first.stream().map(t -> t.choice().prune().allocationRule()).distinct())
        .containsExactly(AllocationRule.UNIFORM);
    assertThat(rung(outcome, 3).stream().map(t -> t.choice().prune().allocationRule()))
        .contains(
            AllocationRule.UNIFORM,
            AllocationRule.Z_SCORE,
            AllocationRule.SENSITIVITY,
            AllocationRule.CURVATURE);
    // Of every rung what is kept is no worse than what is not, and one of the last is taken.
    for (int rung = 1; rung <= 3; rung++) {
      double worstKept =
          rung(outcome, rung).stream()
              .filter(Outcome.Trial::kept)
              .mapToDouble(Outcome.Trial::loss)
              .max()
              .orElseThrow();
      double best =
          rung(outcome, rung).stream().mapToDouble(Outcome.Trial::loss).min().orElseThrow();
      assertThat(rung(outcome, rung)).anyMatch(t -> t.kept() && t.loss() == best);
      assertThat(rung(outcome, rung).stream().filter(t -> t.loss() < best + 1e-12))
          .allMatch(t -> t.loss() <= worstKept);
    }
    List<Outcome.Trial> last = rung(outcome, 4);
    Outcome.Trial winner = last.stream().filter(Outcome.Trial::kept).findFirst().orElseThrow();
    assertThat(last.stream().filter(Outcome.Trial::kept)).hasSize(1);
    assertThat(last).allMatch(t -> t.loss() >= winner.loss());
    assertThat(outcome.choice()).isEqualTo(winner.choice());
    assertThat(outcome.reason()).contains("least divergence").contains("held-out");
    assertThat(outcome.measuredLoss()).isPresent();
    // Networks were tried, so there is something to show of them, whatever was chosen.
    assertThat(outcome.networks()).hasSize(2);
    // The layer that does nothing gives more, whatever was chosen.
    assertThat(kept(outcome.plan(), 1)).isLessThan(kept(outcome.plan(), 0));
    assertThat(kept(outcome.plan(), 0) + kept(outcome.plan(), 1)).isEqualTo(12);
  }

  @Test
  void sameRecipeIsTheSameOutcome() {
    assertThat(search(recipe())).isEqualTo(search(recipe()));
  }

  @Test
  void otherNumbersOfNetworksAreTriedForTheBestOne() {
    Outcome outcome = search(recipe());
    boolean networks =
        rung(outcome, 2).stream()
            .anyMatch(t -> t.choice().prune().selector() == SelectorName.FUNCTIONAL_NETWORKS);
    assertThat(found).isEqualTo(networks ? Set.of(2, 4, 8) : Set.of(4));
  }

  @Test
  void whatTheRecipeSaysIsNotSearched() {
    Outcome outcome = search(recipe(Flag.ALLOCATION, "z-score", Flag.SEQUENTIAL, "false"));
    assertThat(outcome.trials())
        .isNotEmpty()
        .allMatch(t -> t.choice().prune().allocationRule() == AllocationRule.Z_SCORE)
        .noneMatch(t -> t.choice().sequential());
    assertThat(search(recipe(Flag.SEQUENTIAL, "true")).choice().sequential()).isTrue();
    assertThat(
            rung(search(recipe(Flag.PROTECTED_SHARE, "0.8")), 1).stream()
                .map(t -> t.choice().prune())
                .filter(
                    p ->
                        p.selector() == SelectorName.FUNCTIONAL_NETWORKS && p.form() == Form.HYBRID)
                .map(Recipe.Prune::beta))
        .containsExactly(0.8);
  }

  @Test
  void namedSelectorIsTakenWithoutATrial() {
    Outcome outcome = search(recipe(Flag.SELECTOR, "flap"));
    assertThat(outcome.trials()).isEmpty();
    assertThat(outcome.choice().prune().selector()).isEqualTo(SelectorName.FLAP);
    assertThat(outcome.choice().prune().allocationRule()).isEqualTo(AllocationRule.UNIFORM);
    assertThat(outcome.choice().sequential()).isFalse();
    assertThat(outcome.reason()).isEqualTo("as the recipe says");
    assertThat(outcome.measuredLoss()).isEmpty();
    assertThat(outcome.networks()).isEmpty();
    assertThat(found).isEmpty();
  }

  @Test
  void namedRuleThatNeedsPricesIsMeasured() {
    Outcome outcome = search(recipe(Flag.SELECTOR, "flap", Flag.ALLOCATION, "curvature"));
    assertThat(outcome.trials()).isEmpty();
    assertThat(outcome.measuredLoss()).isPresent();
    assertThat(outcome.predictedLoss()).isPresent();
    assertThat(kept(outcome.plan(), 1)).isLessThan(kept(outcome.plan(), 0));
    assertThat(
            search(recipe(Flag.SELECTOR, "flap", Flag.ALLOCATION, "sensitivity")).predictedLoss())
        .isEmpty();
  }

  @Test
  void lesionsChangeWhatNetworksCount() {
    Outcome energy = search(recipe(Flag.SELECTOR, "functional-networks", Flag.FORM, "coverage"));
    Outcome lesions =
        search(
            recipe(
                Flag.SELECTOR,
                "functional-networks",
                Flag.FORM,
                "coverage",
                Flag.WEIGHTING,
                "lesions"));
    assertThat(lesions.measuredLoss()).isPresent();
    assertThat(energy.measuredLoss()).isEmpty();
    assertThat(lesions.plan()).isNotEqualTo(energy.plan());
  }

  @Test
  void withoutTextNothingIsTriedAndThatIsSaid() {
    Outcome outcome = search(recipe(), ImmutableList.of());
    assertThat(outcome.trials()).isEmpty();
    assertThat(outcome.choice().prune().selector()).isEqualTo(SelectorName.OBS);
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("without calibration text")
        .contains("give a dataset");
  }

  /** The clock leaves out candidates, never the plan. */
  @Test
  void whenTimeIsOverTheBestSoFarIsTakenAndThatIsSaid() {
    Recipe recipe = recipe();
    Outcome outcome =
        search(
            new Recipe(
                recipe.model(),
                recipe.output(),
                recipe.seed(),
                recipe.device(),
                recipe.threads(),
                recipe.memory(),
                recipe.skipBadRows(),
                recipe.calibration(),
                recipe.moments(),
                recipe.networks(),
                recipe.prune(),
                new Recipe.Search(0),
                recipe.compensate(),
                recipe.verify()));
    assertThat(outcome.trials()).hasSize(4);
    assertThat(kept(outcome.plan(), 0) + kept(outcome.plan(), 1)).isEqualTo(12);
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("4 candidates tried")
        .contains("--search-seconds");
  }

  private Outcome search(Recipe recipe) {
    return search(recipe, TEXTS);
  }

  private Outcome search(Recipe recipe, ImmutableList<CalibrationText> texts) {
    return Search.plan(
        new SearchInputs(
            CHECK.dense(),
            CHECK.structure(),
            CHECK.structure(),
            CalibrationMoments.of(PlantedGraphs.moments(CHECK, PlantedGraphs.TEXT.fitting())),
            texts,
            this::networks,
            4,
            recipe,
            SlimCheck.CPU),
        warnings::add,
        Progress.NONE);
  }

  private ImmutableMap<String, NetworkMaps> networks(int components) {
    found.add(components);
    ImmutableMap.Builder<String, NetworkMaps> networks = ImmutableMap.builder();
    CHECK
        .structure()
        .units()
        .forEach(
            unit ->
                networks.put(
                    unit.id(),
                    SampleNetworks.of(
                        Matrices.gaussian(components, PlantedGraphs.WIDTH, components).scaled(2))));
    return networks.buildOrThrow();
  }

  private static Recipe recipe(Object... flags) {
    Overrides all =
        Overrides.none()
            .with(Flag.MODEL, "m")
            .with(Flag.OUTPUT, "o")
            .with(Flag.CALIBRATION, "d.jsonl")
            .with(Flag.SPARSITY, "0.4")
            .with(Flag.ROUND_TO, "1")
            .with(Flag.SEARCH_SECONDS, "10000");
    for (int i = 0; i < flags.length; i += 2) {
      all = all.with((Flag) flags[i], (String) flags[i + 1]);
    }
    return RecipeReader.fromFlags(all);
  }

  private static List<Outcome.Trial> rung(Outcome outcome, int rung) {
    return outcome.trials().stream().filter(t -> t.rung() == rung).toList();
  }

  private static int kept(PruningPlan plan, int unit) {
    return plan.units().get(unit).kept().length();
  }
}
