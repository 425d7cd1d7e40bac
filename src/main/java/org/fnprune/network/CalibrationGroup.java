package org.fnprune.network;

import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.Projector;

/**
 * A group of calibration text, such as a dataset or a shard.
 *
 * @param moments of every signal over the group's tokens
 * @param projector a second pass over the same tokens; used by temporal ICA only
 */
public record CalibrationGroup(MomentsStore moments, Projector projector) {

  /** A group of which nothing but moments is known: enough for spatial ICA. */
  public static CalibrationGroup of(MomentsStore moments) {
    return new CalibrationGroup(
        moments,
        projections -> {
          throw new IllegalStateException("temporal ICA needs a second pass over the text");
        });
  }
}
