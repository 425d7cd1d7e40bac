package org.fnprune.cli;

import java.io.PrintStream;
import org.fnprune.common.UsageException;

/** Prints errors for people: what is wrong, then what to do next. */
final class Errors {

  private Errors() {}

  static void print(PrintStream err, UsageException error, boolean verbose) {
    err.println("error: " + error.getMessage());
    if (!error.help().isEmpty()) {
      err.println("help: " + error.help());
    }
    if (verbose) {
      error.printStackTrace(err);
    }
  }

  static void printFailure(PrintStream err, Throwable error, boolean verbose) {
    String message = error.getMessage();
    err.println("error: " + (message == null ? error.getClass().getSimpleName() : message));
    if (error instanceof OutOfMemoryError) {
      err.println("help: give Java more memory, for instance java -Xmx8g -jar fnprune.jar …");
    } else if (!verbose) {
      err.println("help: run again with --verbose to see where it happened");
    }
    if (verbose) {
      error.printStackTrace(err);
    }
  }
}
