package org.fnprune;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What differs between two texts of {@code recipe.lock.yaml}.
 *
 * @param keys of the entries that differ
 * @param words such as {@code prune.sparsity was 0.5, is 0.6; data/train.jsonl has changed}; empty
 *     when nothing does
 */
record LockChanges(ImmutableSet<String> keys, String words) {

  private static final int SHOWN = 4;

  /** How a run computes, not what: an interrupted run may go on with other values. */
  private static final Set<String> MEANS = Set.of("threads", "memory");

  /** The differences. */
  static LockChanges between(String before, String now) {
    ImmutableMap<String, String> old = LockEntries.of(before);
    ImmutableMap<String, String> current = LockEntries.of(now);
    Set<String> keys = new LinkedHashSet<>(current.keySet());
    keys.addAll(old.keySet());
    keys.removeAll(MEANS);
    keys.removeIf(key -> current.getOrDefault(key, "").equals(old.getOrDefault(key, "")));
    List<String> settings = new ArrayList<>();
    List<String> files = new ArrayList<>();
    for (String key : keys) {
      if (key.startsWith("#")) {
        files.add(
            LockEntries.fileOf(key)
                + (old.containsKey(key)
                    ? current.containsKey(key) ? " has changed" : " is gone"
                    : " is new"));
      } else {
        String none = "not set";
        settings.add(
            key + " was " + old.getOrDefault(key, none) + ", is " + current.getOrDefault(key, none));
      }
    }
    settings.addAll(files);
    int more = settings.size() - SHOWN;
    return new LockChanges(
        ImmutableSet.copyOf(keys),
        String.join("; ", settings.subList(0, Math.min(SHOWN, settings.size())))
            + (more > 0 ? "; and " + more + " more" : ""));
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }
}
