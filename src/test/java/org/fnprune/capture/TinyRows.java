package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TensorData;
import org.fnprune.model.TinyGraph;

/** A model whose one signal is a table that a test made up: token t has row t. */
final class TinyRows {

  private TinyRows() {}

  /** The signal of {@link #graph}. */
  static Signal signal(Matrix table) {
    return new Signal("rows", ImmutableList.of("Gather_0"), ImmutableIntArray.of(table.cols()));
  }

  /** Looks up rows of {@code table} (token ids × d). */
  static Graph graph(Matrix table) {
    TinyGraph g = TinyGraph.create(1);
    float[] values = new float[table.rows() * table.cols()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) table.get(i / table.cols(), i % table.cols());
    }
    ImmutableList<Long> dims = ImmutableList.of((long) table.rows(), (long) table.cols());
    String rows = g.op("Gather", g.tensor(TensorData.ofFloats("table", dims, values)), "input_ids");
    OnnxModel model = g.output(rows, "logits");
    return Graph.of(model);
  }

  /** The table as the model holds it, in float32. */
  static Matrix rounded(Matrix table) {
    return Matrix.tabulate(table.rows(), table.cols(), (i, j) -> (float) table.get(i, j));
  }

  /** All ids from {@code from} to {@code to} in sequences of 1, 2, 3, 1, 2, 3, … tokens. */
  static List<ImmutableIntArray> sequences(int from, int to) {
    ImmutableList.Builder<ImmutableIntArray> sequences = ImmutableList.builder();
    int length = 1;
    for (int start = from; start < to; start += length, length = length % 3 + 1) {
      sequences.add(ImmutableIntArray.copyOf(IntStream.range(start, Math.min(to, start + length))));
    }
    return sequences.build();
  }

  /** Batches of {@code size} sequences in order. */
  static List<TokenBatch> batches(List<ImmutableIntArray> sequences, int size) {
    return com.google.common.collect.Lists.partition(sequences, size).stream()
        .map(part -> new TokenBatch(ImmutableList.copyOf(part), 0))
        .toList();
  }
}
