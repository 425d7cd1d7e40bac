package org.fnprune.recipe;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One section of a recipe as the user sees it: a flag where one was given, else the file's value,
 * else the default.
 *
 * @param file the section's mapping; absent when there is no recipe file
 * @param flags what the command line says
 */
record RecipeSource(YamlMapping file, Overrides flags) {

  @Nullable Setting find(String key, Flag flag) {
    Setting typed = flags.find(flag);
    return typed != null ? typed : file.find(key);
  }

  int integer(String key, Flag flag, int min, int max, int otherwise) {
    Setting setting = find(key, flag);
    return setting == null ? otherwise : setting.integer(min, max);
  }

  int integer(String key, int min, int max, int otherwise) {
    Setting setting = file.find(key);
    return setting == null ? otherwise : setting.integer(min, max);
  }

  String string(String key, Flag flag, String otherwise) {
    Setting setting = find(key, flag);
    return setting == null ? otherwise : setting.string();
  }

  boolean bool(String key, Flag flag, boolean otherwise) {
    Setting setting = find(key, flag);
    return setting == null ? otherwise : setting.bool();
  }

  <T> T oneOf(String key, Flag flag, Map<String, T> choices, T otherwise) {
    Setting setting = find(key, flag);
    return setting == null ? otherwise : setting.oneOf(choices);
  }
}
