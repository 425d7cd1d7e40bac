package org.fnprune.search;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.fnprune.common.Progress;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Recipe.SelectorName;
import org.fnprune.recipe.Recipe.Weighting;
import org.fnprune.rewrite.Compensation;
import org.fnprune.rewrite.Compensator;
import org.fnprune.rewrite.GraphRewriter;
import org.fnprune.select.Planner;
import org.fnprune.select.PruningPlan;
import org.fnprune.verify.OnnxPredictor;
import org.jspecify.annotations.Nullable;

/**
 * Makes the plan of a run: what the recipe asks for, or, where it leaves the choice open, what
 * costs least on held-out calibration text, by successive halving (Jamieson and Talwalkar 2016):
 *
 * <ol>
 *   <li>every selector, with the same share of every unit, on little text; the best half goes on
 *   <li>these, and other numbers of networks, on more text; the best two go on
 *   <li>both with prices measured, the better one by every rule to spread the budget; the best two
 *       go on
 *   <li>each with and without sequential fitting, compensated as the run will, and beside them the
 *       best of the second rung as it was: prices are measured before sequential fitting, which may
 *       change what they say; the best wins
 * </ol>
 *
 * <p>The loss is the {@link Divergence} from the dense model. Nothing of the verification set is
 * looked at, and nothing random happens but by the seed. When the time is over no candidate is
 * begun any more; a warning says so, because then the result depends on the machine.
 */
public final class Search {

  private static final long FEW_TOKENS = 2048;
  private static final long TOKENS = 4096;
  private static final long MANY_TOKENS = 16_384;
  private static final int FINALISTS = 2;

  /** The share of the time that goes into plans; the rest is for compensating finalists. */
  private static final double PLANNING = 0.7;

  private final SearchInputs inputs;
  private final Choices choices;
  private final Consumer<String> warnings;
  private final Progress progress;
  private final Deadline deadline;

  /** What is left after this is for the last rung. */
  private final Deadline planning;

  private final PlanMaker plans;
  private boolean stopped;
  private final List<Outcome.Trial> trials = new ArrayList<>();

  private Search(SearchInputs inputs, Consumer<String> warnings, Progress progress) {
    this.inputs = inputs;
    this.choices = new Choices(inputs.recipe(), inputs.components());
    this.warnings = warnings;
    this.progress = progress;
    double seconds = inputs.recipe().search().seconds();
    this.deadline = new Deadline(seconds);
    this.planning = new Deadline(PLANNING * seconds);
    this.plans = new PlanMaker(inputs, planning);
  }

  /**
   * The plan and how it was come to.
   *
   * @param warnings told when time was over before everything was tried
   * @throws org.fnprune.common.UsageException when the budget cannot be met
   */
  public static Outcome plan(SearchInputs inputs, Consumer<String> warnings, Progress progress) {
    return new Search(inputs, warnings, progress).run();
  }

  private Outcome run() {
    if (inputs.recipe().prune().selector() != SelectorName.AUTO) {
      return given(choices.given());
    }
    if (inputs.texts().isEmpty()) {
      warnings.accept(
          "selector auto chose obs with uniform widths: without calibration text nothing can be"
              + " tried; give a dataset instead of moments");
      return given(choices.withoutText());
    }
    return search();
  }

  private Outcome given(Choice choice) {
    boolean measures =
        Planner.isPriced(choice.prune()) || choice.prune().weighting() == Weighting.LESIONS;
    if (!measures) {
      return outcome(choice, plans.plan(choice, null), "as the recipe says", null);
    }
    JointLoss loss = plans.jointLoss(TOKENS);
    return outcome(choice, plans.plan(choice, loss), "as the recipe says", loss);
  }

  private Outcome outcome(
      Choice choice, PruningPlan plan, String reason, @Nullable JointLoss loss) {
    return new Outcome(
        choice,
        plan,
        plans.networksToShow(choice),
        ImmutableList.copyOf(trials),
        reason,
        plans.predicted(choice),
        loss == null ? OptionalDouble.empty() : OptionalDouble.of(loss.of(plan)),
        plans.contributions(choice, plan));
  }

