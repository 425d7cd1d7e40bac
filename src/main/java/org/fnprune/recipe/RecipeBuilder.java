package org.fnprune.recipe;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Builds a recipe in code. Every setting is one of the command line, with the same defaults and the
 * same checks; relative paths start from the working directory.
 *
 * <pre>{@code
 * Recipe recipe =
 *     Recipe.builder(Path.of("my-model"), Path.of("slim-run"))
 *         .calibration(Path.of("train.jsonl"))
 *         .sparsity(0.5)
 *         .task(Path.of("task.yaml"))
 *         .set(Flag.MAX_DROP, 0.01)
 *         .build();
 * }</pre>
 */
public final class RecipeBuilder {

  private Overrides settings = Overrides.none();

  RecipeBuilder(Path model, Path output) {
    set(Flag.MODEL, model);
    set(Flag.OUTPUT, output);
  }

  /** Adds a file of sample text: .jsonl, .csv, .tsv, .txt or .parquet. */
  public RecipeBuilder calibration(Path file) {
    return set(Flag.CALIBRATION, file);
  }

  /** Adds a task file to measure. */
  public RecipeBuilder task(Path file) {
    return set(Flag.TASK, file);
  }

  /** The fraction of the targets' parameters to remove, in (0, 1). */
  public RecipeBuilder sparsity(double fraction) {
    return set(Flag.SPARSITY, fraction);
  }

  /** Unit kinds: {@code ffn}, {@code heads}, {@code kv_groups}, {@code ffn_out}. */
  public RecipeBuilder targets(String... kinds) {
    return set(Flag.TARGETS, String.join(",", List.of(kinds)));
  }

  /** Which channels go. */
  public RecipeBuilder selector(Recipe.SelectorName selector) {
    return set(Flag.SELECTOR, selector);
  }

  /** How the loss of them is made up for. */
  public RecipeBuilder compensate(Recipe.CompensationMethod method) {
    return set(Flag.COMPENSATE, method);
  }

  /** The seed of every random step. */
  public RecipeBuilder seed(long seed) {
    return set(Flag.SEED, seed);
  }

  /**
   * Any other setting: a text, number, path, truth value or one of the recipe's enums. For flags
   * that may be given several times it is added, for others the last one counts.
   */
  public RecipeBuilder set(Flag flag, Object value) {
    settings = settings.with(flag, text(value));
    return this;
  }

  private static String text(Object value) {
    if (value instanceof Double number) {
      return RecipeWriter.plain(number);
    }
    return value instanceof Enum<?> constant
        ? Names.of(constant)
        : String.format(Locale.ROOT, "%s", value);
  }

  /**
   * The recipe.
   *
   * @throws org.fnprune.common.UsageException for anything missing or out of range, which it names
   *     as the command line would: {@code --sparsity}
   */
  public Recipe build() {
    return RecipeReader.fromFlags(settings);
  }
}
