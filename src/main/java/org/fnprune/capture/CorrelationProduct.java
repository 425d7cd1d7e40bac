package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.PrimitiveSink;
import com.google.common.primitives.ImmutableLongArray;
import java.io.IOException;
import java.util.Map;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Numbers;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.runtime.PinnedOutputs;

/**
 * The correlation matrix times a block of vectors: R B = Σ z (zᵀ B) / n, with z the standardised
 * signal. It never holds more than the block.
 */
final class CorrelationProduct implements Measurement {

  private final String name;
  private final int width;
  private final int cols;
  private final ImmutableMap<String, ExtraInput> inputs;
  private final ImmutableList<Matrix> factors;
  private final CountedSum sum;

  /**
   * @param scale 1 / σ of every neuron, 1 × d; zero leaves it out
   * @param shift μ / σ, 1 × d
   * @param block B, d × b
   */
  CorrelationProduct(String rows, Matrix scale, Matrix shift, Matrix block) {
    this.name = rows + "_correlation";
    this.width = block.rows();
    this.cols = block.cols();
    this.factors = ImmutableList.of(scale, shift, block);
    this.sum = new CountedSum(Math.multiplyExact(width, cols));
    this.inputs =
        ImmutableMap.of(
            name + "_scale",
            input(scale),
            name + "_shift",
            input(shift),
            name + "_by",
            input(block));
  }

  /** A matrix as a float32 input. */
  static ExtraInput input(Matrix matrix) {
    double[] values = matrix.toArray();
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return new ExtraInput(floats, matrix.rows(), matrix.cols());
  }

  @Override
  public void addTo(Taps taps, String rows) {
    inputs.keySet().forEach(taps::input);
    taps.add("Mul", name + "_scaled", rows, name + "_scale");
    taps.add("Sub", name + "_z", name + "_scaled", name + "_shift");
    taps.add("MatMul", name + "_zb", name + "_z", name + "_by");
    taps.outputProduct(name, name + "_z", name + "_zb");
  }

  @Override
  public Map<String, ExtraInput> inputs() {
    return inputs;
  }

  @Override
  public ImmutableMap<String, ImmutableLongArray> outputs(TokenBatch batch) {
    return ImmutableMap.of(name, ImmutableLongArray.of(width, cols));
  }

  @Override
  public ImmutableList<Runnable> add(TokenBatch batch, PinnedOutputs outputs) {
    sum.count(batch.tokens());
    return ImmutableList.of(() -> sum.add(outputs.get(name)));
  }

  @Override
  public void identify(PrimitiveSink hash) {
    hash.putUnencodedChars(name);
    factors.forEach(factor -> factor.identify(hash));
  }

  @Override
  public void save(Numbers.Sink sink) throws IOException {
    sum.save(sink);
  }

  @Override
  public void load(Numbers.Source source) throws IOException {
    sum.load(source);
  }

  /** R B, d × b. */
  Matrix product() {
    return sum.toMatrix(width).scaled(1.0 / sum.count());
  }
}
