package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import org.fnprune.common.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * One row of a dataset.
 *
 * @param file the dataset
 * @param line where the row starts, from 1; of Parquet, which has no lines, the row's number
 * @param fields the wanted fields of one value, as text; numbers as written
 * @param lists the wanted lists, their elements as text
 */
public record Row(
    Path file,
    int line,
    ImmutableMap<String, String> fields,
    ImmutableMap<String, ImmutableList<String>> lists) {

  /** A row without lists. */
  public Row(Path file, int line, ImmutableMap<String, String> fields) {
    this(file, line, fields, ImmutableMap.of());
  }

  /**
   * The text of a wanted field.
   *
   * @throws IllegalArgumentException when the field was not asked for
   */
  public String get(String field) {
    return asked(field, fields.get(field));
  }

  /**
   * The elements of a wanted list.
   *
   * @throws IllegalArgumentException when the list was not asked for
   */
  public ImmutableList<String> list(String field) {
    return asked(field, lists.get(field));
  }

  private static <T> T asked(String field, @Nullable T value) {
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
