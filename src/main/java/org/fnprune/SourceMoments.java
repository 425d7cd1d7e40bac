package org.fnprune;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.Optional;
import org.fnprune.capture.Captured;
import org.fnprune.capture.LagProducts;
import org.fnprune.capture.MomentsStore;

/**
 * The moments of the signals that networks are looked for in, by the ids of their units.
 *
 * @param all of a capture
 * @param signals the signal of each unit
 */
record SourceMoments(MomentsStore all, ImmutableMap<String, String> signals)
    implements MomentsStore {

  @Override
  public ImmutableSet<String> ids() {
    return signals.keySet();
  }

  @Override
  public Captured get(String id) {
    return all.get(signal(id));
  }

  @Override
  public Optional<LagProducts> lag(String id) {
    return all.lag(signal(id));
  }

  private String signal(String id) {
    String signal = signals.get(id);
    if (signal == null) {
      throw new IllegalArgumentException("no unit '" + id + "'");
    }
    return signal;
  }
}
