package org.fnprune.capture;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import org.fnprune.linalg.Matrix;

/** Runs the model over the sample text once more and projects signals, token by token. */
@FunctionalInterface
public interface Projector {

  /**
   * Projects.
   *
   * @param projections by signal id
   * @return courses by signal id: T × k, one row per token, padding excluded, in the order of the
   *     batches
   */
  ImmutableMap<String, Matrix> project(Map<String, Projection> projections);
}
