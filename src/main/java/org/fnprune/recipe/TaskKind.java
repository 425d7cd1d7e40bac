package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import org.jspecify.annotations.Nullable;

/** What a task measures, with the keys that belong to it. A text is a field or a template. */
public sealed interface TaskKind {

  /**
   * Sorts texts, or pairs of texts, into classes.
   *
   * @param textPair the second text of a pair; null for single texts
   * @param label the field with the class
   * @param labels names of the classes in the order of the model's logits; empty when the rows hold
   *     class numbers
   * @param maxSeqLength longer texts are cut to this many tokens
   */
  record Classification(
      Template text,
      @Nullable Template textPair,
      String label,
      ImmutableList<String> labels,
      int maxSeqLength)
      implements TaskKind {}

  /**
   * How a model's score of a text or of two goes with a number.
   *
   * @param textPair the second text; null for single texts
   * @param label the field with the number
   * @param maxSeqLength longer texts are cut to this many tokens
   */
  record Similarity(
      Template text,
      @Nullable Template textPair,
      String label,
      Score score,
      Pooling pooling,
      int maxSeqLength)
      implements TaskKind {}

  /** What a similarity task takes as the model's score. */
  enum Score {
    /** The model's only output number; of a pair, both texts are one input. */
    OUTPUT,
    /** The cosine of the two texts' embeddings. */
    COSINE
  }

  /** How token vectors become the embedding of a text. */
  enum Pooling {
    /** An output that is one vector per text as it is, else the mean. */
    AUTO,
    /** The mean over the tokens. */
    MEAN,
    /** The first token's. */
    CLS,
    /** The last token's. */
    LAST
  }

  /**
   * How well text is predicted.
   *
   * @param lines for plain text: each line is a document
   * @param document whether rows are joined by blank lines to one document
   * @param maxSeqLength tokens of a window; without {@code stride} and {@code rolling}, rows are
   *     cut to one window
   * @param stride how far the next window starts behind the last one; 0 for windows that do not
   *     overlap
   * @param rolling whether every token counts, the first one after a begin token, as
   *     lm-evaluation-harness has it
   * @param units what perplexity is per, at least one; the first is the gate's
   */
  record Perplexity(
      Template text,
      boolean lines,
      boolean document,
      int maxSeqLength,
      int stride,
      boolean rolling,
      ImmutableList<Unit> units)
      implements TaskKind {}

  /** What the likelihood of a text is spread over. */
  enum Unit {
    TOKEN,
    WORD,
    BYTE
  }

  /**
   * Which continuation of a prompt is likeliest.
   *
   * @param choices the continuations; empty when {@code choicesField} has them
   * @param choicesField the field with a list of continuations; empty when {@code choices} has them
   * @param label the field with the right one's number or text
   * @param delimiter what stands between prompt and continuation
   * @param maxSeqLength prompts lose tokens at their start to fit into this many; 0 keeps them
   */
  record MultipleChoice(
      Template prompt,
      ImmutableList<Template> choices,
      String choicesField,
      String label,
      String delimiter,
      int maxSeqLength)
      implements TaskKind {}

  /**
   * Whether a prompt is continued with the answer.
   *
   * @param greedy how text is decoded; null when only the answer's tokens are checked
   */
  record Generation(Template prompt, Template answer, @Nullable Greedy greedy)
      implements TaskKind {}

  /**
   * Greedy decoding.
   *
   * @param maxNewTokens tokens at most
   * @param stop texts before which the answer ends
   */
  record Greedy(int maxNewTokens, ImmutableList<String> stop) {}

  /**
   * Where in a context the answer to a question is.
   *
   * @param answers the field with the right answer, or a list of them
   * @param maxSeqLength tokens of question and context together; longer contexts take several
   *     windows
   * @param stride tokens that two windows share
   * @param maxAnswerLength tokens of an answer at most
   * @param nBest starts and ends that are combined
   * @param noAnswer whether "no answer" is an answer (SQuAD 2)
   */
  record QuestionAnswering(
      Template context,
      Template question,
      String answers,
      int maxSeqLength,
      int stride,
      int maxAnswerLength,
      int nBest,
      boolean noAnswer)
      implements TaskKind {}

  /**
   * How alike embeddings are to the dense model's.
   *
   * @param lines for plain text: each line is a text
   * @param neighbours nearest texts that are compared
   * @param maxSeqLength longer texts are cut to this many tokens
   */
  record Embedding(Template text, boolean lines, Pooling pooling, int neighbours, int maxSeqLength)
      implements TaskKind {}

  /**
   * Sorts images into classes.
   *
   * @param image the field with an image's file; not used for folders and arrays
   * @param label the field with the class, or for an array of images the file with their classes
   * @param labels names of the classes in the order of the model's logits; empty when the rows hold
   *     class numbers or the folders are in that order
   */
  record ImageClassification(
      String image, String label, ImmutableList<String> labels, Pixels pixels)
      implements TaskKind {}

  /**
   * How an image becomes the model's input.
   *
   * @param resize the shorter side's length, or height and width; empty keeps the image's
   * @param crop side of the square at the centre; 0 keeps all
   * @param rescale what a pixel from 0 to 255 is multiplied by
   * @param mean of each channel, taken away after that; one value is for all
   * @param std of each channel, divided by then; one value is for all
   */
  record Pixels(
      ImmutableIntArray resize,
      int crop,
      double rescale,
      ImmutableDoubleArray mean,
      ImmutableDoubleArray std) {}

  /**
   * How alike a model's outputs are to the dense model's, on text without labels.
   *
   * @param lines for plain text: each line is a document
   * @param maxSeqLength longer texts are cut to this many tokens; windows of a document have as
   *     many
   */
  record Fidelity(Template text, boolean lines, int maxSeqLength) implements TaskKind {}
}
