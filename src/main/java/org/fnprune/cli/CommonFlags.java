package org.fnprune.cli;

import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** Flags that every command takes. */
final class CommonFlags {

  private CommonFlags() {}

  static Options addTo(Options options) {
    return options
        .addOption(flag("json", "print the result as one JSON document on stdout"))
        .addOption(flag("quiet", "no progress on stderr; warnings stay"))
        .addOption(flag("verbose", "print a stack trace with an error"))
        .addOption(Option.builder("h").longOpt("help").desc("show this help").get());
  }

  /** A flag without a value. */
  static Option flag(String name, String description) {
    return Option.builder().longOpt(name).desc(description).get();
  }

  /** A flag with a value. */
  static Option value(String name, String value, String description) {
    return Option.builder().longOpt(name).hasArg().argName(value).desc(description).get();
  }
}
