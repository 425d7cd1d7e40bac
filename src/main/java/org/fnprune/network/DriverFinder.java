package org.fnprune.network;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.Projection;
import org.fnprune.capture.ProjectionCapture;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrix;

/** Runs sample text through the model once more and finds what drives its networks. */
public final class DriverFinder {

  /** Tokens that are looked at; more would take longer and rarely show anything else. */
  private static final long TOKENS = 8192;

  private DriverFinder() {}

  /** Batches spread evenly over all that there are: at most so many tokens, but one batch. */
  public static ImmutableList<TokenBatch> some(List<TokenBatch> batches) {
    long tokens = batches.stream().mapToLong(TokenBatch::tokens).sum();
    int wanted = (int) Math.max(1, Math.min(batches.size(), batches.size() * TOKENS / tokens));
    ImmutableList.Builder<TokenBatch> some = ImmutableList.builder();
    for (int i = 0; i < wanted; i++) {
      some.add(batches.get((int) ((long) i * batches.size() / wanted)));
    }
    return some.build();
  }

  /**
   * What drives every network.
   *
   * @param signals by the id of the signals that networks were found in, the networks
   * @param moments of these signals
   * @param batches the text that {@code capture} goes over
   * @param memory bytes that courses may take at a time
   * @param words the text of each token of a sequence
   * @return by signal id
   */
  public static ImmutableMap<String, ImmutableList<Drivers>> find(
      Map<String, NetworkMaps> signals,
      MomentsStore moments,
      ProjectionCapture capture,
      List<TokenBatch> batches,
      long memory,
      Function<ImmutableIntArray, ImmutableList<String>> words) {
    List<ImmutableIntArray> texts = new ArrayList<>();
    batches.forEach(batch -> texts.addAll(batch.sequences()));
    ImmutableMap.Builder<String, ImmutableList<Drivers>> found = ImmutableMap.builder();
    Map<String, Projection> next = new LinkedHashMap<>();
    long taken = 0;
    for (Map.Entry<String, NetworkMaps> entry : signals.entrySet()) {
      NetworkMaps networks = entry.getValue();
      if (networks.networks() == 0) {
        found.put(entry.getKey(), ImmutableList.of());
        continue;
      }
      long bytes = capture.bytes(networks.networks());
      if (taken + bytes > memory && !next.isEmpty()) {
        found.putAll(drivers(capture.project(next), texts, words));
        next.clear();
        taken = 0;
      }
      Matrix maps = networks.features().orElse(networks.maps());
      next.put(entry.getKey(), Drivers.projection(maps, moments.get(entry.getKey())));
      taken += bytes;
    }
    if (!next.isEmpty()) {
      found.putAll(drivers(capture.project(next), texts, words));
    }
    ImmutableMap<String, ImmutableList<Drivers>> all = found.buildOrThrow();
    return signals.keySet().stream()
        .collect(ImmutableMap.toImmutableMap(id -> id, id -> Objects.requireNonNull(all.get(id))));
  }

  private static Map<String, ImmutableList<Drivers>> drivers(
      Map<String, Matrix> courses,
      List<ImmutableIntArray> texts,
      Function<ImmutableIntArray, ImmutableList<String>> words) {
    Map<String, ImmutableList<Drivers>> drivers = new LinkedHashMap<>();
    courses.forEach((id, course) -> drivers.put(id, Drivers.of(course, texts, words)));
    return drivers;
  }
}
