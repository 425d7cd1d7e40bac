package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonObject;
import org.fnprune.data.Samples;
import org.fnprune.recipe.TaskDefinition;

/** A task whose examples are texts without labels. */
abstract class TextsTask extends LoadedTask {

  private final ImmutableList<ImmutableIntArray> texts;

  TextsTask(TaskDefinition definition, Samples samples) {
    super(definition, samples.skipped());
    this.texts = ImmutableList.copyOf(samples.sequences());
  }

  /** The token ids of each text. */
  final ImmutableList<ImmutableIntArray> texts() {
    return texts;
  }

  @Override
  public final int longest() {
    return texts.stream().mapToInt(ImmutableIntArray::length).max().orElse(0);
  }

  @Override
  public final JsonObject example(int index) {
    JsonObject example = new JsonObject();
    example.addProperty("tokens", texts.get(index).length());
    return example;
  }
}
