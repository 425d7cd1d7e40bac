package org.fnprune;

import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What differs between two texts of {@code recipe.lock.yaml}, in words. */
final class LockChanges {

  private static final String TOOL = "# fnprune ";
  private static final String HASH = "# sha256 ";
  private static final int SHOWN = 4;

  /** How a run computes, not what: an interrupted run may go on with other values. */
  private static final Set<String> MEANS = Set.of("threads", "memory");

  private LockChanges() {}

  /**
   * The differences, such as {@code prune.sparsity was 0.5, is 0.6; data/train.jsonl has changed}.
   * Empty when there are none.
   */
  static String between(String before, String now) {
    Map<String, String> old = entries(before);
    Map<String, String> current = entries(now);
    Set<String> keys = new LinkedHashSet<>(current.keySet());
    keys.addAll(old.keySet());
    List<String> settings = new ArrayList<>();
    List<String> files = new ArrayList<>();
    for (String key : keys) {
      String was = old.getOrDefault(key, "not set");
      String is = current.getOrDefault(key, "not set");
      if (was.equals(is)) {
        continue;
      }
      if (!key.startsWith(HASH)) {
        settings.add(key + " was " + was + ", is " + is);
      } else if (old.containsKey(key) && current.containsKey(key)) {
        files.add(key.substring(HASH.length()) + " has changed");
      } else {
        files.add(key.substring(HASH.length()) + (old.containsKey(key) ? " is gone" : " is new"));
      }
    }
    settings.addAll(files);
    int more = settings.size() - SHOWN;
    return String.join("; ", settings.subList(0, Math.min(SHOWN, settings.size())))
        + (more > 0 ? "; and " + more + " more" : "");
  }

  /** Version and settings by dotted key, hashes by file. */
  private static Map<String, String> entries(String lock) {
    Map<String, String> entries = new LinkedHashMap<>();
    List<String> path = new ArrayList<>();
    for (String line : Splitter.on('\n').omitEmptyStrings().split(lock)) {
      if (line.startsWith(TOOL)) {
        entries.put("fnprune", line.substring(TOOL.length()));
      } else if (line.startsWith(HASH)) {
        int gap = line.indexOf("  ", HASH.length());
        entries.put(
            HASH + line.substring(Math.max(gap, 0)).strip(),
            line.substring(HASH.length(), Math.max(gap, HASH.length())));
      } else {
        setting(line, path, entries);
      }
    }
    return entries;
  }

  /** The writer's own YAML: two blanks for each level, every value on the line of its key. */
  private static void setting(String line, List<String> path, Map<String, String> entries) {
    int level = (line.length() - line.stripLeading().length()) / 2;
    int colon = line.indexOf(':');
    if (colon < 0 || level > path.size()) {
      return;
    }
    path.subList(level, path.size()).clear();
    path.add(line.substring(0, colon).strip());
    String value = line.substring(colon + 1).strip();
    String key = String.join(".", path);
    if (!value.isEmpty() && !MEANS.contains(key)) {
      entries.put(key, value);
    }
  }
}
