package org.fnprune.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import org.fnprune.common.UsageException;
import org.fnprune.runtime.ModelRunException;

/** Prints errors for people: what is wrong, then what to do next. */
final class Errors {

  private static final int LONGEST = 800;

  private Errors() {}

  /**
   * Prints an error that the user can put right.
   *
   * @param otherwise the help where the error has none of its own
   */
  static void print(PrintStream err, UsageException error, String otherwise, boolean verbose) {
    err.println("error: " + shown(String.valueOf(error.getMessage())));
    err.println("help: " + (error.help().isEmpty() ? otherwise : error.help()));
    if (verbose) {
      error.printStackTrace(err);
    }
  }

  /** Prints a failure while running. */
  static void printFailure(PrintStream err, Throwable failure, boolean verbose) {
    Throwable error =
        failure instanceof UncheckedIOException io
            ? Objects.requireNonNull(io.getCause())
            : failure;
    err.println("error: " + shown(message(error)));
    err.println("help: " + help(error, verbose));
    if (verbose) {
      error.printStackTrace(err);
    }
  }

  /** Files may have long names and lines; what is wrong stands at the beginning. */
  private static String shown(String message) {
    String line = message.replaceAll("\\R", " ");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }

  private static String message(Throwable error) {
    if (error instanceof NoSuchFileException e) {
      return "file " + e.getFile() + " is gone";
    }
    if (error instanceof FileSystemException e) {
      String reason = e.getReason();
      return e.getFile() + ": " + (reason == null ? e.getClass().getSimpleName() : reason);
    }
    String message = error.getMessage();
    return message == null ? error.getClass().getSimpleName() : message;
  }

  private static String help(Throwable error, boolean verbose) {
    if (error instanceof OutOfMemoryError) {
      return "give Java more memory, for instance java -Xmx8g -jar fnprune.jar …";
    }
    if (error instanceof IOException) {
      return "nothing that was finished is lost: put it right, then run the same command again"
          + (verbose ? "" : ", with --verbose to see where");
    }
    String look = verbose ? "the trace says where" : "run again with --verbose to see where";
    return error instanceof ModelRunException
        ? "do config.json and tokenizer.json belong to this model? " + look
        : look;
  }
}
