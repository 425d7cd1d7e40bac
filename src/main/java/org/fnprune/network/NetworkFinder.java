package org.fnprune.network;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import org.fnprune.capture.Moments;
import org.fnprune.common.Progress;
import org.fnprune.recipe.Networks;

/** Finds the functional networks of every unit. */
public final class NetworkFinder {

  private NetworkFinder() {}

  /**
   * Decomposes unit by unit.
   *
   * @param moments by unit id
   * @return networks by unit id, in the same order
   */
  public static ImmutableMap<String, NetworkMaps> find(
      Map<String, Moments> moments, Networks options, long seed, Progress progress) {
    ImmutableMap.Builder<String, NetworkMaps> networks = ImmutableMap.builder();
    progress.start("networks", moments.size(), "units");
    for (Map.Entry<String, Moments> entry : moments.entrySet()) {
      networks.put(entry.getKey(), SpatialIca.decompose(entry.getValue(), options, seed));
      progress.advance(1);
    }
    progress.done();
    return networks.buildOrThrow();
  }
}
