package org.fnprune;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version that this was built as. */
public final class Version {

  private Version() {}

  /** The version, such as {@code 0.1.0}. */
  public static String current() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("/fnprune.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      return "unknown";
    }
    return properties.getProperty("version", "unknown");
  }
}
