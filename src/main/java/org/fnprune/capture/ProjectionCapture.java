package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.common.hash.PrimitiveSink;
import com.google.common.primitives.ImmutableLongArray;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fnprune.common.Progress;
import org.fnprune.common.UsageException;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Numbers;
import org.fnprune.model.Graph;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.runtime.PinnedOutputs;
import org.fnprune.runtime.RuntimeOptions;

/**
 * Projects signals in the graph: one pass over the text for all signals that are asked for at once.
 * What comes back takes 8·T·k bytes a signal, all of it in memory: who projects many signals asks
 * for as many at a time as {@link #bytes} and the memory limit allow.
 */
public final class ProjectionCapture implements Projector {

  private final ImmutableMap<String, Signal> signals;
  private final TextPass text;
  private final long tokens;
  private final long memory;
  private final Progress progress;

  /**
   * @param signals that may be asked for
   * @param batches the text; courses are in its order
   * @param memory bytes that one projection may take
   */
  public ProjectionCapture(
      Graph graph,
      List<Signal> signals,
      List<TokenBatch> batches,
      long memory,
      RuntimeOptions runtime,
      Progress progress) {
    this.signals = Maps.uniqueIndex(signals, Signal::id);
    this.text = new TextPass(graph, batches, runtime, PassJournal.NONE, progress);
    this.tokens = batches.stream().mapToLong(TokenBatch::tokens).sum();
    this.memory = memory;
    this.progress = progress;
  }

  /** What the courses of {@code components} directions take, in bytes. */
  public long bytes(int components) {
    return Math.multiplyExact(tokens, (long) components * Double.BYTES);
  }

  /**
   * {@inheritDoc}
   *
   * @throws UsageException when the courses do not fit the memory limit, naming what is needed
   * @throws IllegalArgumentException when a signal is not known or its projection does not fit it
   */
  @Override
  public ImmutableMap<String, Matrix> project(Map<String, Projection> projections) {
    requireFits(projections);
    List<Signal> projected = new ArrayList<>();
    ImmutableMap.Builder<String, Course> courses = ImmutableMap.builder();
    projections.forEach(
        (id, projection) -> {
          Signal signal = signals.get(id);
          if (signal == null || signal.width() != projection.directions().rows()) {
            throw new IllegalArgumentException(
                projection.directions() + " for " + signal + ", asked for as '" + id + "'");
          }
          courses.put(id, new Course(TextPass.rows(projected.size()), projection, tokens));
          projected.add(signal);
        });
    ImmutableMap<String, Course> all = courses.buildOrThrow();
    progress.start("project", tokens, "tokens");
    text.run(projected, all.values().stream().map(List::of).toList());
    progress.done();
    return ImmutableMap.copyOf(Maps.transformValues(all, Course::toMatrix));
  }

  private void requireFits(Map<String, Projection> projections) {
    long needed = projections.values().stream().mapToLong(p -> bytes(p.directions().cols())).sum();
    if (needed > memory) {
      throw new UsageException(
          "the courses of "
              + projections.size()
              + " signals over "
              + tokens
              + " tokens need "
              + Bytes.text(needed)
              + " ("
              + needed
              + " bytes), but the memory limit is "
              + Bytes.text(memory),
          "raise --memory, or lower --components or --num-samples");
    }
  }

  /** h · directions + offset of every token, in order. */
  private static final class Course implements Measurement {

    private final String name;
    private final int cols;
    private final ImmutableMap<String, ExtraInput> inputs;
    private final Projection projection;
    private final double[] values;
    private int filled;

    Course(String rows, Projection projection, long tokens) {
      this.name = rows + "_course";
      this.projection = projection;
      this.cols = projection.directions().cols();
      this.values = new double[Math.toIntExact(Math.multiplyExact(tokens, (long) cols))];
      this.inputs =
          ImmutableMap.of(
              name + "_directions", CorrelationProduct.input(projection.directions()),
              name + "_offset", CorrelationProduct.input(projection.offset()));
    }

    @Override
    public void addTo(Taps taps, String rows) {
      inputs.keySet().forEach(taps::input);
      taps.add("MatMul", name + "_unshifted", rows, name + "_directions");
      taps.add("Add", name, name + "_unshifted", name + "_offset");
      taps.output(name);
    }

    @Override
    public Map<String, ExtraInput> inputs() {
      return inputs;
    }

    @Override
    public ImmutableMap<String, ImmutableLongArray> outputs(TokenBatch batch) {
      return ImmutableMap.of(name, ImmutableLongArray.of(batch.tokens(), cols));
    }

    @Override
    public ImmutableList<Runnable> add(TokenBatch batch, PinnedOutputs outputs) {
      int start = filled;
      int count = Math.toIntExact(batch.tokens() * cols);
      filled += count;
      return ImmutableList.of(
          () -> {
            float[] part = new float[count];
            outputs.get(name).get(0, part);
            for (int i = 0; i < count; i++) {
              values[start + i] = part[i];
            }
          });
    }

    @Override
    public void identify(PrimitiveSink hash) {
      hash.putUnencodedChars(name);
      projection.identify(hash);
    }

    @Override
    public void save(Numbers.Sink sink) throws IOException {
      sink.put(new double[] {filled}, 0, 1);
      sink.put(values, 0, filled);
    }

    @Override
    public void load(Numbers.Source source) throws IOException {
      double[] count = new double[1];
      source.get(count, 0, 1);
      filled = (int) count[0];
      source.get(values, 0, filled);
    }

    Matrix toMatrix() {
      return Matrix.of(values.length / cols, cols, values);
    }
  }
}
