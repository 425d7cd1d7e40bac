package org.fnprune.verify;

import com.google.common.primitives.ImmutableIntArray;
import org.fnprune.data.Row;
import org.fnprune.data.Tokenizer;

/**
 * Tokens and how many of them are only there to predict the others.
 *
 * @param ids context and continuation
 * @param context number of tokens before the continuation, at least one
 */
record Continuation(ImmutableIntArray ids, int context) {

  Continuation {
    if (context < 1 || context >= ids.length()) {
      throw new IllegalArgumentException(context + " of " + ids.length() + " tokens are context");
    }
  }

  /** The tokens of a window that count, behind those that do not. */
  static Continuation of(ImmutableIntArray ids, Window window) {
    return new Continuation(
        ids.subArray(window.from(), window.to()), window.scored() - window.from());
  }

  /**
   * Tokenised as lm-evaluation-harness does: white space at the end of the prompt goes over to the
   * answer; prompt and prompt + answer are tokenised, and what the longer has more is the answer.
   * The model sees the prompt's own tokens, even where the two would merge at the seam, as in real
   * decoding. Special tokens in front stay (the harness's {@code add_bos_token=True}), those behind
   * are left out. A prompt without tokens is the begin token, if there is one.
   *
   * @param promptName how errors name the prompt
   * @param answerName how errors name the answer
   * @throws org.fnprune.common.UsageException when either has no tokens
   */
  static Continuation of(
      String prompt,
      String answer,
      Row row,
      String promptName,
      String answerName,
      TaskInputs inputs) {
    Tokenizer tokenizer = inputs.tokens();
    int skipped = tokenizer.encode(WhiteSpace.stripEnd(prompt), Tokenizer.Special.LEADING).length();
    ImmutableIntArray context = context(prompt, row, promptName, inputs);
    ImmutableIntArray whole = tokenizer.encode(prompt + answer, Tokenizer.Special.LEADING);
    if (whole.length() <= skipped) {
      throw row.refuse(answerName + " adds no tokens to the prompt", "give every row an answer");
    }
    return new Continuation(
        ImmutableIntArray.builder(context.length() + whole.length() - skipped)
            .addAll(context)
            .addAll(whole.subArray(skipped, whole.length()))
            .build(),
        context.length());
  }

  /**
   * The tokens of a prompt.
   *
   * @throws org.fnprune.common.UsageException when it has none and there is no begin token
   */
  static ImmutableIntArray context(String prompt, Row row, String promptName, TaskInputs inputs) {
    ImmutableIntArray context =
        inputs.tokens().encode(WhiteSpace.stripEnd(prompt), Tokenizer.Special.LEADING);
    if (!context.isEmpty()) {
      return context;
    }
    return ImmutableIntArray.of(
        inputs
            .marks()
            .begin()
            .orElseThrow(
                () ->
                    row.refuse(
                        promptName + " has no tokens, so nothing predicts the answer",
                        "give every row a prompt")));
  }

  /** What the model sees: the last token predicts nothing that counts. */
  ImmutableIntArray input() {
    return ids.subArray(0, ids.length() - 1);
  }

  /** Tokens that count. */
  int count() {
    return ids.length() - context;
  }

  /** The same with an input of at most {@code tokens}: the context loses its first ones. */
  Continuation keepingLast(int tokens) {
    int cut = Math.max(0, Math.min(context - 1, input().length() - tokens));
    return new Continuation(ids.subArray(cut, ids.length()), context - cut);
  }
}
