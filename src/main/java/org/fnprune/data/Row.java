package org.fnprune.data;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import org.fnprune.common.UsageException;

/**
 * One row of a dataset.
 *
 * @param file the dataset
 * @param line where the row starts, from 1
 * @param fields the wanted fields as text; numbers as written
 */
public record Row(Path file, int line, ImmutableMap<String, String> fields) {

  /**
   * The text of a wanted field.
   *
   * @throws IllegalArgumentException when the field was not asked for
   */
  public String get(String field) {
    String value = fields.get(field);
    if (value == null) {
      throw new IllegalArgumentException("field " + field + " was not asked for");
    }
    return value;
  }

  /** The error for something in this row: {@code file:line: message}. */
  public UsageException refuse(String message, String help) {
    return new UsageException(file + ":" + line + ": " + message, help);
  }
}
