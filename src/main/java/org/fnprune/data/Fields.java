package org.fnprune.data;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;

/**
 * What is wanted of every row. A name may be a path into nested values, {@code answers.text} or
 * {@code choices.0}; see {@link FieldPath}.
 *
 * @param texts fields that hold one text, number or truth value
 * @param lists fields that hold a list of such, or one
 */
public record Fields(ImmutableSet<String> texts, ImmutableSet<String> lists) {

  public Fields {
    if (!Sets.intersection(texts, lists).isEmpty()) {
      throw new IllegalArgumentException("texts " + texts + ", lists " + lists);
    }
  }

  /** Fields that hold one value each. */
  public static Fields of(ImmutableSet<String> names) {
    return new Fields(names, ImmutableSet.of());
  }

  /** Fields that hold one value each. */
  public static Fields of(String... names) {
    return of(ImmutableSet.copyOf(names));
  }

  /** The same and fields that hold lists. */
  public Fields withLists(String... names) {
    return new Fields(texts, ImmutableSet.<String>builder().addAll(lists).add(names).build());
  }

  /** All names, texts first. */
  ImmutableSet<String> all() {
    return ImmutableSet.<String>builder().addAll(texts).addAll(lists).build();
  }
}
