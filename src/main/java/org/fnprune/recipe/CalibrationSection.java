package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.fnprune.recipe.Recipe.Calibration;
import org.fnprune.recipe.Recipe.Retain;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code calibration}: sample text, or the moments that were captured of some.
 *
 * @param text null when there is no text
 * @param moments null when nothing was captured before
 */
record CalibrationSection(@Nullable Calibration text, @Nullable Path moments) {

  private static final int MANY = 1 << 20;

  private static final ImmutableList<String> OF_TEXT =
      ImmutableList.of(
          "text", "lines", "num_samples", "sampling", "max_seq_length", "batch_size", "retain");

  private static final ImmutableList<String> OF_RETAIN = ImmutableList.of("dataset", "weight");

  private static final ImmutableList<String> KEYS =
      ImmutableList.<String>builder().add("dataset", "moments").addAll(OF_TEXT).build();

  private static final EnumSet<Flag> FLAGS_OF_TEXT =
      EnumSet.of(
          Flag.TEXT,
          Flag.LINES,
          Flag.NUM_SAMPLES,
          Flag.SAMPLING,
          Flag.MAX_SEQ_LENGTH,
          Flag.BATCH_SIZE,
          Flag.RETAIN,
          Flag.RETAIN_WEIGHT);

  /** A source on the command line replaces the file's, whichever of the two keys each uses. */
  static CalibrationSection read(YamlMapping root, Overrides flags) {
    YamlMapping file = root.mapping("calibration", KEYS);
    boolean typed = flags.has(Flag.CALIBRATION) || flags.has(Flag.MOMENTS);
    Setting dataset = typed ? flags.findAll(Flag.CALIBRATION) : file.find("dataset");
    Setting moments = typed ? flags.find(Flag.MOMENTS) : file.find("moments");
    if (dataset != null && moments != null) {
      throw moments.refuse(
          "cannot be combined with " + dataset.label() + " " + dataset.text(),
          "keep one: text is captured now, moments were captured before");
    }
    if (dataset != null) {
      return new CalibrationSection(text(dataset, new RecipeSource(file, flags)), null);
    }
    if (moments == null && root.has("calibration")) {
      throw file.missing("one of 'dataset' and 'moments'");
    }
    refuseWithoutText(typed ? YamlMapping.absent(file.file(), file.name()) : file, flags);
    return new CalibrationSection(null, moments == null ? null : moments.path());
  }

  private static Calibration text(Setting dataset, RecipeSource source) {
    return new Calibration(
        datasets(dataset),
        source.string("text", Flag.TEXT, "text"),
        source.bool("lines", Flag.LINES, false),
        source.integer("num_samples", Flag.NUM_SAMPLES, 1, Integer.MAX_VALUE, 512),
        source.oneOf("sampling", Flag.SAMPLING, Names.all(Sampling.class), Sampling.FIRST),
        source.integer("max_seq_length", Flag.MAX_SEQ_LENGTH, 1, MANY, 128),
        source.integer("batch_size", Flag.BATCH_SIZE, 1, MANY, 16),
        retain(source.file(), source.flags()));
  }

  private static @Nullable Retain retain(YamlMapping calibration, Overrides flags) {
    YamlMapping file = calibration.mapping("retain", OF_RETAIN);
    Setting typed = flags.findAll(Flag.RETAIN);
    Setting dataset = typed != null ? typed : file.find("dataset");
    Setting weight = new RecipeSource(file, flags).find("weight", Flag.RETAIN_WEIGHT);
    if (dataset == null) {
      if (weight != null) {
        throw weight.refuse(
            "does nothing without text to retain",
            file.line() > 0
                ? "add 'dataset' to retain, or leave it out"
                : "add --retain FILE, or leave it out");
      }
      if (calibration.has("retain")) {
        throw file.missing("'dataset'");
      }
      return null;
    }
    return new Retain(datasets(dataset), weight == null ? 1 : weight.positive(false));
  }

  private static ImmutableList<Path> datasets(Setting dataset) {
    ImmutableList<Setting> files = dataset.itemsOrSelf();
    if (files.isEmpty()) {
      throw dataset.refuse("must name at least one file", "write [FILE, …]");
    }
    Set<Path> seen = new HashSet<>();
    for (Setting file : files) {
      if (!seen.add(file.path())) {
        throw file.refuse("is listed twice", "name each file once");
      }
    }
    return files.stream().map(Setting::path).collect(ImmutableList.toImmutableList());
  }

  /** What is said about text where there is none would do nothing. */
  private static void refuseWithoutText(YamlMapping file, Overrides flags) {
    for (Flag flag : FLAGS_OF_TEXT) {
      refuse(flags.find(flag), "add --calibration FILE, or leave it out");
    }
    for (String key : OF_TEXT) {
      if (file.hasMapping(key)) {
        throw file.missing("'dataset', without which '" + key + "' does nothing,");
      }
      refuse(file.find(key), "give a dataset, or leave it out");
    }
  }

  private static void refuse(@Nullable Setting stray, String help) {
    if (stray != null) {
      throw stray.refuse("does nothing without calibration text", help);
    }
  }
}
