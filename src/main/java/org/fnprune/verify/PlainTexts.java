package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import org.fnprune.data.Dataset;
import org.fnprune.data.DatasetReader;
import org.fnprune.data.Row;
import org.fnprune.data.Samples;
import org.fnprune.recipe.TaskDefinition;
import org.fnprune.recipe.Template;

/** Reads text without labels: rows, or windows of a plain text file. */
final class PlainTexts {

  private static final String RENDERED = "text";

  private PlainTexts() {}

  /** The texts' tokens, each at most {@code maxTokens}. */
  static Samples read(
      TaskDefinition definition, Template text, boolean lines, int maxTokens, TaskInputs inputs) {
    Dataset dataset = DatasetReader.read(definition.dataset(), text.names(), lines, inputs.limit());
    ImmutableList<Row> rendered =
        dataset.rows().stream()
            .map(
                row ->
                    new Row(
                        row.file(), row.line(), ImmutableMap.of(RENDERED, Rows.text(text, row))))
            .collect(ImmutableList.toImmutableList());
    return Samples.tokenise(
        new Dataset(dataset.file(), rendered, dataset.document()),
        RENDERED,
        inputs.tokens(),
        maxTokens,
        inputs.limit());
  }
}
