package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Networks.Groups;

/**
 * Names the group of each calibration sample: its shard's number, its dataset's file name (the
 * whole path where two datasets share it), or the value of a field. One shard is no group: its name
 * is empty.
 *
 * @param datasets all calibration datasets
 */
record GroupNames(Groups groups, ImmutableList<Path> datasets) {

  /** One sample has no correlations. */
  private static final int FEWEST = 2;

  /** The fields, beside the text, that every row must have. */
  ImmutableSet<String> fields() {
    return groups instanceof Groups.Field field ? ImmutableSet.of(field.name()) : ImmutableSet.of();
  }

  /**
   * The group of a row, as far as the row alone tells.
   *
   * @throws UsageException when the groups' field is blank
   */
  String ofRow(Row row) {
    if (groups instanceof Groups.Field field) {
      String value = row.get(field.name());
      if (value.isBlank()) {
        throw row.refuse(
            "field '" + field.name() + "' is blank, but names the sample's group",
            "give every row a value");
      }
      return value;
    }
    return groups instanceof Groups.Datasets ? name(row.file()) : "";
  }

  private String name(Path file) {
    Path name = file.getFileName();
    boolean unique = datasets.stream().filter(d -> d.getFileName().equals(name)).count() == 1;
    return (unique ? name : file).toString();
  }

  /** Deals samples out to shards, one after the other; other groups stay as they are. */
  PackedSamples dealt(PackedSamples samples) {
    if (!(groups instanceof Groups.Shards shards) || shards.count() == 1) {
      return samples;
    }
    int count = shards.count();
    if (samples.size() < (long) FEWEST * count) {
      throw new UsageException(
          "groups " + count + ": " + samples.size() + " calibration samples are too few",
          "set groups to "
              + Math.max(1, samples.size() / FEWEST)
              + " or less, or raise num_samples");
    }
    return samples.dealt(count);
  }

  /**
   * The same samples.
   *
   * @throws UsageException when a group has a single one
   */
  PackedSamples checked(PackedSamples samples) {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    for (int i = 0; i < samples.size(); i++) {
      sizes.merge(samples.group(i), 1, Integer::sum);
    }
    sizes.forEach(
        (group, size) -> {
          if (size < FEWEST && !group.isEmpty()) {
            String by = groups instanceof Groups.Field f ? "field '" + f.name() + "'" : "dataset";
            throw new UsageException(
                "group '" + group + "' (by " + by + ") has a single calibration sample",
                "give it more text, or group by something else");
          }
        });
    return samples;
  }
}
