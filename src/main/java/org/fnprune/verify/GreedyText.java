package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.data.Batches;
import org.fnprune.data.TokenBatch;
import org.fnprune.data.Tokenizer;
import org.fnprune.recipe.TaskKind;

/**
 * Greedy decoding: the likeliest token again and again, until a stop text or an end token comes or
 * there are enough.
 */
final class GreedyText {

  private final TaskKind.Greedy options;
  private final TextMarks marks;
  private final Tokenizer tokenizer;
  private final String task;

  /**
   * Decodes with these options.
   *
   * @param task named in errors
   */
  GreedyText(TaskKind.Greedy options, TextMarks marks, Tokenizer tokenizer, String task) {
    this.options = options;
    this.marks = marks;
    this.tokenizer = tokenizer;
    this.task = task;
  }

  /** One text that grows. */
  private final class Answer {
    private final List<Integer> tokens = new ArrayList<>();
    private String text = "";
    private boolean ended = false;

    void add(int token) {
      if (ended || token < 0 || marks.ends().contains(token)) {
        ended = true;
        return;
      }
      tokens.add(token);
      text = tokenizer.decode(ImmutableIntArray.copyOf(tokens));
      int stop =
          options.stop().stream()
              .mapToInt(text::indexOf)
              .filter(at -> at >= 0)
              .min()
              .orElse(text.length());
      ended = stop < text.length() || tokens.size() == options.maxNewTokens();
      text = text.substring(0, stop);
    }
  }

  /** What the model writes behind each prompt; prompts of one length run together. */
  List<String> continuations(List<ImmutableIntArray> prompts, int batchSize, Model model) {
    String[] texts = new String[prompts.size()];
    for (Batches.Indexed indexed : Batches.ofOneLength(prompts, batchSize, tokenizer.padId())) {
      List<String> answers = decode(indexed.batch(), model);
      for (int row = 0; row < answers.size(); row++) {
        texts[indexed.rows().get(row)] = answers.get(row);
      }
    }
    return Arrays.asList(texts);
  }

  /** Rows that have ended are fed on, since a cache cannot lose them, but nobody listens. */
  private List<String> decode(TokenBatch prompts, Model model) {
    List<Answer> answers =
        IntStream.range(0, prompts.size()).mapToObj(row -> new Answer()).toList();
    try (Decoding decoding = model.decoding()) {
      TokenBatch next = prompts;
      while (!answers.stream().allMatch(answer -> answer.ended)) {
        ImmutableIntArray said = likeliest(next, decoding.feed(next));
        for (int row = 0; row < answers.size(); row++) {
          answers.get(row).add(said.get(row));
        }
        next =
            new TokenBatch(
                said.stream()
                    .mapToObj(token -> ImmutableIntArray.of(Math.max(0, token)))
                    .collect(ImmutableList.toImmutableList()),
                prompts.padId());
      }
    }
    return answers.stream().map(answer -> answer.text).toList();
  }

  private ImmutableIntArray likeliest(TokenBatch fed, Logits logits) {
    LogitRows.requireDecoder(task, fed, logits);
    int length = logits.shape().get(1);
    int classes = logits.classes();
    return ImmutableIntArray.copyOf(
        IntStream.range(0, fed.size())
            .map(
                row ->
                    LogitRows.argmax(
                        logits.values(), (row * length + length - 1) * classes, classes)));
  }
}
