package org.fnprune.verify;

import org.fnprune.recipe.TaskDefinition;

/** What all tasks have in common. */
abstract class LoadedTask implements Task {

  private final TaskDefinition definition;
  private final int skipped;

  LoadedTask(TaskDefinition definition, int skipped) {
    this.definition = definition;
    this.skipped = skipped;
  }

  @Override
  public final String name() {
    return definition.name();
  }

  @Override
  public final int skipped() {
    return skipped;
  }

  final int batchSize() {
    return definition.batchSize();
  }
}
