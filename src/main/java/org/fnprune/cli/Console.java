package org.fnprune.cli;

import com.google.common.collect.ImmutableList;
import java.io.PrintStream;
import org.fnprune.common.Json;

/**
 * Where a command prints: results on {@code out}, everything else on {@code err}.
 *
 * @param json print exactly one JSON document on {@code out} and no text
 * @param quiet no progress and no notes
 * @param command what was typed, word by word
 */
record Console(
    PrintStream out, PrintStream err, boolean json, boolean quiet, ImmutableList<String> command) {

  /** Prints the result as text, unless JSON was asked for. */
  void result(String text) {
    if (!json) {
      out.print(text.endsWith("\n") ? text : text + "\n");
    }
  }

  /** Prints the result as JSON, if that was asked for. */
  void resultJson(Object document) {
    if (json) {
      out.print(Json.pretty(document));
    }
  }

  /** A note for people. */
  void note(String text) {
    if (!quiet) {
      err.println(text);
    }
  }

  /** A warning; printed also in quiet mode. */
  void warn(String text) {
    err.println("warning: " + text);
  }
}
