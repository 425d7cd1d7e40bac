package org.fnprune;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The text of {@code recipe.lock.yaml} as keys and values. */
final class LockEntries {

  /** Before the version. */
  static final String TOOL = "# fnprune ";

  /** Before the hash of a file. */
  static final String FILE = "# sha256 ";

  /** Before the hash of a file that tasks alone need. */
  static final String TASK_FILE = "# task sha256 ";

  private LockEntries() {}

  /** Version and settings by dotted key, hashes by beginning and file, in the text's order. */
  static ImmutableMap<String, String> of(String lock) {
    Map<String, String> entries = new LinkedHashMap<>();
    List<String> path = new ArrayList<>();
    for (String line : Splitter.on('\n').omitEmptyStrings().split(lock)) {
      if (line.startsWith(TOOL)) {
        entries.put("fnprune", line.substring(TOOL.length()));
      } else if (line.startsWith(FILE)) {
        file(FILE, line, entries);
      } else if (line.startsWith(TASK_FILE)) {
        file(TASK_FILE, line, entries);
      } else {
        setting(line, path, entries);
      }
    }
    return ImmutableMap.copyOf(entries);
  }

  /** The files of which the text holds hashes. */
  static ImmutableList<Path> files(String lock) {
    return of(lock).keySet().stream()
        .filter(key -> key.startsWith("#"))
        .map(key -> Path.of(fileOf(key)))
        .collect(ImmutableList.toImmutableList());
  }

  /** The file that a key speaks of. */
  static String fileOf(String key) {
    return key.substring(key.startsWith(FILE) ? FILE.length() : TASK_FILE.length());
  }

  private static void file(String beginning, String line, Map<String, String> entries) {
    int start = beginning.length();
    int gap = line.indexOf("  ", start);
    entries.put(
        beginning + line.substring(Math.max(gap, 0)).strip(),
        line.substring(start, Math.max(gap, start)));
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
    if (!value.isEmpty()) {
      entries.put(String.join(".", path), value);
    }
  }
}
