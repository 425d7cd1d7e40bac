package org.fnprune.common;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;

/** How all JSON of the tool is printed: indented, in a stable order, with nulls written out. */
public final class Json {

  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeNulls().create();

  private Json() {}

  /** A document (a JSON tree, record or collection) as text with a newline at its end. */
  public static String pretty(Object document) {
    return GSON.toJson(document) + "\n";
  }
}
