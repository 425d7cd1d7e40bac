package org.fnprune.recipe;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The types of task by their names in task files: the one place that knows their keys. */
final class TaskKinds {

  private static final int TEXT_TOKENS = 256;
  private static final int WINDOW_TOKENS = 384;

  /**
   * A type of task.
   *
   * @param keys beyond those that every task has
   * @param reader of their values
   */
  record Type(ImmutableList<String> keys, Function<TaskKeys, TaskKind> reader) {}

  static final ImmutableMap<String, Type> ALL =
      ImmutableMap.<String, Type>builder()
          .put(
              "classification",
              type(
                  TaskKinds::classification,
                  "text",
                  "text_pair",
                  "label",
                  "labels",
                  "max_seq_length"))
          .put(
              "similarity",
              type(
                  keys -> similarity(keys, "text_pair"),
                  "text",
                  "text_pair",
                  "label",
                  "score",
                  "pooling",
                  "max_seq_length"))
          .put(
              "regression",
              type(keys -> similarity(keys, ""), "text", "text_pair", "label", "max_seq_length"))
          .put(
              "perplexity",
              type(
                  TaskKinds::perplexity,
                  "text",
                  "lines",
                  "document",
                  "max_seq_length",
                  "stride",
                  "rolling",
                  "units"))
          .put(
              "multiple-choice",
              type(
                  TaskKinds::multipleChoice,
                  "prompt",
                  "choices",
                  "label",
                  "target_delimiter",
                  "max_seq_length"))
          .put(
              "generation",
              type(TaskKinds::generation, "prompt", "answer", "decoding", "max_new_tokens", "stop"))
          .put(
              "question-answering",
              type(
                  TaskKinds::questionAnswering,
                  "context",
                  "question",
                  "answers",
                  "max_seq_length",
                  "stride",
                  "max_answer_length",
                  "n_best",
                  "no_answer"))
          .put(
              "embedding",
              type(
                  TaskKinds::embedding, "text", "lines", "pooling", "neighbours", "max_seq_length"))
          .put(
              "image-classification",
              type(
                  TaskKinds::imageClassification,
                  "image",
                  "label",
                  "labels",
                  "resize",
                  "crop",
                  "rescale",
                  "mean",
                  "std"))
          .put("fidelity", type(TaskKinds::fidelity, "text", "lines", "max_seq_length"))
          .build();

  private TaskKinds() {}

  private static Type type(Function<TaskKeys, TaskKind> reader, String... keys) {
    return new Type(ImmutableList.copyOf(keys), reader);
  }

  private static TaskKind classification(TaskKeys keys) {
    return new TaskKind.Classification(
        keys.text("text"),
        keys.textOrNone("text_pair"),
        keys.string("label", "label"),
        keys.labels(),
        keys.integer("max_seq_length", 1, TEXT_TOKENS));
  }

  /**
   * A regression is a similarity of one text.
   *
   * @param pair the field with the second text where the file names none; empty for none
   */
  private static TaskKind similarity(TaskKeys keys, String pair) {
    return new TaskKind.Similarity(
        keys.text("text"),
        pair.isEmpty() ? keys.textOrNone("text_pair") : keys.text("text_pair", pair),
        keys.string("label", "label"),
        keys.oneOf("score", Names.all(TaskKind.Score.class), TaskKind.Score.OUTPUT),
        pooling(keys),
        keys.integer("max_seq_length", 1, TEXT_TOKENS));
  }

  private static TaskKind.Pooling pooling(TaskKeys keys) {
    return keys.oneOf("pooling", Names.all(TaskKind.Pooling.class), TaskKind.Pooling.AUTO);
  }

  private static TaskKind perplexity(TaskKeys keys) {
    int length = keys.integer("max_seq_length", 1, TEXT_TOKENS);
    boolean rolling = keys.bool("rolling");
    Setting stride = keys.root().find("stride");
    if (stride != null && stride.integer(1, 1 << 20) > length) {
      throw stride.refuse(
          "is more than max_seq_length " + length + ": tokens between windows would not count",
          "write " + length + " or less");
    }
    if (stride != null && rolling) {
      throw stride.refuse("does not go with rolling: true", "remove one of them");
    }
    return new TaskKind.Perplexity(
        keys.text("text"),
        keys.bool("lines"),
        keys.bool("document"),
        length,
        keys.integer("stride", 1, 0),
        rolling,
        units(keys.root().find("units"), rolling));
  }

