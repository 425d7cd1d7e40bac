package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import org.fnprune.data.Batches;
import org.fnprune.data.Datasets;
import org.fnprune.data.Row;
import org.fnprune.data.Tokenizer;
import org.fnprune.recipe.TaskDefinition;

/**
 * Whether greedy decoding continues a prompt with exactly the answer.
 *
 * <p>Nothing is decoded: prompt and answer go through the model once, and the answer counts as
 * given when each of its tokens is the argmax at its place. That is the same thing. Greedy decoding
 * emits the answer's first token exactly if it is the argmax after the prompt; if it has emitted
 * the first t answer tokens, its context equals the teacher-forced one, so it emits the next one
 * exactly if that is the argmax there; and after the first miss both say no. What a model would
 * emit after the answer is not looked at: put the terminator (a newline, say) into the answer if it
 * matters.
 *
 * <p>Tokenised as lm-evaluation-harness does: spaces at the end of the prompt go over to the
 * answer; prompt and prompt + answer are tokenised, and what the longer has more is the answer. The
 * model sees the prompt's own tokens, even where the two would merge at the seam, as in real
 * decoding. Special tokens in front stay (the harness's {@code add_bos_token=True}), those behind
 * are left out.
 */
public final class GenerationTask implements Task {

  /**
   * @param ids prompt and answer
   * @param prompt number of tokens before the answer
   */
  private record Example(ImmutableIntArray ids, int prompt) {}

  private final TaskDefinition definition;
  private final ImmutableList<Example> examples;
  private final int padId;

  private GenerationTask(TaskDefinition definition, List<Example> examples, int padId) {
    this.definition = definition;
    this.examples = ImmutableList.copyOf(examples);
    this.padId = padId;
  }

  /**
   * Reads and tokenises the rows.
   *
   * @param limit at most this many rows; 0 for all
   * @throws org.fnprune.common.UsageException for unusable rows, with file and line
   */
  static GenerationTask load(
      TaskDefinition definition, Datasets datasets, Tokenizer tokenizer, int limit) {
    ImmutableSet<String> fields = ImmutableSet.of(definition.prompt(), definition.answer());
    List<Example> examples =
        datasets.read(definition.dataset(), fields, true, limit).rows().stream()
            .map(row -> example(definition, row, tokenizer))
            .toList();
    return new GenerationTask(definition, examples, tokenizer.padId());
  }

  private static Example example(TaskDefinition definition, Row row, Tokenizer tokenizer) {
    String prompt = row.get(definition.prompt());
    String whole = prompt + row.get(definition.answer());
    ImmutableIntArray context = tokenizer.encode(prompt.stripTrailing(), Tokenizer.Special.LEADING);
    ImmutableIntArray ids = tokenizer.encode(whole, Tokenizer.Special.LEADING);
    if (context.isEmpty()) {
      throw row.refuse(
          "field '" + definition.prompt() + "' has no tokens, so nothing predicts the answer",
          "give every row a prompt");
    }
    if (ids.length() <= context.length()) {
      throw row.refuse(
          "field '" + definition.answer() + "' adds no tokens to the prompt",
          "give every row an answer");
    }
    return new Example(
        ImmutableIntArray.builder(ids.length())
            .addAll(context)
            .addAll(ids.subArray(context.length(), ids.length()))
            .build(),
        context.length());
  }

  @Override
  public String name() {
    return definition.name();
  }

  @Override
  public int skipped() {
    return 0;
  }

  @Override
  public int longest() {
    return examples.stream().mapToInt(example -> example.ids.length() - 1).max().orElse(0);
  }

  @Override
  public TaskScores evaluate(Predictor model) {
    int[] correct = new int[examples.size()];
    // The last token predicts nothing that counts, so the model does not see it.
    List<ImmutableIntArray> inputs =
        examples.stream().map(e -> e.ids.subArray(0, e.ids.length() - 1)).toList();
    for (Batches.Indexed batch : Batches.byLength(inputs, definition.batchSize(), padId)) {
      Logits logits = model.predict(batch.batch());
      LogitRows.requireLanguageModel(name(), "generation", batch.batch(), logits);
      for (int row = 0; row < batch.rows().length(); row++) {
        int index = batch.rows().get(row);
        int start = row * batch.batch().length() * logits.classes();
        correct[index] = matches(examples.get(index), logits, start) ? 1 : 0;
      }
    }
    return new TaskScores(
        name(), ImmutableList.of(new Proportion("exact_match", ImmutableIntArray.copyOf(correct))));
  }

  private static boolean matches(Example example, Logits logits, int start) {
    int classes = logits.classes();
    for (int t = example.prompt; t < example.ids.length(); t++) {
      int said = LogitRows.argmax(logits.values(), start + (t - 1) * classes, classes);
      if (said != example.ids.get(t)) {
        return false;
      }
    }
    return true;
  }
}
