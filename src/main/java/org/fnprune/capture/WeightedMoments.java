package org.fnprune.capture;

import com.google.common.collect.ImmutableSet;
import org.fnprune.common.UsageException;

/**
 * Moments of the task's text and, with a weight, of general text: as if the general text had weight
 * times as many tokens as the task's. Neighbours and networks are of the task's text alone.
 *
 * @param task of the task's text
 * @param retained of the general text
 * @param weight what all of the general text counts beside all of the task's
 */
public record WeightedMoments(MomentsStore task, MomentsStore retained, double weight)
    implements MomentsStore {

  @Override
  public ImmutableSet<String> ids() {
    return task.ids();
  }

  /**
   * The sum.
   *
   * @throws UsageException when one of the two did not fit the memory limit
   */
  @Override
  public Moments get(String id) {
    if (task.get(id) instanceof Moments first && retained.get(id) instanceof Moments second) {
      return sum(first, second);
    }
    throw new UsageException(
        "unit '" + id + "' is too wide for the memory limit, and 'retain' needs all of its moments",
        "raise --memory (and the Java heap with it), or leave retain out");
  }

  /** Moments of the task's text and of general text, which counts as the weight says. */
  Moments sum(Moments ofTask, Moments ofGeneral) {
    return ofTask.plus(ofGeneral.ofTokens(Math.max(1, Math.round(weight * ofTask.count()))));
  }
}
