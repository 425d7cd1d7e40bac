package org.fnprune.recipe;

import com.google.common.collect.ImmutableMap;
import java.util.Locale;

/** The names of enum constants in recipes: {@code WANDA_SP} is {@code wanda-sp}. */
final class Names {

  private Names() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** All constants by name, in their order. */
  static <E extends Enum<E>> ImmutableMap<String, E> all(Class<E> type) {
    ImmutableMap.Builder<String, E> names = ImmutableMap.builder();
    for (E constant : type.getEnumConstants()) {
      names.put(of(constant), constant);
    }
    return names.buildOrThrow();
  }
}
