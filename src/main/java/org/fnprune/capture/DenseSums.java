package org.fnprune.capture;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fnprune.data.CalibrationText;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.OnnxModel;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.structure.ResidualSum;
import org.jspecify.annotations.Nullable;

/**
 * The residual stream of the dense model at some places, as rows of tokens. Where all of it fits
 * into memory the model runs over the text once, else once for each place.
 */
public final class DenseSums implements AutoCloseable {

  private static final String SUM = "fnprune_dense_stream_";
  private static final String ROWS = "fnprune_dense_rows_";

  private final OnnxModel dense;
  private final ImmutableMap<ResidualSum, Integer> widths;
  private final RuntimeOptions options;
  private final boolean keeps;

  /** Rows by place and batch; batches are told apart by their tokens. */
  private final Map<TokenBatch, Map<ResidualSum, ExtraInput>> rows = new HashMap<>();

  private List<ResidualSum> open = List.of();
  private @Nullable BatchRunner runner;

  /**
   * Runs nothing yet.
   *
   * @param widths of the stream at the places that will be asked for
   * @param bytes that rows may take
   */
  public DenseSums(
      OnnxModel dense,
      ImmutableMap<ResidualSum, Integer> widths,
      List<CalibrationText> texts,
      RuntimeOptions options,
      long bytes) {
    this.dense = dense;
    this.widths = widths;
    this.options = options;
    long tokens = texts.stream().mapToLong(t -> t.fittingTokens() + t.heldOutTokens()).sum();
    long width = widths.values().stream().mapToLong(Integer::longValue).sum();
    this.keeps = tokens * width * Float.BYTES <= bytes;
  }

  /** Whether all of it fits into memory. */
  public boolean areKept() {
    return keeps;
  }

  /** The stream at one place, tokens × width, padding left out. */
  ExtraInput rows(ResidualSum place, TokenBatch batch) {
    return keeps
        ? requireNonNull(
            rows.computeIfAbsent(batch, b -> run(widths.keySet().asList(), b)).get(place))
        : requireNonNull(run(List.of(place), batch).get(place));
  }

  private Map<ResidualSum, ExtraInput> run(List<ResidualSum> places, TokenBatch batch) {
    if (runner == null || !open.equals(places)) {
      close();
      open = places;
      runner = new BatchRunner(OnnxSession.ofModel(taps(places), options));
    }
    List<String> names = places.stream().map(place -> ROWS + places.indexOf(place)).toList();
    List<BatchRunner.Output> outputs = runner.run(batch, names, BatchTokens.inputs(batch));
    Map<ResidualSum, ExtraInput> found = new HashMap<>();
    for (int i = 0; i < places.size(); i++) {
      found.put(places.get(i), ExtraInput.of(outputs.get(i)));
    }
    return found;
  }

  private OnnxModel taps(List<ResidualSum> places) {
    Taps taps = new Taps(dense);
    for (int i = 0; i < places.size(); i++) {
      ResidualSum place = places.get(i);
      taps.add("Add", SUM + i, place.written(), place.stream());
      taps.rows(SUM + i, requireNonNull(widths.get(place)), ROWS + i);
      taps.output(ROWS + i);
    }
    return taps.build();
  }

  @Override
  public void close() {
    if (runner != null) {
      runner.close();
      runner = null;
    }
  }
}
