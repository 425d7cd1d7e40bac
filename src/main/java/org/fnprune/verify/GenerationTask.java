package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.fnprune.data.Row;
import org.fnprune.data.Tokenizer;
import org.fnprune.recipe.TaskDefinition;
import org.fnprune.recipe.TaskKind;
import org.jspecify.annotations.Nullable;

/**
 * Whether greedy decoding continues a prompt with the answer.
 *
 * <p>Unless {@code decoding: greedy} is asked for, nothing is decoded: prompt and answer go through
 * the model once, and the answer counts as given when each of its tokens is the argmax at its
 * place. That is the same thing. Greedy decoding emits the answer's first token exactly if it is
 * the argmax after the prompt; if it has emitted the first t answer tokens, its context equals the
 * teacher-forced one, so it emits the next one exactly if that is the argmax there; and after the
 * first miss both say no. What a model would emit after the answer is not looked at: put the
 * terminator (a newline, say) into the answer if it matters.
 *
 * <p>Really decoded text is compared as text, without white space at its ends: {@code exact_match},
 * and {@code f1} of the words as SQuAD counts them.
 */
final class GenerationTask extends LoadedTask implements LabelledTask {

  /**
   * @param ids prompt, and the answer where its tokens are checked
   * @param context tokens of the prompt
   */
  private record Example(String prompt, String answer, ImmutableIntArray ids, int context) {}

  private final TaskKind.@Nullable Greedy greedy;
  private final ImmutableList<Example> examples;
  private final TextMarks marks;
  private final Supplier<Tokenizer> tokenizers;
  private final int padId;

  private GenerationTask(
      TaskDefinition definition,
      TaskKind.@Nullable Greedy greedy,
      List<Example> examples,
      TaskInputs inputs) {
    super(definition, 0);
    this.greedy = greedy;
    this.examples = ImmutableList.copyOf(examples);
    this.marks = inputs.marks();
    this.tokenizers = inputs.tokens()::reopened;
    this.padId = inputs.tokens().padId();
  }

  /**
   * Reads and tokenises the rows.
   *
   * @throws org.fnprune.common.UsageException for unusable rows, with file and line
   */
  static GenerationTask load(
      TaskDefinition definition, TaskKind.Generation kind, TaskInputs inputs) {
    List<Example> examples =
        Rows.read(
                definition,
                inputs.limit(),
                Rows.fields(ImmutableList.of(kind.prompt(), kind.answer())))
            .stream()
            .map(row -> example(kind, row, inputs))
            .toList();
    return new GenerationTask(definition, kind.greedy(), examples, inputs);
  }

  private static Example example(TaskKind.Generation kind, Row row, TaskInputs inputs) {
    String prompt = Rows.text(kind.prompt(), row);
    String answer = Rows.text(kind.answer(), row);
    String promptName = kind.prompt().described("prompt");
    if (kind.greedy() != null) {
      ImmutableIntArray ids = Continuation.context(prompt, row, promptName, inputs);
      return new Example(prompt, answer, ids, ids.length());
    }
    Continuation tokens =
        Continuation.of(prompt, answer, row, promptName, kind.answer().described("answer"), inputs);
    return new Example(prompt, answer, tokens.ids(), tokens.context());
  }

  @Override
  public int longest() {
    return examples.stream()
        .mapToInt(
            example ->
                greedy == null
                    ? example.ids.length() - 1
                    : example.context + greedy.maxNewTokens() - 1)
        .max()
        .orElse(0);
  }

  @Override
  public JsonObject example(int index) {
    Example example = examples.get(index);
    return SampleLog.example(SampleLog.text(example.prompt), SampleLog.text(example.answer));
  }

  @Override
  public TaskScores evaluate(Model model) {
    return greedy == null ? checked(model) : decoded(model, greedy);
  }

  private TaskScores checked(Model model) {
    List<Continuation> tokens =
        examples.stream().map(e -> new Continuation(e.ids, e.context)).toList();
    double[] right =
        new Likelihoods(name(), "generation", batchSize(), padId).greedy(tokens, model);
    return new TaskScores(
        name(), ImmutableList.of(Proportion.of("exact_match", right.length, i -> right[i] == 1)));
  }

  private TaskScores decoded(Model model, TaskKind.Greedy options) {
    List<String> said;
    try (Tokenizer tokenizer = tokenizers.get()) {
      said =
          new GreedyText(options, marks, tokenizer, name())
              .continuations(examples.stream().map(Example::ids).toList(), batchSize(), model);
    }
    double[] f1 =
        IntStream.range(0, said.size())
            .mapToDouble(i -> AnswerText.f1(said.get(i), examples.get(i).answer))
            .toArray();
    return new TaskScores(
        name(),
        ImmutableList.of(
            Proportion.of(
                "exact_match",
                said.size(),
                i -> said.get(i).strip().equals(examples.get(i).answer.strip())),
            Mean.of("f1", true, f1)),
        i -> SampleLog.text(said.get(i)));
  }
}
