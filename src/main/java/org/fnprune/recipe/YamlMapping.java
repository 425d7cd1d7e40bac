package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fnprune.common.DidYouMean;
import org.fnprune.common.UsageException;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A mapping of a YAML file whose keys and values know their lines.
 *
 * @param file the file as the user named it; relative paths in it start from its folder
 * @param name dotted keys from the top; empty for the whole file
 * @param line where it starts, from 1; 0 when the file does not have it
 */
record YamlMapping(Path file, String name, int line, Map<String, Entry> entries) {

  /** A key's line and its value. */
  record Entry(int line, Node value) {}

  /** A mapping that the file does not have: nothing is found in it. */
  static YamlMapping absent(Path file, String name) {
    return new YamlMapping(file, name, 0, Map.of());
  }

  /**
   * @throws UsageException when {@code node} is not a mapping or has a key twice
   */
  static YamlMapping of(Path file, String name, Node node) {
    int line = lineOf(node);
    if (!(node instanceof MappingNode mapping)) {
      String what = name.isEmpty() ? "the file" : "'" + name + "'";
      throw new UsageException(
          file + ":" + line + ": " + what + " must be a mapping of keys to values",
          "write one 'key: value' per line");
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      int keyLine = lineOf(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw new UsageException(
            file + ":" + keyLine + ": a key must be a word", "write 'key: value'");
      }
      Entry first = entries.get(key.getValue());
      if (first != null) {
        throw new UsageException(
            file
                + ":"
                + keyLine
                + ": key '"
                + key.getValue()
                + "' is already on line "
                + first.line,
            "keep one of them");
      }
      entries.put(key.getValue(), new Entry(keyLine, tuple.getValueNode()));
    }
    return new YamlMapping(file, name, line, entries);
  }

  /**
   * Refuses every other key.
   *
   * @return this
   */
  YamlMapping allow(List<String> keys) {
    entries.forEach(
        (key, entry) -> {
          if (!keys.contains(key)) {
            throw new UsageException(
                at(entry.line)
                    + "unknown key '"
                    + key
                    + "'"
                    + in()
                    + "; allowed: "
                    + String.join(", ", keys),
                DidYouMean.help(key, keys, "remove it"));
          }
        });
    return this;
  }

  /** Whether the key is there. */
  boolean has(String key) {
    return entries.containsKey(key);
  }

  /** Whether the key's value is itself a mapping. */
  boolean hasMapping(String key) {
    Entry entry = entries.get(key);
    return entry != null && entry.value instanceof MappingNode;
  }

  /** The mapping under a key, with no other keys than these; an absent one when it is not there. */
  YamlMapping mapping(String key, List<String> keys) {
    Entry entry = entries.get(key);
    String full = qualified(key);
    return entry == null ? absent(file, full) : of(file, full, entry.value).allow(keys);
  }

  /** The value of a key, null when it is not there. */
  @Nullable Setting find(String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : setting(qualified(key), entry.value);
  }

  /**
   * @throws UsageException when the key is not there
   */
  Setting require(String key) {
    Setting setting = find(key);
    if (setting == null) {
      throw missing("'" + key + "'");
    }
    return setting;
  }

  /** The error for something that is not there. */
  UsageException missing(String what) {
    return new UsageException(
        (line == 0 ? file + ": " : at(line)) + what + " is missing" + in(), "add it");
  }

  private Setting setting(String key, Node node) {
    String label = at(lineOf(node)) + key;
    Path base = file.toAbsolutePath().getParent();
    if (base == null) {
      throw new IllegalStateException("a file has a parent: " + file);
    }
    if (node instanceof SequenceNode sequence) {
      List<Setting> items = new ArrayList<>();
      sequence.getValue().forEach(item -> items.add(setting(key, item)));
      return Setting.list(label, base, items);
    }
    if (!(node instanceof ScalarNode scalar)) {
      throw new UsageException(
          label + " must be a value or a list, not a mapping",
          "write 'key: value' or 'key: [value, …]'");
    }
    if (scalar.getTag().equals(Tag.NULL)) {
      throw new UsageException(label + " has no value", "give it one, or remove the key");
    }
    Setting.Form form = scalar.isPlain() ? Setting.Form.WORD : Setting.Form.QUOTED;
    return new Setting(label, base, form, scalar.getValue(), ImmutableList.of());
  }

  private String qualified(String key) {
    return name.isEmpty() ? key : name + "." + key;
  }

  private String in() {
    return name.isEmpty() ? "" : " in '" + name + "'";
  }

  private String at(int where) {
    return file + ":" + where + ": ";
  }

  private static int lineOf(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }
}
