package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import org.fnprune.common.DidYouMean;
import org.fnprune.data.Batches;
import org.fnprune.data.Datasets;
import org.fnprune.data.Row;
import org.fnprune.data.Tokenizer;
import org.fnprune.recipe.TaskDefinition;

/** Sorts texts into classes: accuracy and macro F1 of the largest logit. */
public final class ClassificationTask implements Task {

  private record Example(Row row, ImmutableIntArray ids, int gold) {}

  private final TaskDefinition definition;
  private final ImmutableList<Example> examples;
  private final int skipped;
  private final int padId;

  private ClassificationTask(
      TaskDefinition definition, List<Example> examples, int skipped, int padId) {
    this.definition = definition;
    this.examples = ImmutableList.copyOf(examples);
    this.skipped = skipped;
    this.padId = padId;
  }

  /**
   * Reads and tokenises the rows.
   *
   * @param limit at most this many rows; 0 for all
   * @throws org.fnprune.common.UsageException for unusable rows, with file and line
   */
  static ClassificationTask load(
      TaskDefinition definition, Datasets datasets, Tokenizer tokenizer, int limit) {
    ImmutableSet<String> fields = ImmutableSet.of(definition.text(), definition.label());
    List<Row> rows = datasets.read(definition.dataset(), fields, true, limit).rows();
    ImmutableList<Example> examples =
        rows.stream()
            .map(
                row ->
                    new Example(
                        row,
                        tokenizer.encode(row.get(definition.text()), definition.maxSeqLength()),
                        gold(definition, row)))
            .filter(example -> !example.ids.isEmpty())
            .collect(ImmutableList.toImmutableList());
    Tasks.requireExamples(definition, examples.size());
    return new ClassificationTask(
        definition, examples, rows.size() - examples.size(), tokenizer.padId());
  }

  private static int gold(TaskDefinition definition, Row row) {
    String label = row.get(definition.label());
    ImmutableList<String> names = definition.labels();
    if (!names.isEmpty()) {
      int index = names.indexOf(label);
      if (index < 0) {
        throw row.refuse(
            "label '" + label + "' is not known; allowed: " + String.join(", ", names),
            DidYouMean.help(label, names, "add it to 'labels' of the task file"));
      }
      return index;
    }
    if (label.matches("\\d{1,9}")) {
      return Integer.parseInt(label);
    }
    throw row.refuse(
        "label '" + label + "' is not a class number (0, 1, …)",
        "add 'labels: [NAME, …]' to the task file, in the order of the model's classes");
  }

  @Override
  public String name() {
    return definition.name();
  }

  @Override
  public int skipped() {
    return skipped;
  }

  @Override
  public int longest() {
    return examples.stream().mapToInt(example -> example.ids.length()).max().orElse(0);
  }

  @Override
  public TaskScores evaluate(Predictor model) {
    int[] predicted = new int[examples.size()];
    List<ImmutableIntArray> ids = examples.stream().map(Example::ids).toList();
    for (Batches.Indexed batch : Batches.byLength(ids, definition.batchSize(), padId)) {
      Logits logits = model.predict(batch.batch());
      LogitRows.requireClassifier(name(), batch.batch(), logits);
      requireClasses(logits.classes());
      for (int row = 0; row < batch.rows().length(); row++) {
        predicted[batch.rows().get(row)] =
            LogitRows.argmax(logits.values(), row * logits.classes(), logits.classes());
      }
    }
    return scores(ImmutableIntArray.copyOf(predicted));
  }

  private void requireClasses(int classes) {
    if (!definition.labels().isEmpty() && definition.labels().size() != classes) {
      throw new org.fnprune.common.UsageException(
          "task '"
              + name()
              + "' names "
              + definition.labels().size()
              + " labels, but the model has "
              + classes
              + " classes",
          "list the model's classes in their order");
    }
    for (Example example : examples) {
      if (example.gold >= classes) {
        throw example.row.refuse(
            "label "
                + example.gold
                + ", but the model has "
                + classes
                + " classes: 0 to "
                + (classes - 1),
            "does the dataset belong to this model?");
      }
    }
  }

  private TaskScores scores(ImmutableIntArray predicted) {
    ImmutableIntArray.Builder gold = ImmutableIntArray.builder(examples.size());
    ImmutableIntArray.Builder correct = ImmutableIntArray.builder(examples.size());
    for (int i = 0; i < examples.size(); i++) {
      gold.add(examples.get(i).gold);
      correct.add(examples.get(i).gold == predicted.get(i) ? 1 : 0);
    }
    return new TaskScores(
        name(),
        ImmutableList.of(
            new Proportion("accuracy", correct.build()), new MacroF1(gold.build(), predicted)));
  }
}
