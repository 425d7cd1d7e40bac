package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import org.fnprune.data.Batches;
import org.fnprune.data.Row;
import org.fnprune.data.TokenPair;
import org.fnprune.recipe.TaskDefinition;
import org.fnprune.recipe.TaskKind;

/**
 * Sorts texts, or pairs of texts, into classes: accuracy, macro and weighted F1 and Matthews'
 * coefficient of the largest logit.
 */
final class ClassificationTask extends LoadedTask implements LabelledTask {

  private record Example(Row row, TokenPair tokens, int gold) {}

  private final TextInput input;
  private final ImmutableList<Example> examples;
  private final Labels labels;
  private final int padId;

  private ClassificationTask(
      TaskDefinition definition,
      TextInput input,
      Labels labels,
      List<Example> examples,
      int skipped,
      int padId) {
    super(definition, skipped);
    this.input = input;
    this.examples = ImmutableList.copyOf(examples);
    this.labels = labels;
    this.padId = padId;
  }

  /**
   * Reads and tokenises the rows.
   *
   * @throws org.fnprune.common.UsageException for unusable rows, with file and line
   */
  static ClassificationTask load(
      TaskDefinition definition, TaskKind.Classification kind, TaskInputs inputs) {
    TextInput input = new TextInput(kind.text(), kind.textPair(), kind.maxSeqLength());
    Labels labels = new Labels(kind.labels());
    List<Row> rows = Rows.read(definition, inputs, input.fields(kind.label()));
    List<Example> examples =
        rows.stream()
            .map(
                row ->
                    new Example(
                        row, input.encode(row, inputs.tokens()), labels.of(row, kind.label())))
            .filter(example -> !example.tokens.ids().isEmpty())
            .toList();
    Rows.requireExamples(definition, examples.size());
    return new ClassificationTask(
        definition,
        input,
        labels,
        examples,
        rows.size() - examples.size(),
        inputs.tokens().padId());
  }

  @Override
  public int longest() {
    return examples.stream().mapToInt(e -> e.tokens.ids().length()).max().orElse(0);
  }

  @Override
  public JsonObject example(int index) {
    Example example = examples.get(index);
    return SampleLog.example(input.json(example.row), labels.json(example.gold));
  }

  @Override
  public TaskScores evaluate(Model model) {
    int[] predicted = new int[examples.size()];
    List<TokenPair> tokens = examples.stream().map(Example::tokens).toList();
    for (Batches.Indexed batch : Batches.ofPairs(tokens, batchSize(), padId)) {
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
    labels.requireClasses(name(), classes);
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
    ImmutableIntArray gold = ImmutableIntArray.copyOf(examples.stream().mapToInt(Example::gold));
    ImmutableList.Builder<MetricScores> metrics = ImmutableList.builder();
    metrics.add(Proportion.ofEqual("accuracy", gold, predicted));
    Arrays.stream(ClassMetric.Rule.values())
        .forEach(rule -> metrics.add(new ClassMetric(rule, gold, predicted)));
    return new TaskScores(
        name(),
        metrics.build(),
        index -> labels.json(predicted.get(index)),
        LogitRows.missing(predicted.toArray()));
  }
}
