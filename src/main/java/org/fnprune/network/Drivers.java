package org.fnprune.network;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.fnprune.capture.Captured;
import org.fnprune.capture.Projection;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.ZScore;

/**
 * What drives one functional network: the tokens and the places in the text at which its neurons
 * fire most. A network's activity at a token is c = Σ z_j (h_j − μ_j) / σ_j over its neurons with
 * |z_j| > 2, standardised over all tokens looked at: a spatial regression of one map, as a time
 * course is had of a brain map.
 *
 * @param tokens of the highest mean activity, highest first
 * @param excerpts around the highest peaks, highest first, that do not overlap
 */
public record Drivers(ImmutableList<Token> tokens, ImmutableList<Excerpt> excerpts) {

  /** Tokens and excerpts of each network at most. */
  private static final int TOKENS = 8;

  private static final int EXCERPTS = 3;

  /** Occurrences from which a mean says something of a token. */
  private static final int OFTEN = 3;

  /** Tokens shown on either side of a peak. */
  private static final int AROUND = 10;

  /**
   * A token of the vocabulary.
   *
   * @param activity mean over its occurrences, in standard deviations
   * @param count of its occurrences in the text looked at
   */
  public record Token(String text, double activity, int count) {}

  /**
   * A piece of the text.
   *
   * @param activity at its peak, in standard deviations
   * @param tokens their texts, in order
   * @param values the activity at each
   */
  public record Excerpt(
      double activity, ImmutableList<String> tokens, ImmutableList<Double> values) {

    public Excerpt {
      if (tokens.isEmpty() || tokens.size() != values.size()) {
        throw new IllegalArgumentException(tokens + " with " + values.size() + " values");
      }
    }
  }

  /**
   * What makes courses of a unit's signals: directions z_kj / σ_j of its key neurons, or of all
   * where none has |z| > 2.
   *
   * @param maps k × d, z-scored
   * @param moments of the signals that the maps are over
   * @return d × k
   */
  static Projection projection(Matrix maps, Captured moments) {
    Matrix variance = moments.variance();
    double[] ends =
        IntStream.range(0, maps.rows())
            .mapToDouble(k -> Arrays.stream(maps.row(k)).map(Math::abs).max().orElse(0))
            .map(peak -> peak > Thresholds.USUAL ? Thresholds.USUAL : 0)
            .toArray();
    Matrix directions =
        Matrix.tabulate(
            /* rows= */ maps.cols(),
            /* cols= */ maps.rows(),
            (j, k) -> {
              double z = maps.get(k, j);
              boolean counts = Math.abs(z) > ends[k] && variance.get(0, j) > 0;
              return counts ? z / Math.sqrt(variance.get(0, j)) : 0;
            });
    return new Projection(directions, moments.mean().times(directions).scaled(-1));
  }

  /**
   * What drives each network of one unit.
   *
   * @param courses T × k, in the order of the texts' tokens
   * @param texts token ids of each text
   * @param words the text of each token of a sequence
   */
  static ImmutableList<Drivers> of(
      Matrix courses,
      List<ImmutableIntArray> texts,
      Function<ImmutableIntArray, ImmutableList<String>> words) {
    Places places = Places.of(texts);
    Matrix byNetwork = courses.transposed();
    return IntStream.range(0, byNetwork.rows())
        .mapToObj(k -> of(ZScore.of(byNetwork.row(k)), places, words))
        .collect(ImmutableList.toImmutableList());
  }

  private static Drivers of(
      double[] course, Places places, Function<ImmutableIntArray, ImmutableList<String>> words) {
    boolean silent = Arrays.stream(course).allMatch(c -> c == 0);
    return silent
        ? new Drivers(ImmutableList.of(), ImmutableList.of())
        : new Drivers(tokens(course, places, words), excerpts(course, places, words));
  }

  private static ImmutableList<Token> tokens(
      double[] course, Places places, Function<ImmutableIntArray, ImmutableList<String>> words) {
    Map<Integer, List<Double>> values = new LinkedHashMap<>();
    for (int t = 0; t < course.length; t++) {
      values.computeIfAbsent(places.id(t), id -> new ArrayList<>()).add(course[t]);
    }
    int least = Math.min(OFTEN, values.values().stream().mapToInt(List::size).max().orElse(1));
    ImmutableMap.Builder<Integer, Double> means = ImmutableMap.builder();
    values.forEach(
        (id, all) -> {
          if (all.size() >= least) {
            means.put(id, all.stream().mapToDouble(v -> v).average().orElseThrow());
          }
        });
    return means.buildOrThrow().entrySet().stream()
        .filter(mean -> mean.getValue() > 0)
        .sorted(
            Comparator.comparingDouble((Map.Entry<Integer, Double> mean) -> -mean.getValue())
                .thenComparingInt(Map.Entry::getKey))
        .limit(TOKENS)
        .map(
            mean ->
                new Token(
                    String.join("", words.apply(ImmutableIntArray.of(mean.getKey()))),
                    mean.getValue(),
                    values.getOrDefault(mean.getKey(), List.of()).size()))
        .collect(ImmutableList.toImmutableList());
  }

  private static ImmutableList<Excerpt> excerpts(
      double[] course, Places places, Function<ImmutableIntArray, ImmutableList<String>> words) {
    List<Integer> peaks = new ArrayList<>();
    IntStream.range(0, course.length)
        .filter(t -> course[t] > 0)
        .boxed()
        .sorted(Comparator.comparingDouble(t -> -course[t]))
        .takeWhile(t -> peaks.size() < EXCERPTS)
        .filter(t -> peaks.stream().noneMatch(p -> places.areNear(p, t)))
        .forEachOrdered(peaks::add);
    return peaks.stream()
        .map(
            t -> {
              int from = Math.max(places.start(t), t - AROUND);
              int to = Math.min(places.end(t), t + AROUND + 1);
              return new Excerpt(
                  course[t],
                  words.apply(places.ids().subArray(from, to)),
                  IntStream.range(from, to)
                      .mapToObj(i -> course[i])
                      .collect(ImmutableList.toImmutableList()));
            })
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * Where the tokens of several texts, one behind the other, belong.
   *
   * @param ids of all tokens
   * @param starts where each text starts, and then where the last one ends
   * @param texts the text of each token
   */
  private record Places(ImmutableIntArray ids, ImmutableIntArray starts, ImmutableIntArray texts) {

    static Places of(List<ImmutableIntArray> sequences) {
      ImmutableIntArray.Builder ids = ImmutableIntArray.builder();
      ImmutableIntArray.Builder starts = ImmutableIntArray.builder().add(0);
      ImmutableIntArray.Builder texts = ImmutableIntArray.builder();
      int at = 0;
      for (int text = 0; text < sequences.size(); text++) {
        ids.addAll(sequences.get(text));
        for (int i = 0; i < sequences.get(text).length(); i++) {
          texts.add(text);
        }
        at += sequences.get(text).length();
        starts.add(at);
      }
      return new Places(ids.build(), starts.build(), texts.build());
    }

    int id(int token) {
      return ids.get(token);
    }

    int start(int token) {
      return starts.get(texts.get(token));
    }

    int end(int token) {
      return starts.get(texts.get(token) + 1);
    }

    /** Whether excerpts around both would overlap. */
    boolean areNear(int one, int other) {
      return texts.get(one) == texts.get(other) && Math.abs(one - other) <= 2 * AROUND;
    }
  }
}
