package org.fnprune.recipe;

import java.nio.file.Path;

/**
 * One task file, validated.
 *
 * @param name names the task in reports
 * @param kind what it measures
 * @param dataset absolute path of the rows
 * @param batchSize rows that run together
 * @param limit at most this many rows, the first ones; 0 for all
 */
public record TaskDefinition(String name, TaskKind kind, Path dataset, int batchSize, int limit) {

  public TaskDefinition {
    if (name.isBlank() || batchSize < 1 || limit < 0) {
      throw new IllegalArgumentException("task '" + name + "': " + batchSize + ", " + limit);
    }
  }
}
