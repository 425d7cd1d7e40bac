package org.fnprune.search;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.OptionalDouble;
import org.fnprune.network.NetworkMaps;
import org.fnprune.select.Contribution;
import org.fnprune.select.PruningPlan;

/**
 * The plan of a run and how it was come to.
 *
 * @param choice what was chosen
 * @param plan which channels stay
 * @param networks by unit id: those that the choice goes by, or else, where choices that go by
 *     networks were tried, the recipe's number of them; empty for none
 * @param trials what was tried, in order; empty where nothing was to choose
 * @param reason why the choice was made
 * @param predictedLoss what the curvature says that the plan costs, in nats of KL to the dense
 *     outputs; empty where it was not measured
 * @param measuredLoss what it costs on held-out text with each unit compensated apart
 * @param contributions of the task's text and the text to retain, by unit id; empty without that
 */
public record Outcome(
    Choice choice,
    PruningPlan plan,
    ImmutableMap<String, NetworkMaps> networks,
    ImmutableList<Trial> trials,
    String reason,
    OptionalDouble predictedLoss,
    OptionalDouble measuredLoss,
    ImmutableMap<String, Contribution> contributions) {

  /**
   * One candidate on held-out text.
   *
   * @param rung of successive halving, from 1
   * @param choice what was tried
   * @param loss KL to the dense outputs, in nats
   * @param kept whether it went on to the next rung; of the last one the winner
   */
  public record Trial(int rung, Choice choice, double loss, boolean kept) {}
}