  private Outcome search() {
    progress.start("search", 4, "rungs");
    List<Scored> first =
        rung(1, choices.selectors(), plans.jointLoss(FEW_TOKENS), Integer.MAX_VALUE);
    progress.advance(1);
    List<Choice> second = new ArrayList<>(first.stream().map(Scored::choice).toList());
    first.stream()
        .map(Scored::choice)
        .filter(Choice::usesNetworks)
        .findFirst()
        .ifPresent(best -> second.addAll(choices.otherComponents(best)));
    JointLoss loss = plans.jointLoss(TOKENS);
    List<Scored> finalists = rung(2, second, loss, FINALISTS);
    progress.advance(1);
    List<Scored> spread = rung(3, choices.allocations(finalists), loss, FINALISTS);
    stopped |= planning.isOver();
    progress.advance(1);
    List<Choice> last = new ArrayList<>();
    spread.forEach(s -> last.addAll(choices.sequences(s.choice())));
    Choice uniform = choices.sequences(finalists.get(0).choice()).get(0);
    if (!last.contains(uniform)) {
      last.add(uniform);
    }
    Scored winner = finals(last);
    progress.advance(1);
    progress.done();
    if (stopped) {
      warnings.accept(
          "the search was stopped after "
              + inputs.recipe().search().seconds()
              + " s with "
              + trials.size()
              + " candidates tried: its result depends on the machine; raise --search-seconds");
    }
    return outcome(
        winner.choice(),
        plans.plan(winner.choice(), loss),
        String.format(
            Locale.ROOT,
            "least divergence from the dense model on held-out text: %.4g nats",
            winner.loss()),
        loss);
  }

  /** A candidate and its loss. */
  record Scored(Choice choice, double loss) {}

  private static final Comparator<Scored> BEST_FIRST = Comparator.comparingDouble(Scored::loss);

  /** Tries all, keeps the best half, or fewer. */
  private List<Scored> rung(int rung, List<Choice> candidates, JointLoss loss, int most) {
    List<Scored> scored = new ArrayList<>();
    for (Choice choice : candidates) {
      if (scored.isEmpty() || !planning.isOver()) {
        scored.add(new Scored(choice, loss.of(plans.plan(choice, loss))));
      } else {
        stopped = true;
      }
    }
    int kept = Math.min(most, Math.max(1, (scored.size() + 1) / 2));
    return ranked(rung, scored, kept);
  }

  private List<Scored> ranked(int rung, List<Scored> scored, int kept) {
    List<Scored> best = new ArrayList<>();
    scored.stream().sorted(BEST_FIRST).filter(s -> isOther(s, best)).limit(kept).forEach(best::add);
    scored.forEach(
        s -> trials.add(new Outcome.Trial(rung, s.choice(), s.loss(), best.contains(s))));
    return best;
  }

  /** Of two that differ in the number of networks alone, the better one goes on. */
  private static boolean isOther(Scored scored, List<Scored> better) {
    return better.stream()
        .noneMatch(b -> b.choice().withComponents(0).equals(scored.choice().withComponents(0)));
  }

  /** The last rung: what the run would make of each candidate. */
  private Scored finals(List<Choice> candidates) {
    List<Scored> scored = new ArrayList<>();
    CalibrationLoss loss = plans.loss(MANY_TOKENS);
    for (Choice choice : candidates) {
      if (scored.isEmpty() || !deadline.isOver()) {
        scored.add(new Scored(choice, compensated(choice, loss)));
      } else {
        stopped = true;
      }
    }
    return ranked(4, scored, 1).get(0);
  }

  private double compensated(Choice choice, CalibrationLoss loss) {
    PruningPlan plan = plans.plan(choice, null);
    Recipe.Compensate options = inputs.recipe().compensate().sequentially(choice.sequential());
    ImmutableMap<String, Compensation.Fit> fits =
        new Compensator(inputs.dense(), inputs.found(), plan)
            .fit(
                options,
                inputs.moments(),
                inputs.texts(),
                inputs.device(),
                quiet -> {},
                Progress.NONE);
    try (OnnxPredictor slim =
        OnnxPredictor.open(
            GraphRewriter.rewrite(inputs.dense(), inputs.found(), plan, fits), inputs.device())) {
      return loss.of(slim);
    }
  }
}
