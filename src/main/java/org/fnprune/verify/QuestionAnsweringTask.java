package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.common.UsageException;
import org.fnprune.data.Batches;
import org.fnprune.data.Row;
import org.fnprune.data.TextTokens;
import org.fnprune.data.TokenPair;
import org.fnprune.data.Tokenizer;
import org.fnprune.recipe.TaskDefinition;
import org.fnprune.recipe.TaskKind;

/**
 * Where in a context the answer to a question is, by a model with a start and an end logit per
 * token: exact match and F1 with the normalisation of SQuAD's script, the best over all right
 * answers. A long context goes through the model in windows that overlap, each behind the question;
 * of all windows the span with the largest start + end logit is the answer.
 */
final class QuestionAnsweringTask extends LoadedTask implements LabelledTask {

  private record Example(
      String question, String context, TextTokens places, ImmutableList<String> answers) {}

  /**
   * @param example whose context it is of
   * @param from the first token of the context that it has
   */
  private record Part(int example, int from, TokenPair tokens) {}

  private final TaskKind.QuestionAnswering kind;
  private final ImmutableList<Example> examples;
  private final ImmutableList<Part> parts;
  private final int padId;

  private QuestionAnsweringTask(
      TaskDefinition definition,
      TaskKind.QuestionAnswering kind,
      List<Example> examples,
      List<Part> parts,
      int skipped,
      int padId) {
    super(definition, skipped);
    this.kind = kind;
    this.examples = ImmutableList.copyOf(examples);
    this.parts = ImmutableList.copyOf(parts);
    this.padId = padId;
  }

  /**
   * Reads and tokenises the rows; contexts without tokens are skipped.
   *
   * @throws UsageException for unusable rows, with file and line
   */
  static QuestionAnsweringTask load(
      TaskDefinition definition, TaskKind.QuestionAnswering kind, TaskInputs inputs) {
    Tokenizer tokenizer = inputs.tokens();
    List<Example> examples = new ArrayList<>();
    List<Part> parts = new ArrayList<>();
    List<Row> rows =
        Rows.read(
            definition,
            inputs.limit(),
            Rows.fields(ImmutableList.of(kind.context(), kind.question()), kind.answers()));
    for (Row row : rows) {
      Example example = example(kind, row, tokenizer);
      if (example.places.size() > 0) {
        parts.addAll(parts(kind, row, example, examples.size(), tokenizer));
        examples.add(example);
      }
    }
    Rows.requireExamples(definition, examples.size());
    return new QuestionAnsweringTask(
        definition, kind, examples, parts, rows.size() - examples.size(), tokenizer.padId());
  }

  private static Example example(TaskKind.QuestionAnswering kind, Row row, Tokenizer tokenizer) {
    String context = Rows.text(kind.context(), row);
    ImmutableList<String> answers = Rows.list(row, kind.answers());
    boolean none = answers.isEmpty() || answers.equals(List.of(""));
    if (none && !kind.noAnswer()) {
      throw row.refuse(
          "field '" + kind.answers() + "' has no answer",
          "give every row one, or set no_answer: true");
    }
    return new Example(
        Rows.text(kind.question(), row),
        context,
        tokenizer.tokens(context, false),
        none ? ImmutableList.of("") : answers);
  }

  private static List<Part> parts(
      TaskKind.QuestionAnswering kind, Row row, Example example, int index, Tokenizer tokenizer) {
    TokenPair whole = tokenizer.pair(example.question, example.context);
    int question = whole.count(1);
    int room = kind.maxSeqLength() - question - whole.count(0);
    int length = whole.count(2);
    if (room < 1 || (length > room && room <= kind.stride())) {
      throw row.refuse(
          "the question's "
              + question
              + " tokens leave room for "
              + Math.max(0, room)
              + " tokens of context in max_seq_length "
              + kind.maxSeqLength()
              + ", no more than stride "
              + kind.stride(),
          "raise max_seq_length or lower stride");
    }
    List<Part> parts = new ArrayList<>();
    for (int from = 0; from == 0 || from + kind.stride() < length; from += room - kind.stride()) {
      int to = Math.min(from + room, length);
      parts.add(new Part(index, from, whole.keeping(question, from, to)));
      if (to == length) {
        break;
      }
    }
    return parts;
  }

  @Override
  public int longest() {
    return parts.stream().mapToInt(part -> part.tokens.ids().length()).max().orElse(0);
  }

  @Override
  public JsonObject example(int index) {
    Example example = examples.get(index);
    JsonObject json =
        SampleLog.example(SampleLog.text(example.question), SampleLog.texts(example.answers));
    json.addProperty("tokens", example.places.size());
    return json;
  }

  @Override
  public TaskScores evaluate(Model model) {
    List<String> outputs = outputs(model);
    Span[] best = new Span[examples.size()];
    Arrays.fill(best, Span.NONE);
    double[] none = new double[examples.size()];
    Arrays.fill(none, Double.POSITIVE_INFINITY);
    List<TokenPair> tokens = parts.stream().map(Part::tokens).toList();
    for (Batches.Indexed batch : Batches.ofPairs(tokens, batchSize(), padId)) {
      ImmutableList<Logits> logits = model.predict(batch.batch(), outputs);
      logits.forEach(l -> LogitRows.requirePlaces(name(), batch.batch(), l));
      for (int row = 0; row < batch.rows().length(); row++) {
        Part part = parts.get(batch.rows().get(row));
        int at = row * batch.batch().length();
        Span found =
            Span.best(
                part.tokens,
                logits.get(0).values(),
                logits.get(1).values(),
                at,
                kind.nBest(),
                kind.maxAnswerLength());
        best[part.example] = best[part.example].or(found.shifted(part.from));
        none[part.example] =
            Math.min(
                none[part.example],
                (double) logits.get(0).values().get(at) + logits.get(1).values().get(at));
      }
    }
    return scores(
        IntStream.range(0, best.length)
            .mapToObj(i -> said(examples.get(i), best[i], none[i]))
            .toList());
  }

  private static List<String> outputs(Model model) {
    List<String> usual = List.of("start_logits", "end_logits");
    if (model.outputs().containsAll(usual)) {
      return usual;
    }
    if (model.outputs().size() < usual.size()) {
      throw new UsageException(
          "a question-answering task needs a model with start and end logits, but this one has only"
              + " the output "
              + model.outputs(),
          "choose a task type that fits the model");
    }
    return model.outputs().subList(0, usual.size());
  }

  private String said(Example example, Span span, double none) {
    if (span.isNone() || (kind.noAnswer() && none > span.score())) {
      return "";
    }
    return example.context.substring(
        example.places.starts().get(span.first()), example.places.ends().get(span.last()));
  }

  private TaskScores scores(List<String> said) {
    double[] exact = new double[said.size()];
    double[] f1 = new double[said.size()];
    for (int i = 0; i < exact.length; i++) {
      List<String> answers = examples.get(i).answers;
      exact[i] = AnswerText.best(said.get(i), answers, AnswerText::exactMatch);
      f1[i] = AnswerText.best(said.get(i), answers, AnswerText::f1);
    }
    return new TaskScores(
        name(),
        ImmutableList.of(
            Proportion.of("exact_match", exact.length, i -> exact[i] == 1),
            Mean.of("f1", true, f1)),
        i -> SampleLog.text(said.get(i)));
  }
}
