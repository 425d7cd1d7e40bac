package org.fnprune.cli;

import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** One command of the tool. */
interface Command {

  /** The word that selects it. */
  String name();

  /** What follows the name, such as {@code MODEL [flags]}. */
  String arguments();

  /** One line for the overview. */
  String summary();

  /** Example command lines. */
  List<String> examples();

  /** The flags it takes, without the common ones. */
  Options options();

  /**
   * Does it.
   *
   * @throws org.fnprune.common.UsageException when the user can put it right
   */
  ExitCode run(CommandLine line, Console console) throws Exception;
}
