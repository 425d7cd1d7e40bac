package org.fnprune.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenStoreTest {

  /** Tokens of a mebibyte: what exceeds it goes to the file. */
  private static final int MEBIBYTE = 1 << 18;

  private static ImmutableIntArray row(int seed, int length) {
    return ImmutableIntArray.copyOf(new Random(seed).ints(length));
  }

  @Test
  void givesBackWhatWentInInTheSameOrder() {
    int[] lengths = {3, 0, MEBIBYTE, 1, MEBIBYTE + 5, 2, MEBIBYTE - 1, 1, 1, 700_000, 4};
    TokenStore store = new TokenStore();
    List<ImmutableIntArray> rows = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      rows.add(row(i, lengths[i]));
      store.append(rows.get(i));
      assertThat(store).hasSameSizeAs(rows);
    }
    assertThat(store.equals(rows)).isTrue();
    for (int i = rows.size() - 1; i >= 0; i--) {
      assertThat(store.get(i).equals(rows.get(i))).isTrue();
      assertThat(store.length(i)).isEqualTo(lengths[i]);
    }
  }

  @Test
  void viewsKeepTheirOrder() {
    TokenStore store = new TokenStore();
    IntStream.range(0, 5).forEach(i -> store.append(row(i, i + 1)));
    Sequences some = store.only(ImmutableIntArray.of(3, 0)).only(ImmutableIntArray.of(1, 0, 1));
    assertThat(some).containsExactly(row(0, 1), row(3, 4), row(0, 1));
    assertThat(some.length(1)).isEqualTo(4);
  }

  /** 300,000 samples of 64 tokens, 77 MB of tokens: twelve bytes a sample stay. */
  @Test
  void manySamplesTakeLittleHeap() {
    int count = 300_000;
    ImmutableIntArray ids = row(1, 64);
    PackedSamples.Builder builder = new PackedSamples.Builder();
    long before = used();
    for (int i = 0; i < count; i++) {
      builder.add(ids, i % 2 == 0 ? "a" : "b");
    }
    PackedSamples samples = builder.build();
    List<TokenBatch> batches = new Samples(samples, 0).batches(16, 0);
    assertThat(used() - before).isLessThan(12L << 20);
    assertThat(batches).hasSize(count / 16);
    assertThat(batches.get(count / 16 - 1).sequences()).hasSize(16).containsOnly(ids);
    assertThat(samples.group(count - 1)).isEqualTo("b");
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void batchesThatAreMadeWhenAskedForAreThoseMadeAtOnce() {
    Random random = new Random(7);
    List<ImmutableIntArray> rows =
        IntStream.range(0, 101).mapToObj(i -> row(i, 1 + random.nextInt(9))).toList();
    List<TokenBatch> batches = new LengthOrder(Sequences.of(rows), 8, 5);
    assertThat(batches)
        .isEqualTo(Batches.byLength(rows, 8, 5).stream().map(Batches.Indexed::batch).toList())
        .isEqualTo(naive(rows, 8, 5));
  }

  private static List<TokenBatch> naive(List<ImmutableIntArray> rows, int size, int padId) {
    List<ImmutableIntArray> sorted = new ArrayList<>(rows);
    sorted.sort((a, b) -> b.length() - a.length());
    List<TokenBatch> batches = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i += size) {
      batches.add(
          new TokenBatch(
              ImmutableList.copyOf(sorted.subList(i, Math.min(sorted.size(), i + size))), padId));
    }
    return batches;
  }
}
