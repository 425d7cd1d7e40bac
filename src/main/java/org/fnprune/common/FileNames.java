package org.fnprune.common;

import java.util.regex.Pattern;

/** Names that become names of files: ids of units and signals, also when a file says them. */
public final class FileNames {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

  private FileNames() {}

  /** Whether a name can name a file of a folder, and none outside it. */
  public static boolean isPlain(String name) {
    return PLAIN.matcher(name).matches();
  }
}
