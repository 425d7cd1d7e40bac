package org.fnprune.network;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableDoubleArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.fnprune.capture.Projection;
import org.fnprune.common.Progress;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Threads;
import org.fnprune.recipe.Networks;

/**
 * Finds the functional networks of every signal, one after the other: the moments of one signal are
 * in memory at a time.
 */
public final class NetworkFinder {

  private final CalibrationGroups groups;
  private final Networks options;
  private final long seed;
  private final Progress progress;
  private final ImmutableMap.Builder<String, NetworkMaps> found = ImmutableMap.builder();

  private NetworkFinder(CalibrationGroups groups, Networks options, long seed, Progress progress) {
    this.groups = groups;
    this.options = options;
    this.seed = seed;
    this.progress = progress;
  }

  /**
   * Decomposes signal by signal. One group is as no grouping, whatever the grouping.
   *
   * <p>Native calls have one thread each: with more, eigenvectors differ by rounding, which ICA
   * that does not converge blows up. So the networks are the same bits for any number of threads;
   * restarts still run side by side.
   *
   * @param groups of the calibration text, one or more, all with the same signals
   * @param seed of all starts
   * @param memory bytes that the courses of one pass of temporal ICA may take
   * @return networks by signal id, in the order of the first group's signals
   * @throws UsageException when a signal is not finite, naming it and the neuron
   */
  public static ImmutableMap<String, NetworkMaps> find(
      ImmutableList<CalibrationGroup> groups,
      Networks options,
      long seed,
      long memory,
      Progress progress) {
    NetworkFinder finder =
        new NetworkFinder(new CalibrationGroups(groups), options, seed, progress);
    return Threads.single(() -> finder.find(memory));
  }

  private ImmutableMap<String, NetworkMaps> find(long memory) {
    if (options.method() == Networks.Method.TEMPORAL_ICA) {
      temporal(memory);
    } else {
      start(groups.ids().size());
      groups.ids().forEach(this::spatial);
      progress.done();
    }
    return found.buildOrThrow();
  }

  private void start(int units) {
    progress.start("networks", units, "units");
  }

  private void add(String id, NetworkMaps maps) {
    found.put(id, maps);
    progress.advance(1);
  }

  private boolean separate() {
    return groups.size() > 1 && options.grouping() == Networks.Grouping.SEPARATE;
  }

  private boolean sideBySide() {
    return options.signals() == Networks.Signals.ACTIVATION_AND_UP;
  }

  private void spatial(String id) {
    add(id, named(id, () -> spatialNetworks(id)));
  }

  private NetworkMaps spatialNetworks(String id) {
    if (groups.size() == 1) {
      Sized sized = groups.pooled(id, options.components());
      return spatial(sized.components(), List.of(SharedDirections.of(sized.axes())));
    }
    ComponentCount components = groups.count(id, options.components());
    List<PrincipalAxes> axes = groups.each(id, components.count());
    return spatial(
        components,
        separate()
            ? axes.stream().map(SharedDirections::of).toList()
            : List.of(SharedDirections.of(axes, components.count())));
  }

  private NetworkMaps spatial(ComponentCount components, List<SharedDirections> directions) {
    return NetworkMaps.of(
        directions.get(0).width(),
        sideBySide(),
        components,
        directions.stream()
            .map(d -> SpatialIca.decompose(d, options.ica(), Optional.empty(), seed))
            .toList(),
        separate() ? ImmutableDoubleArray.of() : directions.get(0).reproducibility());
  }

  /**
   * What is to be projected of a signal.
   *
   * @param axes one per group; the pooled axes for each where the groups are not separate
   */
  private record Job(ComponentCount components, List<PrincipalAxes> axes) {

    /** Bytes of the courses and of the axes. */
    long bytes() {
      PrincipalAxes first = axes.get(0);
      return (long) Double.BYTES * first.components() * (components.tokens() + 2L * first.width());
    }
  }

  /** As many signals per pass over the text as their courses fit into memory. */
  private void temporal(long room) {
    Map<String, Job> jobs = new LinkedHashMap<>();
    long bytes = 0;
    for (String id : groups.ids()) {
      Job job = named(id, () -> job(id));
      if (bytes > 0 && bytes + job.bytes() > room) {
        temporal(jobs);
        jobs.clear();
        bytes = 0;
      }
      jobs.put(id, job);
      bytes += job.bytes();
    }
    temporal(jobs);
  }

  private Job job(String id) {
    if (separate()) {
      ComponentCount components = groups.count(id, options.components());
      return new Job(components, groups.each(id, components.count()));
    }
    Sized sized = groups.pooled(id, options.components());
    return new Job(sized.components(), Collections.nCopies(groups.size(), sized.axes()));
  }

  private void temporal(Map<String, Job> jobs) {
    ImmutableMap.Builder<String, List<Projection>> projections = ImmutableMap.builder();
    jobs.forEach(
        (id, job) ->
            projections.put(id, job.axes().stream().map(PrincipalAxes::whitening).toList()));
    Map<String, List<Matrix>> courses = groups.courses(projections.buildOrThrow());
    start(jobs.size());
    jobs.forEach((id, job) -> add(id, temporal(job, Objects.requireNonNull(courses.get(id)))));
    progress.done();
  }

  private NetworkMaps temporal(Job job, List<Matrix> courses) {
    List<Separated> networks = new ArrayList<>();
    if (separate()) {
      for (int g = 0; g < courses.size(); g++) {
        networks.add(temporal(job.axes().get(g), courses.get(g)));
      }
    } else {
      PrincipalAxes axes = job.axes().get(0);
      networks.add(temporal(axes, NeuronMaps.stacked(courses, axes.components())));
    }
    return NetworkMaps.of(
        job.axes().get(0).width(),
        sideBySide(),
        job.components(),
        networks,
        ImmutableDoubleArray.of());
  }

  private Separated temporal(PrincipalAxes axes, Matrix courses) {
    return TemporalIca.decompose(axes, courses, options.ica(), Optional.empty(), seed);
  }

  /** What {@code work} returns; its complaints name the signal. */
  private static <T> T named(String id, Supplier<T> work) {
    try {
      return work.get();
    } catch (UsageException e) {
      throw new UsageException(id + ": " + e.getMessage(), e.help(), e);
    }
  }
}