  /** The harness reports words and bytes; everyone else reports tokens. */
  private static ImmutableList<TaskKind.Unit> units(@Nullable Setting setting, boolean rolling) {
    if (setting == null) {
      return rolling
          ? ImmutableList.copyOf(TaskKind.Unit.values())
          : ImmutableList.of(TaskKind.Unit.TOKEN);
    }
    ImmutableList<TaskKind.Unit> units =
        setting.elements().stream()
            .map(item -> item.oneOf(Names.all(TaskKind.Unit.class)))
            .collect(ImmutableList.toImmutableList());
    if (units.isEmpty() || ImmutableSet.copyOf(units).size() < units.size()) {
      throw setting.refuse("must name units, each once", "write [token, word, byte]");
    }
    return units;
  }

  private static TaskKind multipleChoice(TaskKeys keys) {
    Setting choices = keys.root().find("choices");
    boolean listed = choices != null && choices.form() == Setting.Form.LIST;
    return new TaskKind.MultipleChoice(
        keys.text("prompt"),
        listed ? choices(requireNonNull(choices)) : ImmutableList.of(),
        listed ? "" : keys.string("choices", "choices"),
        keys.string("label", "label"),
        keys.anyText("target_delimiter", " "),
        keys.integer("max_seq_length", 2, 0));
  }

  private static ImmutableList<Template> choices(Setting list) {
    if (list.items().size() < 2) {
      throw list.refuse("must have at least two choices", "list all of them");
    }
    return list.items().stream().map(Template::parse).collect(ImmutableList.toImmutableList());
  }

  /** How the answer is checked. */
  private enum Decoding {
    TEACHER_FORCED,
    GREEDY
  }

  private static TaskKind generation(TaskKeys keys) {
    Decoding decoding = keys.oneOf("decoding", Names.all(Decoding.class), Decoding.TEACHER_FORCED);
    for (String key : ImmutableList.of("max_new_tokens", "stop")) {
      Setting setting = keys.root().find(key);
      if (setting != null && decoding != Decoding.GREEDY) {
        throw setting.refuse("belongs to decoding: greedy", "add 'decoding: greedy', or remove it");
      }
    }
    return new TaskKind.Generation(
        keys.text("prompt"),
        keys.text("answer"),
        decoding == Decoding.GREEDY
            ? new TaskKind.Greedy(keys.integer("max_new_tokens", 1, 32), keys.texts("stop"))
            : null);
  }

  private static TaskKind questionAnswering(TaskKeys keys) {
    return new TaskKind.QuestionAnswering(
        keys.text("context"),
        keys.text("question"),
        keys.string("answers", "answers"),
        keys.integer("max_seq_length", 1, WINDOW_TOKENS),
        keys.integer("stride", 0, 128),
        keys.integer("max_answer_length", 1, 30),
        keys.integer("n_best", 1, 20),
        keys.bool("no_answer"));
  }

  private static TaskKind embedding(TaskKeys keys) {
    return new TaskKind.Embedding(
        keys.text("text"),
        keys.bool("lines"),
        pooling(keys),
        keys.integer("neighbours", 1, 10),
        keys.integer("max_seq_length", 1, TEXT_TOKENS));
  }

  private static TaskKind imageClassification(TaskKeys keys) {
    return new TaskKind.ImageClassification(
        keys.string("image", "image"),
        keys.string("label", "label"),
        keys.labels(),
        new TaskKind.Pixels(
            keys.sizes("resize"),
            keys.integer("crop", 1, 0),
            keys.number("rescale", 1 / 255.0),
            keys.channels("mean", 0, true),
            keys.channels("std", 1, false)));
  }

  private static TaskKind fidelity(TaskKeys keys) {
    return new TaskKind.Fidelity(
        keys.text("text"), keys.bool("lines"), keys.integer("max_seq_length", 1, TEXT_TOKENS));
  }
}
