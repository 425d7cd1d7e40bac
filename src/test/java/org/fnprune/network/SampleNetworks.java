package org.fnprune.network;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import java.util.Optional;
import org.fnprune.linalg.Matrix;

/** Networks that a test made up. */
public final class SampleNetworks {

  private SampleNetworks() {}

  /** These maps, as if one decomposition had found all that was asked for. */
  public static NetworkMaps of(Matrix maps) {
    return of(maps, Math.max(1, maps.rows()));
  }

  /** These maps, as if {@code requested} had been asked for. */
  public static NetworkMaps of(Matrix maps, int requested) {
    int k = maps.rows();
    return new NetworkMaps(
        maps,
        Optional.empty(),
        ComponentCount.given(requested, 100),
        ImmutableList.of(
            new NetworkMaps.Summary(
                k, 0, true, 10, 42, Optional.empty(), ImmutableDoubleArray.copyOf(new double[k]))),
        ImmutableDoubleArray.of());
  }
}
