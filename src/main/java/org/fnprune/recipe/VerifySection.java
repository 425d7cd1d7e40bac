package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import org.fnprune.recipe.Recipe.Latency;
import org.fnprune.recipe.Recipe.Verify;
import org.jspecify.annotations.Nullable;

/** Reads {@code verify}. */
final class VerifySection {

  private static final int MANY = 1 << 20;
  private static final int RUNS = 100;

  private static final ImmutableList<String> KEYS =
      ImmutableList.of("tasks", "max_drop", "latency", "limit", "log_samples");
  private static final ImmutableList<String> LATENCY =
      ImmutableList.of("batch_sizes", "sequence_length", "runs");

  private VerifySection() {}

  static Verify read(YamlMapping root, Overrides flags) {
    YamlMapping file = root.mapping("verify", KEYS);
    RecipeSource source = new RecipeSource(file, flags);
    Setting maxDrop = source.find("max_drop", Flag.MAX_DROP);
    return new Verify(
        tasks(file, flags),
        maxDrop == null ? null : maxDrop.positive(true),
        latency(file, flags),
        source.integer("limit", Flag.LIMIT, 1, Integer.MAX_VALUE, 0),
        logSamples(source));
  }

  private static boolean logSamples(RecipeSource source) {
    Setting setting = source.find("log_samples", Flag.LOG_SAMPLES);
    return setting != null && setting.bool();
  }

  private static ImmutableList<Path> tasks(YamlMapping file, Overrides flags) {
    Setting typed = flags.findAll(Flag.TASK);
    Setting tasks = typed != null ? typed : file.find("tasks");
    if (tasks == null) {
      return ImmutableList.of();
    }
    return tasks.elements().stream().map(Setting::path).collect(ImmutableList.toImmutableList());
  }

  private static @Nullable Latency latency(YamlMapping file, Overrides flags) {
    YamlMapping grid = YamlMapping.absent(file.file(), "latency");
    boolean wanted = true;
    if (file.hasMapping("latency")) {
      grid = file.mapping("latency", LATENCY);
    } else {
      Setting setting = file.find("latency");
      wanted = setting == null || setting.bool();
    }
    Setting typed = flags.find(Flag.LATENCY);
    if (typed != null ? !typed.bool() : !wanted) {
      return null;
    }
    RecipeSource source = new RecipeSource(grid, flags);
    return new Latency(
        sizes(grid.find("batch_sizes"), "batch size", ImmutableIntArray.of(1, 8)),
        sizes(grid.find("sequence_length"), "length", ImmutableIntArray.of(64)),
        source.integer("runs", 1, MANY, RUNS));
  }

  /** A number or a list of numbers. */
  private static ImmutableIntArray sizes(
      @Nullable Setting setting, String what, ImmutableIntArray otherwise) {
    if (setting == null) {
      return otherwise;
    }
    ImmutableIntArray sizes =
        ImmutableIntArray.copyOf(
            setting.elements().stream().mapToInt(size -> size.integer(1, MANY)));
    if (sizes.isEmpty()) {
      throw setting.refuse("must hold at least one " + what, "write latency: false to skip it");
    }
    return sizes;
  }
}
