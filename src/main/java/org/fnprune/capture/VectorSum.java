package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.PrimitiveSink;
import com.google.common.primitives.ImmutableLongArray;
import java.io.IOException;
import java.util.Locale;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Numbers;
import org.fnprune.runtime.PinnedOutputs;

/** One number per neuron, summed over tokens: Σh, Σh², or Σ_t h_t h_{t+1}. */
final class VectorSum implements Measurement {

  /** What is summed. */
  enum Of {
    VALUES,
    SQUARES,
    /** Of a neuron, with itself one token later. */
    NEIGHBOURS
  }

  private final String name;
  private final Of of;
  private final CountedSum sum;

  VectorSum(String rows, Of of, int width) {
    this.name = rows + "_sum_of_" + of.name().toLowerCase(Locale.ROOT);
    this.of = of;
    this.sum = new CountedSum(width);
  }

  @Override
  public void addTo(Taps taps, String rows) {
    switch (of) {
      case VALUES -> taps.outputSum(name, rows);
      case SQUARES -> {
        taps.add("Mul", name + "_products", rows, rows);
        taps.outputSum(name, name + "_products");
      }
      case NEIGHBOURS -> {
        taps.neighbours(rows);
        taps.add("Mul", name + "_products", rows + "_earlier", rows + "_later");
        taps.outputSum(name, BatchTokens.PAIR_WEIGHTS, name + "_products");
      }
    }
  }

  @Override
  public ImmutableMap<String, ImmutableLongArray> outputs(TokenBatch batch) {
    return ImmutableMap.of(name, ImmutableLongArray.of(1, sum.length()));
  }

  @Override
  public ImmutableList<Runnable> add(TokenBatch batch, PinnedOutputs outputs) {
    sum.count(of == Of.NEIGHBOURS ? BatchTokens.pairs(batch) : batch.tokens());
    return ImmutableList.of(() -> sum.add(outputs.get(name)));
  }

  @Override
  public void identify(PrimitiveSink hash) {
    hash.putUnencodedChars(name);
  }

  @Override
  public void save(Numbers.Sink sink) throws IOException {
    sum.save(sink);
  }

  @Override
  public void load(Numbers.Source source) throws IOException {
    sum.load(source);
  }

  /** How many terms were added: tokens or pairs. */
  long count() {
    return sum.count();
  }

  /** 1 × d. */
  Matrix sum() {
    return sum.toMatrix(1);
  }
}
