package org.fnprune.common;

import com.google.common.base.Strings;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that was probably meant, for the help under an error. */
public final class DidYouMean {

  /** Letters that tell what a word starts. */
  private static final int MIN_START = 3;

  private DidYouMean() {}

  /**
   * The candidate nearest to {@code word}, if it is near enough to be a slip: at most one edit per
   * three letters. Case and the difference between {@code -} and {@code _} do not count. Where none
   * is near, a candidate that starts with the word will do: {@code wanda} is {@code wanda-sp}.
   *
   * @return the nearest candidate; of equally near ones the one that starts most like the word,
   *     then the first in iteration order
   */
  public static Optional<String> suggest(String word, Collection<String> candidates) {
    String wanted = plain(word);
    int near = Math.max(1, wanted.length() / 3);
    Optional<String> slip =
        candidates.stream()
            .filter(c -> !c.isEmpty() && distance(wanted, plain(c)) <= near)
            .min(
                Comparator.comparingInt((String c) -> distance(wanted, plain(c)))
                    .thenComparingInt(c -> -Strings.commonPrefix(wanted, plain(c)).length()));
    return slip.or(
        () ->
            candidates.stream()
                .filter(c -> wanted.length() >= MIN_START && plain(c).startsWith(wanted))
                .findFirst());
  }

  /** "did you mean 'x'?" where something is near, else {@code otherwise}. */
  public static String help(String word, Collection<String> candidates, String otherwise) {
    return suggest(word, candidates).map(s -> "did you mean '" + s + "'?").orElse(otherwise);
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Damerau–Levenshtein distance in its restricted form (optimal string alignment): insertions,
   * deletions, substitutions and swaps of neighbours, each substring edited once.
   */
  static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(a, b, i, j, cost);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int cheapest(String a, String b, int i, int j, int[][] cost) {
    int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    int best = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
    best = Math.min(best, cost[i - 1][j - 1] + change);
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
  }
}
