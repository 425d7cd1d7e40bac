package org.fnprune.capture;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableLongArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fnprune.common.Progress;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Parallel;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.runtime.PinnedOutputs;
import org.fnprune.runtime.RuntimeOptions;

/**
 * Runs a model over text and measures signals on the way. The model computes the measurements
 * itself, in a few nodes more; what they do not depend on (its head) is left out.
 */
final class TextPass {

  private final Graph graph;
  private final List<TokenBatch> batches;
  private final RuntimeOptions options;
  private final PassJournal journal;
  private final Progress progress;

  TextPass(
      Graph graph,
      List<TokenBatch> batches,
      RuntimeOptions options,
      PassJournal journal,
      Progress progress) {
    this.graph = graph;
    this.batches = batches;
    this.options = options;
    this.journal = journal;
    this.progress = progress;
  }

  /** The name of a signal's rows in the graph, which the names of its measurements begin with. */
  static String rows(int signal) {
    return "fnprune_signal_" + signal;
  }

  /**
   * Runs once over all batches, or over what an interrupted pass has left of them.
   *
   * @param signals what is measured
   * @param measurements of each signal, in the order of the signals
   */
  void run(List<Signal> signals, List<? extends List<? extends Measurement>> measurements) {
    List<Measurement> all = new ArrayList<>();
    measurements.forEach(all::addAll);
    PassJournal.Pass pass = journal.pass(signals, all);
    int done = pass.restore(batches.size());
    batches.subList(0, done).forEach(batch -> progress.advance(batch.tokens()));
    if (done < batches.size()) {
      run(taps(signals, measurements), all, pass, done);
    }
  }

  private OnnxModel taps(
      List<Signal> signals, List<? extends List<? extends Measurement>> measurements) {
    Taps taps = new Taps(graph.model());
    for (int i = 0; i < signals.size(); i++) {
      taps.rows(signals.get(i), rows(i));
      for (Measurement measurement : measurements.get(i)) {
        measurement.addTo(taps, rows(i));
      }
    }
    return taps.build();
  }

  private void run(OnnxModel model, List<Measurement> all, PassJournal.Pass pass, int done) {
    try (BatchRunner runner = new BatchRunner(OnnxSession.ofModel(model, options));
        PinnedOutputs outputs = new PinnedOutputs()) {
      for (int i = done; i < batches.size(); i++) {
        run(runner, batches.get(i), all, outputs);
        pass.save(i + 1);
        progress.advance(batches.get(i).tokens());
      }
    }
  }

  private void run(
      BatchRunner runner, TokenBatch batch, List<Measurement> all, PinnedOutputs outputs) {
    ImmutableMap.Builder<String, ImmutableLongArray> shapes = ImmutableMap.builder();
    Map<String, ExtraInput> inputs = new HashMap<>(BatchTokens.inputs(batch));
    for (Measurement measurement : all) {
      shapes.putAll(measurement.outputs(batch));
      inputs.putAll(measurement.inputs());
    }
    runner.run(batch, shapes.buildOrThrow(), outputs, inputs);
    List<Runnable> work = new ArrayList<>();
    all.forEach(measurement -> work.addAll(measurement.add(batch, outputs)));
    Parallel.map(
        options.threadCount(),
        work,
        piece -> {
          piece.run();
          return piece;
        });
  }
}
