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

  /** This store, of some of its signals only, in the order of {@code wanted}. */
  default MomentsStore only(ImmutableSet<String> wanted) {
    MomentsStore all = this;
    if (!all.ids().containsAll(wanted)) {
      throw new IllegalArgumentException("of " + wanted + " there are only " + all.ids());
    }
    return new MomentsStore() {
      @Override
      public ImmutableSet<String> ids() {
        return wanted;
      }

      @Override
      public Captured get(String id) {
        return all.get(id);
      }

      @Override
      public Optional<LagProducts> lag(String id) {
        return all.lag(id);
      }
    };
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
