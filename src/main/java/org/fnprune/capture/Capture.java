package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fnprune.common.Progress;
import org.fnprune.common.UsageException;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.Graph;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.runtime.RuntimeOptions;

/** Runs the model over sample text once and keeps the moments of every unit. */
public final class Capture {

  private Capture() {}

  /**
   * Captures moments. Memory depends on the units' widths and the batch, not on the number of
   * batches.
   *
   * @param batches token batches; padding is left out of the moments
   * @return moments by unit id
   * @throws UsageException when an activation is not finite, naming the unit
   */
  public static MomentsStore run(
      Graph graph,
      List<Signal> units,
      List<TokenBatch> batches,
      CaptureOptions what,
      RuntimeOptions options,
      Path folder,
      Progress progress)
      throws IOException {
    InstrumentedModel instrumented = InstrumentedModel.of(graph, units);
    List<String> outputs =
        ImmutableList.<String>builder()
            .addAll(instrumented.sums())
            .addAll(instrumented.grams())
            .build();
    List<MomentsAccumulator> accumulators = new ArrayList<>();
    units.forEach(unit -> accumulators.add(new MomentsAccumulator(unit.width())));
    try (BatchRunner runner = new BatchRunner(OnnxSession.ofModel(instrumented.model(), options))) {
      progress.start("capture", batches.stream().mapToLong(TokenBatch::tokens).sum(), "tokens");
      for (TokenBatch batch : batches) {
        List<BatchRunner.Output> results =
            runner.run(batch, outputs, Map.of(Taps.MASK, mask(batch)));
        for (int i = 0; i < units.size(); i++) {
          accumulators
              .get(i)
              .add(batch.tokens(), results.get(i).values(), results.get(i + units.size()).values());
        }
        progress.advance(batch.tokens());
      }
      progress.done();
    }
    MomentsIndex.remove(folder);
    ImmutableList.Builder<MomentsIndex.Entry> entries = ImmutableList.builder();
    for (Map.Entry<String, Moments> entry : collect(units, accumulators).entrySet()) {
      entries.add(MomentsFiles.write(folder, entry.getKey(), entry.getValue(), Optional.empty()));
    }
    new MomentsIndex(what.model(), options.deviceName(), entries.build()).write(folder);
    return new MomentsFolder(folder);
  }

  private static ImmutableMap<String, Moments> collect(
      List<Signal> units, List<MomentsAccumulator> accumulators) {
    ImmutableMap.Builder<String, Moments> moments = ImmutableMap.builder();
    for (int i = 0; i < units.size(); i++) {
      Moments found = accumulators.get(i).moments();
      if (!found.sum().isFinite() || !found.gram().isFinite()) {
        throw new UsageException(
            "the activations of unit '" + units.get(i).id() + "' are not all finite numbers",
            "the model overflows on this text; check it with 'fnprune eval'");
      }
      moments.put(units.get(i).id(), found);
    }
    return moments.buildOrThrow();
  }

  /** One for tokens and zero for padding. */
  static ExtraInput mask(TokenBatch batch) {
    long[] mask = batch.mask();
    float[] floats = new float[mask.length];
    for (int i = 0; i < mask.length; i++) {
      floats[i] = mask[i];
    }
    return new ExtraInput(floats, batch.size(), batch.length());
  }
}
