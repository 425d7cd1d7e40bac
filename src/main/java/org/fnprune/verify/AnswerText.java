package org.fnprune.verify;

import com.google.common.base.Splitter;
import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import com.google.common.collect.Multisets;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleBiFunction;
import java.util.regex.Pattern;

/**
 * How alike two answers are, after SQuAD's evaluation script: without case, ASCII punctuation,
 * articles and superfluous white space.
 */
final class AnswerText {

  private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");
  private static final Pattern ARTICLES =
      Pattern.compile("\\b(a|an|the)\\b", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Splitter WORDS =
      Splitter.on(Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS)).omitEmptyStrings();

  private AnswerText() {}

  /** The words that count. */
  static List<String> words(String text) {
    String bare = PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
    return WORDS.splitToList(ARTICLES.matcher(bare).replaceAll(" "));
  }

  /** 1 when the words are the same in the same order, else 0. */
  static double exactMatch(String said, String gold) {
    return words(said).equals(words(gold)) ? 1 : 0;
  }

  /**
   * 2·common/(said + gold) words, repeated ones as often as in both; where one has none, whether
   * neither has.
   */
  static double f1(String said, String gold) {
    Multiset<String> a = HashMultiset.create(words(said));
    Multiset<String> b = HashMultiset.create(words(gold));
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() && b.isEmpty() ? 1 : 0;
    }
    return 2.0 * Multisets.intersection(a, b).size() / (a.size() + b.size());
  }

  /** The best score over several right answers. */
  static double best(String said, List<String> golds, ToDoubleBiFunction<String, String> score) {
    return golds.stream().mapToDouble(gold -> score.applyAsDouble(said, gold)).max().orElse(0);
  }
}
