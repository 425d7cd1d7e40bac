package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.fnprune.common.UsageException;
import org.fnprune.data.Dataset;
import org.fnprune.data.DatasetReader;
import org.fnprune.data.Row;
import org.fnprune.data.Tokenizer;
import org.fnprune.recipe.TaskDefinition;
import org.fnprune.recipe.TaskKind;

/**
 * How well a language model predicts text: perplexity per token, word and byte. Every token is
 * predicted from those before it in its window, special tokens included.
 *
 * <ul>
 *   <li>Rows are documents, cut to {@code max_seq_length}; a document's first token has nothing
 *       that predicts it.
 *   <li>A plain text file is one document. So are rows with {@code document: true}, joined by blank
 *       lines. It is tokenised once and cut into windows of {@code max_seq_length} that do not
 *       overlap, the tail dropped: the WikiText-2 protocol of the literature on quantisation and
 *       pruning. Each window is an example.
 *   <li>With {@code stride}, windows overlap and only new tokens count, nothing is dropped (the
 *       protocol of the transformers documentation).
 *   <li>With {@code units: [token, word, byte]}, the same likelihood is spread over the words and
 *       bytes of the predicted text as well.
 *   <li>With {@code rolling}, the first token counts as well, behind a begin token, as in
 *       lm-evaluation-harness, whose word and byte perplexity these then are.
 * </ul>
 */
final class PerplexityTask extends LoadedTask implements LabelledTask {

  private static final String BLANK_LINE = "\n\n";

  /** Documents or windows; what of a document is one example goes through the model in parts. */
  private record Example(ImmutableList<Continuation> parts, int tokens, int words, int bytes) {}

  private final ImmutableList<TaskKind.Unit> units;
  private final ImmutableList<Example> examples;
  private final int padId;

  private PerplexityTask(
      TaskDefinition definition,
      ImmutableList<TaskKind.Unit> units,
      List<Example> examples,
      int skipped,
      int padId) {
    super(definition, skipped);
    this.units = units;
    this.examples = ImmutableList.copyOf(examples);
    this.padId = padId;
  }

  /**
   * Reads and tokenises the documents; those of fewer than two tokens are skipped.
   *
   * @throws UsageException for an unusable dataset
   */
  static PerplexityTask load(
      TaskDefinition definition, TaskKind.Perplexity kind, TaskInputs inputs) {
    int limit = inputs.limit();
    Dataset dataset =
        DatasetReader.read(
            definition.dataset(), kind.text().names(), kind.lines(), kind.document() ? 0 : limit);
    boolean one = dataset.document() || kind.document();
    List<Example> examples = new ArrayList<>();
    int skipped = 0;
    for (String text : texts(kind, dataset.rows())) {
      Document document = document(definition, kind, text, one, inputs);
      ImmutableList<Window> windows = windows(kind, document, one, one ? limit : 0);
      skipped += windows.isEmpty() ? 1 : 0;
      if (one) {
        windows.forEach(window -> examples.add(example(document, ImmutableList.of(window))));
      } else if (!windows.isEmpty()) {
        examples.add(example(document, windows));
      }
    }
    Rows.requireExamples(definition, examples.size());
    if (kind.units().contains(TaskKind.Unit.WORD)
        && examples.stream().allMatch(example -> example.words == 0)) {
      throw new UsageException(
          "task '" + definition.name() + "': no word begins in the text that is predicted",
          "leave 'word' out of units, or give longer texts");
    }
    return new PerplexityTask(definition, kind.units(), examples, skipped, inputs.tokens().padId());
  }

  private static List<String> texts(TaskKind.Perplexity kind, List<Row> rows) {
    List<String> texts = rows.stream().map(row -> Rows.text(kind.text(), row)).toList();
    return kind.document() ? List.of(String.join(BLANK_LINE, texts)) : texts;
  }

  private static Document document(
      TaskDefinition definition,
      TaskKind.Perplexity kind,
      String text,
      boolean one,
      TaskInputs inputs) {
    Tokenizer tokenizer = inputs.tokens();
    if (kind.rolling()) {
      int begin =
          inputs
              .marks()
              .begin()
              .orElseThrow(
                  () ->
                      new UsageException(
                          "task '"
                              + definition.name()
                              + "': rolling needs a begin token, but the model's config.json has"
                              + " neither bos_token_id nor eos_token_id",
                          "add one of them, or leave rolling out"));
      return Document.behind(begin, text, tokenizer);
    }
    Document document = Document.of(text, tokenizer);
    return one || kind.stride() > 0
        ? document
        : document.cut(kind.maxSeqLength(), tokenizer.trailing());
  }

  private static ImmutableList<Window> windows(
      TaskKind.Perplexity kind, Document document, boolean one, int limit) {
    int tokens = document.ids().length();
    if (kind.rolling()) {
      return Window.rolling(tokens, kind.maxSeqLength(), limit);
    }
    if (kind.stride() > 0) {
      return Window.strided(tokens, kind.maxSeqLength(), kind.stride(), limit);
    }
    return one ? Window.apart(tokens, kind.maxSeqLength(), limit) : Window.whole(tokens);
  }

  private static Example example(Document document, ImmutableList<Window> windows) {
    return new Example(
        windows.stream()
            .map(w -> Continuation.of(document.ids(), w))
            .collect(ImmutableList.toImmutableList()),
        windows.stream().mapToInt(Window::count).sum(),
        windows.stream().mapToInt(document::words).sum(),
        windows.stream().mapToInt(document::bytes).sum());
  }

  @Override
  public int longest() {
    return parts().stream().mapToInt(part -> part.input().length()).max().orElse(0);
  }

  private List<Continuation> parts() {
    return examples.stream().flatMap(e -> e.parts.stream()).collect(Collectors.toList());
  }

  @Override
  public JsonObject example(int index) {
    JsonObject example = new JsonObject();
    example.addProperty("tokens", examples.get(index).tokens);
    return example;
  }

  @Override
  public TaskScores evaluate(Model model) {
    double[] parts = new Likelihoods(name(), "perplexity", batchSize(), padId).nll(parts(), model);
    ImmutableDoubleArray.Builder sums = ImmutableDoubleArray.builder(examples.size());
    int at = 0;
    for (Example example : examples) {
      double sum = 0;
      for (int i = 0; i < example.parts.size(); i++) {
        sum += parts[at++];
      }
      sums.add(sum);
    }
    ImmutableDoubleArray nll = sums.build();
    return new TaskScores(name(), metrics(nll), index -> prediction(nll.get(index)));
  }

  private static JsonElement prediction(double nll) {
    JsonObject prediction = new JsonObject();
    prediction.add("nll", SampleLog.number(nll));
    return prediction;
  }

  private ImmutableList<MetricScores> metrics(ImmutableDoubleArray nll) {
    return units.stream().map(unit -> metric(unit, nll)).collect(ImmutableList.toImmutableList());
  }

  private MetricScores metric(TaskKind.Unit unit, ImmutableDoubleArray nll) {
    return switch (unit) {
      case TOKEN -> new Perplexity(nll, counts(Example::tokens));
      case WORD -> new Perplexity("word_perplexity", nll, counts(Example::words));
      case BYTE -> new Perplexity("byte_perplexity", nll, counts(Example::bytes));
    };
  }

  private ImmutableIntArray counts(ToIntFunction<Example> unit) {
    return ImmutableIntArray.copyOf(examples.stream().mapToInt(unit));
  }
}
