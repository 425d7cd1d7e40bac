package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.stream.IntStream;
import org.fnprune.data.Samples.Sample;

/** Samples that are made when they are asked for: about twelve bytes of heap each, however long. */
final class PackedSamples extends AbstractList<Sample> implements RandomAccess {

  private final Sequences tokens;

  /** Of each sample, the place of its group's name. */
  private final ImmutableIntArray groups;

  private final ImmutableList<String> names;

  private PackedSamples(Sequences tokens, ImmutableIntArray groups, ImmutableList<String> names) {
    this.tokens = tokens;
    this.groups = groups;
    this.names = names;
  }

  /** A list of samples as it is. */
  static PackedSamples of(List<Sample> samples) {
    if (samples instanceof PackedSamples packed) {
      return packed;
    }
    Builder builder = new Builder();
    samples.forEach(sample -> builder.add(sample.ids(), sample.group()));
    return builder.build();
  }

  /** Collects samples. */
  static final class Builder {
    private final TokenStore tokens = new TokenStore();
    private final Map<String, Integer> places = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private int[] groups = new int[16];

    /** Adds a sample of at least one token. */
    void add(ImmutableIntArray ids, String group) {
      int size = tokens.size();
      if (size == groups.length) {
        groups = Arrays.copyOf(groups, Math.addExact(size, size / 2));
      }
      groups[size] =
          places.computeIfAbsent(
              group,
              name -> {
                names.add(name);
                return names.size() - 1;
              });
      tokens.append(ids);
    }

    int size() {
      return tokens.size();
    }

    PackedSamples build() {
      return new PackedSamples(
          tokens,
          ImmutableIntArray.copyOf(Arrays.copyOf(groups, tokens.size())),
          ImmutableList.copyOf(names));
    }
  }

  /** The token ids of each sample. */
  Sequences tokens() {
    return tokens;
  }

  /** The same samples dealt out to groups "1" to "count", one after the other. */
  PackedSamples dealt(int count) {
    return new PackedSamples(
        tokens,
        ImmutableIntArray.copyOf(IntStream.range(0, size()).map(i -> i % count)),
        IntStream.rangeClosed(1, count)
            .mapToObj(Integer::toString)
            .collect(ImmutableList.toImmutableList()));
  }

  /** A view of some samples, in this order. */
  PackedSamples only(ImmutableIntArray rows) {
    return new PackedSamples(
        tokens.only(rows), ImmutableIntArray.copyOf(rows.stream().map(groups::get)), names);
  }

  /** The name of a sample's group. */
  String group(int sample) {
    return names.get(groups.get(sample));
  }

  @Override
  public Sample get(int sample) {
    return new Sample(tokens.get(sample), group(sample));
  }

  @Override
  public int size() {
    return tokens.size();
  }
}
