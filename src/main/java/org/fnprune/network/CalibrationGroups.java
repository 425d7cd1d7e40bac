package org.fnprune.network;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fnprune.capture.Captured;
import org.fnprune.capture.LagProducts;
import org.fnprune.capture.Projection;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.Networks;

/**
 * All groups of a calibration, with the moments of one signal and one group in memory at a time.
 */
record CalibrationGroups(ImmutableList<CalibrationGroup> groups) {

  CalibrationGroups {
    if (groups.isEmpty()) {
      throw new IllegalArgumentException("no groups");
    }
    for (CalibrationGroup group : groups) {
      if (!group.moments().ids().equals(groups.get(0).moments().ids())) {
        throw new IllegalArgumentException("groups with different signals");
      }
    }
  }

  /** The signals' ids. */
  ImmutableSet<String> ids() {
    return groups.get(0).moments().ids();
  }

  int size() {
    return groups.size();
  }

  /** A signal's axes over all groups' tokens. */
  Sized pooled(String id, Networks.Components wanted) {
    Captured pool = groups.get(0).moments().get(id);
    for (CalibrationGroup group : groups.subList(1, groups.size())) {
      pool = Pool.of(pool, group.moments().get(id));
    }
    return Sized.of(pool, wanted, lags(id));
  }

  /** How many components a signal gets; all groups get as many. */
  ComponentCount count(String id, Networks.Components wanted) {
    return wanted instanceof Networks.Components.Fixed fixed
        ? ComponentCount.given(
            fixed.count(), groups.stream().mapToLong(g -> g.moments().get(id).count()).sum())
        : pooled(id, wanted).components();
  }

  /** A signal's axes in each group. */
  List<PrincipalAxes> each(String id, int components) {
    List<PrincipalAxes> axes = new ArrayList<>();
    groups.forEach(group -> axes.add(PrincipalAxes.of(group.moments().get(id), components)));
    return axes;
  }

  /** The groups' lagged products together; empty when one group has none. */
  private Optional<LagProducts> lags(String id) {
    List<LagProducts> lags =
        groups.stream().flatMap(group -> group.moments().lag(id).stream()).toList();
    return lags.size() < groups.size() ? Optional.empty() : lags.stream().reduce(LagProducts::plus);
  }

  /**
   * Projects every group's tokens, in one pass over each.
   *
   * @param projections by signal id, one per group
   * @return courses by signal id, one matrix per group; 0 × 0 where there is nothing to project on
   */
  ImmutableMap<String, List<Matrix>> courses(ImmutableMap<String, List<Projection>> projections) {
    Map<String, List<Matrix>> courses = new LinkedHashMap<>();
    projections.keySet().forEach(id -> courses.put(id, new ArrayList<>()));
    for (int g = 0; g < groups.size(); g++) {
      Map<String, Projection> wanted = new LinkedHashMap<>();
      for (Map.Entry<String, List<Projection>> entry : projections.entrySet()) {
        if (entry.getValue().get(g).offset().cols() > 0) {
          wanted.put(entry.getKey(), entry.getValue().get(g));
        }
      }
      Map<String, Matrix> projected =
          wanted.isEmpty() ? Map.of() : groups.get(g).projector().project(wanted);
      courses.forEach(
          (id, each) ->
              each.add(requireFinite(id, projected.getOrDefault(id, Matrix.zeros(0, 0)))));
    }
    return ImmutableMap.copyOf(courses);
  }

  private static Matrix requireFinite(String id, Matrix courses) {
    if (!courses.isFinite()) {
      throw new UsageException(
          id + ": the projection on its principal axes is not finite",
          "the model overflows or computes NaN on this text; try other text or a float32 model");
    }
    return courses;
  }
}
