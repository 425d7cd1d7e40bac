package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.common.UsageException;
import org.fnprune.data.Batches;
import org.fnprune.data.Row;
import org.fnprune.data.TokenPair;
import org.fnprune.data.Tokenizer;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.TaskDefinition;
import org.fnprune.recipe.TaskKind;
import org.fnprune.recipe.Template;

/**
 * How a model's score of a text or a pair goes with a number: Spearman's and Pearson's correlation.
 * The score is the model's only output number, or the cosine of two texts' embeddings.
 */
final class SimilarityTask extends LoadedTask implements LabelledTask {

  private static final int FEWEST = 2;

  /**
   * @param inputs one that holds text or pair, or the two texts apart
   */
  private record Example(Row row, ImmutableList<TokenPair> inputs, double label) {}

  private final TextInput input;
  private final ImmutableList<Example> examples;
  private final Scorer scorer;

  /** Gives every example a number. */
  @FunctionalInterface
  private interface Scorer {
    double[] scores(List<Example> examples, Model model);
  }

  private SimilarityTask(
      TaskDefinition definition,
      TextInput input,
      List<Example> examples,
      int skipped,
      Scorer scorer) {
    super(definition, skipped);
    this.input = input;
    this.examples = ImmutableList.copyOf(examples);
    this.scorer = scorer;
  }

  /**
   * Reads and tokenises the rows.
   *
   * @throws UsageException for unusable rows, with file and line
   */
  static SimilarityTask load(
      TaskDefinition definition, TaskKind.Similarity kind, TaskInputs inputs) {
    TextInput input = new TextInput(kind.text(), kind.textPair(), kind.maxSeqLength());
    Tokenizer tokenizer = inputs.tokens();
    boolean cosine = kind.score() == TaskKind.Score.COSINE;
    List<Row> rows = Rows.read(definition, inputs.limit(), input.fields(kind.label()));
    List<Example> examples =
        rows.stream()
            .map(row -> new Example(row, encode(input, row, cosine, tokenizer), label(kind, row)))
            .filter(e -> e.inputs.stream().noneMatch(tokens -> tokens.ids().isEmpty()))
            .toList();
    if (examples.size() < FEWEST) {
      throw new UsageException(
          "task '" + definition.name() + "' has fewer than two usable rows",
          "a correlation needs two rows or more");
    }
    int padId = tokenizer.padId();
    Embedder embedder =
        new Embedder(definition.name(), kind.pooling(), definition.batchSize(), padId);
    return new SimilarityTask(
        definition,
        input,
        examples,
        rows.size() - examples.size(),
        cosine
            ? (all, model) -> cosines(all, embedder, model)
            : (all, model) -> outputs(definition, all, padId, model));
  }

  private static ImmutableList<TokenPair> encode(
      TextInput input, Row row, boolean apart, Tokenizer tokenizer) {
    Template pair = input.pair();
    if (!apart || pair == null) {
      return ImmutableList.of(input.encode(row, tokenizer));
    }
    return ImmutableList.of(
        new TextInput(input.text(), null, input.maxTokens()).encode(row, tokenizer),
        new TextInput(pair, null, input.maxTokens()).encode(row, tokenizer));
  }

  private static double label(TaskKind.Similarity kind, Row row) {
    String label = row.get(kind.label());
    try {
      double value = Double.parseDouble(label);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Refused below, as what is no finite number is.
    }
    throw row.refuse("label '" + label + "' is not a number", "give every row a number");
  }

  private static double[] outputs(
      TaskDefinition definition, List<Example> examples, int padId, Model model) {
    double[] scores = new double[examples.size()];
    List<TokenPair> tokens = examples.stream().map(e -> e.inputs.get(0)).toList();
    for (Batches.Indexed batch : Batches.ofPairs(tokens, definition.batchSize(), padId)) {
      Logits logits = model.predict(batch.batch());
      LogitRows.requireScore(definition.name(), batch.batch(), logits);
      for (int row = 0; row < batch.rows().length(); row++) {
        scores[batch.rows().get(row)] = logits.values().get(row);
      }
    }
    return scores;
  }

  private static double[] cosines(List<Example> examples, Embedder embedder, Model model) {
    Matrix first = embedder.unitVectors(side(examples, 0), model);
    Matrix second = embedder.unitVectors(side(examples, 1), model);
    return IntStream.range(0, examples.size())
        .mapToDouble(i -> Embedder.dot(first.row(i), second.row(i)))
        .toArray();
  }

  private static List<ImmutableIntArray> side(List<Example> examples, int which) {
    return examples.stream().map(e -> e.inputs.get(which).ids()).toList();
  }

  @Override
  public int longest() {
    return examples.stream()
        .flatMap(e -> e.inputs.stream())
        .mapToInt(tokens -> tokens.ids().length())
        .max()
        .orElse(0);
  }

  @Override
  public JsonObject example(int index) {
    Example example = examples.get(index);
    return SampleLog.example(input.json(example.row), SampleLog.number(example.label));
  }

  @Override
  public TaskScores evaluate(Model model) {
    ImmutableDoubleArray scores = ImmutableDoubleArray.copyOf(scorer.scores(examples, model));
    ImmutableDoubleArray labels =
        ImmutableDoubleArray.copyOf(examples.stream().mapToDouble(Example::label));
    return new TaskScores(
        name(),
        ImmutableList.of(
            new Correlation(Correlation.Rule.SPEARMAN, scores, labels),
            new Correlation(Correlation.Rule.PEARSON, scores, labels)),
        index -> SampleLog.number(scores.get(index)));
  }
}
