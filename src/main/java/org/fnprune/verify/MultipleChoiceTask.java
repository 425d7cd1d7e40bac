package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.fnprune.data.Fields;
import org.fnprune.data.Row;
import org.fnprune.recipe.TaskDefinition;
import org.fnprune.recipe.TaskKind;
import org.fnprune.recipe.Template;

/**
 * Which of several continuations of a prompt a language model finds likeliest, as
 * lm-evaluation-harness computes it: {@code acc} takes the largest Σ log p(token), {@code acc_norm}
 * the largest quotient of it and the choice's length in characters, the delimiter not counted.
 */
final class MultipleChoiceTask extends LoadedTask implements LabelledTask {

  private record Example(
      String prompt, ImmutableList<String> choices, ImmutableList<Continuation> tokens, int gold) {}

  private final ImmutableList<Example> examples;
  private final int padId;

  private MultipleChoiceTask(TaskDefinition definition, List<Example> examples, int padId) {
    super(definition, 0);
    this.examples = ImmutableList.copyOf(examples);
    this.padId = padId;
  }

  /**
   * Reads and tokenises the rows.
   *
   * @throws org.fnprune.common.UsageException for unusable rows, with file and line
   */
  static MultipleChoiceTask load(
      TaskDefinition definition, TaskKind.MultipleChoice kind, TaskInputs inputs) {
    ImmutableList<Template> templates =
        ImmutableList.<Template>builder().add(kind.prompt()).addAll(kind.choices()).build();
    Fields texts = Fields.of(Rows.fields(templates, kind.label()));
    Fields fields = kind.choicesField().isEmpty() ? texts : texts.withLists(kind.choicesField());
    List<Example> examples =
        Rows.read(definition, inputs, fields).stream()
            .map(row -> example(kind, row, inputs))
            .toList();
    return new MultipleChoiceTask(definition, examples, inputs.tokens().padId());
  }

  private static Example example(TaskKind.MultipleChoice kind, Row row, TaskInputs inputs) {
    String prompt = Rows.text(kind.prompt(), row);
    ImmutableList<String> choices = choices(kind, row);
    ImmutableList<Continuation> tokens =
        choices.stream()
            .map(choice -> continuation(kind, prompt, choice, row, inputs))
            .collect(ImmutableList.toImmutableList());
    return new Example(prompt, choices, tokens, gold(kind, choices, row));
  }

  private static ImmutableList<String> choices(TaskKind.MultipleChoice kind, Row row) {
    ImmutableList<String> choices =
        kind.choicesField().isEmpty()
            ? kind.choices().stream()
                .map(choice -> Rows.text(choice, row))
                .collect(ImmutableList.toImmutableList())
            : row.list(kind.choicesField());
    if (choices.size() < 2 || choices.stream().anyMatch(String::isEmpty)) {
      throw row.refuse(
          "there are fewer than two choices, or one is empty: " + choices,
          "give every row two choices or more");
    }
    return choices;
  }

  private static Continuation continuation(
      TaskKind.MultipleChoice kind, String prompt, String choice, Row row, TaskInputs inputs) {
    Continuation whole =
        Continuation.of(
            prompt,
            kind.delimiter() + choice,
            row,
            kind.prompt().described("prompt"),
            "choice '" + choice + "'",
            inputs);
    return kind.maxSeqLength() > 0 ? whole.keepingLast(kind.maxSeqLength()) : whole;
  }

  /** A label is a choice's text, or else its number from 0. */
  private static int gold(TaskKind.MultipleChoice kind, List<String> choices, Row row) {
    String label = row.get(kind.label());
    int index = choices.indexOf(label);
    if (index < 0 && label.matches("\\d{1,9}")) {
      index = Integer.parseInt(label);
    }
    if (index < 0 || index >= choices.size()) {
      throw row.refuse(
          "label '" + label + "' is none of the choices " + choices,
          "give the right choice's text, or its number from 0 to " + (choices.size() - 1));
    }
    return index;
  }

  @Override
  public int longest() {
    return tokens().stream().mapToInt(c -> c.input().length()).max().orElse(0);
  }

  private List<Continuation> tokens() {
    return examples.stream().flatMap(e -> e.tokens.stream()).toList();
  }

  @Override
  public JsonObject example(int index) {
    Example example = examples.get(index);
    JsonObject json =
        SampleLog.example(
            SampleLog.text(example.prompt), SampleLog.text(example.choices.get(example.gold)));
    json.add("choices", SampleLog.texts(example.choices));
    return json;
  }

  @Override
  public TaskScores evaluate(Model model) {
    double[] nll =
        new Likelihoods(name(), "multiple-choice", batchSize(), padId).nll(tokens(), model);
    int[] starts = new int[examples.size()];
    for (int i = 1; i < starts.length; i++) {
      starts[i] = starts[i - 1] + examples.get(i - 1).choices.size();
    }
    int[] plain = new int[starts.length];
    int[] normed = new int[starts.length];
    for (int i = 0; i < starts.length; i++) {
      int at = starts[i];
      List<String> choices = examples.get(i).choices;
      plain[i] = largest(choices.size(), c -> -nll[at + c]);
      normed[i] = largest(choices.size(), c -> -nll[at + c] / characters(choices.get(c)));
    }
    return new TaskScores(
        name(),
        ImmutableList.of(
            Proportion.of("acc", starts.length, i -> plain[i] == examples.get(i).gold),
            Proportion.of("acc_norm", starts.length, i -> normed[i] == examples.get(i).gold)),
        i -> prediction(examples.get(i), plain[i], nll, starts[i]),
        LogitRows.missing(plain));
  }

  private static JsonObject prediction(Example example, int said, double[] nll, int start) {
    JsonObject prediction = new JsonObject();
    prediction.addProperty("choice", said < 0 ? null : example.choices.get(said));
    prediction.add(
        "log_likelihoods",
        SampleLog.numbers(
            IntStream.range(start, start + example.choices.size())
                .mapToDouble(c -> -nll[c])
                .toArray()));
    return prediction;
  }

  /** The index of the largest value, the first of equals; −1 when one is not a number. */
  private static int largest(int count, IntToDoubleFunction values) {
    int best = 0;
    for (int c = 0; c < count; c++) {
      if (Double.isNaN(values.applyAsDouble(c))) {
        return -1;
      }
      best = values.applyAsDouble(c) > values.applyAsDouble(best) ? c : best;
    }
    return best;
  }

  private static int characters(String text) {
    return text.codePointCount(0, text.length());
  }
}
