package org.fnprune.recipe;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.fnprune.common.UsageException;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads one small YAML file without trusting it: no tags, no objects, bounded size and depth. */
final class YamlFile {

  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_DEPTH = 16;
  private static final int MAX_ALIASES = 50;

  private YamlFile() {}

  /**
   * The file's top mapping.
   *
   * @param what names the file's role in errors: {@code recipe} or {@code task file}
   * @throws UsageException when the file is missing, too large, not UTF-8, not YAML or no mapping
   */
  static YamlMapping read(Path file, String what) {
    if (!Files.isRegularFile(file)) {
      throw new UsageException(
          what + " " + file + (Files.exists(file) ? " is not a file" : " does not exist"),
          "check the path");
    }
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new UsageException(
            what
                + " "
                + file
                + " has "
                + Files.size(file)
                + " bytes; allowed: at most "
                + MAX_BYTES,
            "is this the right file?");
      }
      return parse(file, Files.readString(file), what);
    } catch (CharacterCodingException e) {
      throw new UsageException(what + " " + file + " is not UTF-8 text", "save it as UTF-8", e);
    } catch (IOException e) {
      throw new UsageException(
          "cannot read " + what + " " + file + ": " + e.getMessage(), "check its permissions", e);
    }
  }

  private static YamlMapping parse(Path file, String text, String what) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file.toString())
            .setMaxAliasesForCollections(MAX_ALIASES)
            .setCodePointLimit(MAX_BYTES)
            .build();
    try {
      // The events come from a state machine; only composing them recurses, so depth is checked
      // first.
      checkEvents(file, new Parse(settings).parseString(text));
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isEmpty()) {
        throw new UsageException(what + " " + file + " is empty", "write 'key: value' lines");
      }
      return YamlMapping.of(file, "", root.get());
    } catch (MarkedYamlEngineException e) {
      String line = e.getProblemMark().map(YamlFile::line).orElse("");
      throw new UsageException(
          file + line + ": not YAML: " + e.getProblem(), "check quotes and indentation", e);
    } catch (YamlEngineException e) {
      throw new UsageException(
          file + ": not YAML: " + e.getMessage(), "use plain 'key: value' lines", e);
    }
  }

  private static void checkEvents(Path file, Iterable<Event> events) {
    Deque<Optional<Anchor>> open = new ArrayDeque<>();
    for (Event event : events) {
      String where = file + event.getStartMark().map(YamlFile::line).orElse("");
      if (event instanceof CollectionStartEvent start) {
        open.push(start.getAnchor());
        refuseTag(where, start.getTag());
      } else if (event instanceof CollectionEndEvent) {
        open.pop();
      } else if (event instanceof AliasEvent alias
          && open.contains(Optional.of(alias.getAlias()))) {
        throw new UsageException(
            where + ": '*" + alias.getAlias() + "' stands inside of what it refers to",
            "use plain 'key: value' lines");
      } else if (event instanceof ScalarEvent scalar) {
        refuseTag(where, scalar.getTag());
      }
      if (open.size() > MAX_DEPTH) {
        throw new UsageException(
            where + ": nested more than " + MAX_DEPTH + " deep", "use plain 'key: value' lines");
      }
    }
  }

  private static void refuseTag(String where, Optional<String> tag) {
    if (tag.isPresent()) {
      throw new UsageException(
          where + ": tag '" + tag.get() + "' is not allowed", "remove the tag");
    }
  }

  private static String line(Mark mark) {
    return ":" + (mark.getLine() + 1);
  }
}
