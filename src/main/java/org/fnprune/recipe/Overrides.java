package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says instead of the recipe, as typed: {@link RecipeReader} parses and
 * checks flags and recipe values in one place. Paths are relative to the working directory.
 *
 * @param values the texts given for each flag, in the order given
 */
public record Overrides(ImmutableListMultimap<Flag, String> values) {

  private static final Overrides NONE = new Overrides(ImmutableListMultimap.of());

  /** No flags. */
  public static Overrides none() {
    return NONE;
  }

  /** These flags and one more; for a flag that takes one value, a later value wins. */
  public Overrides with(Flag flag, String value) {
    return new Overrides(
        ImmutableListMultimap.<Flag, String>builder().putAll(values).put(flag, value).build());
  }

  /** Whether the flag was given. */
  public boolean has(Flag flag) {
    return values.containsKey(flag);
  }

  /** The flag's last value; null when it was not given. */
  @Nullable Setting find(Flag flag) {
    ImmutableList<String> given = values.get(flag);
    return given.isEmpty() ? null : setting(flag, given.get(given.size() - 1));
  }

  /** All values of a repeatable flag as one list; null when it was not given. */
  @Nullable Setting findAll(Flag flag) {
    List<Setting> items = new ArrayList<>();
    values.get(flag).forEach(value -> items.add(setting(flag, value)));
    return items.isEmpty() ? null : Setting.list(flag.label(), Path.of(""), items);
  }

  private static Setting setting(Flag flag, String value) {
    return Setting.word(flag.label(), Path.of(""), value);
  }
}
