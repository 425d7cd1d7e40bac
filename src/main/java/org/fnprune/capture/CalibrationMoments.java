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
   * there is but a sketch, which cannot be taken apart.
   */
  public Optional<Split> split(String unit) {
    if (heldOut.isEmpty()
        || !(all.get(unit) instanceof Moments whole)
        || !(heldOut.get().get(unit) instanceof Moments part)
        || part.count() >= whole.count()) {
      return Optional.empty();
    }
    return Optional.of(new Split(whole.minus(part), part));
  }
}
