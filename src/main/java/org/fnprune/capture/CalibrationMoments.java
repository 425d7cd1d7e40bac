package org.fnprune.capture;

import java.util.Optional;

/**
 * What was captured of calibration text, and the part of it that is held out: choices are made by
 * the part, and what is chosen is fitted to all of it.
 *
 * @param all of all calibration text
 * @param heldOut of the held-out samples; empty where none were captured apart
 */
public record CalibrationMoments(MomentsStore all, Optional<MomentsStore> heldOut) {

  /** Moments of one unit, apart. */
  public record Split(Moments fitting, Moments heldOut) {}

  /** Nothing is held out. */
  public static CalibrationMoments of(MomentsStore all) {
    return new CalibrationMoments(all, Optional.empty());
  }

  /**
   * One unit's moments of what is fitted and of what is held out; empty where nothing is, or where
   * there is but a sketch, which cannot be taken apart. Texts of different weights are taken apart
   * one by one: each may have another share held out.
   */
  public Optional<Split> split(String unit) {
    if (heldOut.isEmpty()) {
      return Optional.empty();
    }
    if (all instanceof WeightedMoments sum && heldOut.get() instanceof WeightedMoments part) {
      return split(sum.task(), part.task(), unit)
          .flatMap(
              task ->
                  split(sum.retained(), part.retained(), unit)
                      .map(
                          general ->
                              new Split(
                                  sum.sum(task.fitting(), general.fitting()),
                                  sum.sum(task.heldOut(), general.heldOut()))));
    }
    return split(all, heldOut.get(), unit);
  }

  private static Optional<Split> split(MomentsStore all, MomentsStore part, String unit) {
    return all.get(unit) instanceof Moments whole
            && part.get(unit) instanceof Moments held
            && held.count() < whole.count()
        ? Optional.of(new Split(whole.minus(held), held))
        : Optional.empty();
  }
}
