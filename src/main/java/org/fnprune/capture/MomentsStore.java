package org.fnprune.capture;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.Optional;

/**
 * The moments of many signals, loaded when they are asked for: of wide models they fit on disk and
 * not in memory.
 */
public interface MomentsStore {

  /** The ids of all signals, in the order of the units. */
  ImmutableSet<String> ids();

  /**
   * What is known of one signal.
   *
   * @throws IllegalArgumentException when there is no such signal
   */
  Captured get(String id);

  /**
   * The products of one signal's neighbouring tokens; empty when they were not captured.
   *
   * @throws IllegalArgumentException when there is no such signal
   */
  default Optional<LagProducts> lag(String id) {
    return Optional.empty();
  }

  /** A store of moments in memory. */
  static MomentsStore of(ImmutableMap<String, ? extends Captured> moments) {
    return new MomentsStore() {
      @Override
      public ImmutableSet<String> ids() {
        return moments.keySet();
      }

      @Override
      public Captured get(String id) {
        Captured found = moments.get(id);
        if (found == null) {
          throw new IllegalArgumentException("no moments of '" + id + "'");
        }
        return found;
      }
    };
  }
}
