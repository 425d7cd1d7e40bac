package org.fnprune.model;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.util.stream.IntStream;

/**
 * The bytes of a selection as runs of consecutive bytes of the whole tensor, in the order of the
 * selection. Neighbouring positions are one run:
 *
 * <pre>
 *   rows 0, 1, 4 of [6, 8]       one block of runs (0, 2 rows), (4, 1 row)
 *   columns 0, 1, 4 of [6, 8]    six blocks of runs (0, 2 values), (4, 1 value)
 *   all of [6, 8]                one run
 * </pre>
 */
final class ByteRuns {

  /** Takes runs in order. */
  @FunctionalInterface
  interface Sink {
    void run(long offset, long length) throws IOException;
  }

  private final Selection selection;

  /** The innermost axis of which not all stays; 0 when everything does. */
  private final int axis;

  /** Bytes of one position of {@link #axis}. */
  private final long inner;

  private final long[] starts;
  private final long[] lengths;

  ByteRuns(Selection selection, int elementBytes) {
    this.selection = selection;
    this.axis = selection.kept().isEmpty() ? 0 : selection.kept().lastKey();
    long bytes = elementBytes;
    for (int i = axis + 1; i < selection.dims().size(); i++) {
      bytes *= selection.dims().get(i);
    }
    this.inner = bytes;
    ImmutableIntArray kept = selection.kept().get(axis);
    if (kept == null) {
      long all = selection.dims().isEmpty() ? 1 : selection.dims().get(0);
      this.starts = new long[] {0};
      this.lengths = new long[] {all * inner};
    } else {
      int[] first =
          IntStream.range(0, kept.length())
              .filter(i -> i == 0 || kept.get(i) != kept.get(i - 1) + 1)
              .toArray();
      this.starts = IntStream.of(first).mapToLong(i -> kept.get(i) * inner).toArray();
      this.lengths = new long[first.length];
      for (int r = 0; r < first.length; r++) {
        lengths[r] = ((r + 1 < first.length ? first[r + 1] : kept.length()) - first[r]) * inner;
      }
    }
  }

  /** Hands all runs to {@code sink}. */
  void forEach(Sink sink) throws IOException {
    block(0, 0, sink);
  }

  /** All runs below one position of every axis before {@code at}. */
  private void block(int at, long base, Sink sink) throws IOException {
    if (at == axis) {
      for (int r = 0; r < starts.length; r++) {
        sink.run(base + starts[r], lengths[r]);
      }
      return;
    }
    long stride = inner;
    for (int i = at + 1; i <= axis; i++) {
      stride *= selection.dims().get(i);
    }
    ImmutableIntArray kept = selection.kept().get(at);
    long count = kept == null ? selection.dims().get(at) : kept.length();
    for (int i = 0; i < count; i++) {
      block(at + 1, base + (kept == null ? i : kept.get(i)) * stride, sink);
    }
  }
}
