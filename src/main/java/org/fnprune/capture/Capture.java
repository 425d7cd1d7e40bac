package org.fnprune.capture;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fnprune.common.Progress;
import org.fnprune.common.UsageException;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.Graph;
import org.fnprune.runtime.RuntimeOptions;

/** Runs the model over sample text and writes the moments of signals to a folder. */
public final class Capture {

  private final CaptureOptions options;
  private final TextPass text;
  private final Path folder;
  private final Map<String, MomentsIndex.Entry> written = new HashMap<>();

  private Capture(CaptureOptions options, TextPass text, Path folder) {
    this.options = options;
    this.text = text;
    this.folder = folder;
  }

  /**
   * Captures moments, in as many passes over the text as {@link CapturePlan} says. Memory depends
   * on the signals' widths and the batch, not on the number of batches. After each pass the moments
   * go to disk and leave memory; within a pass, sums go there as {@link CaptureOptions#lost} says, and
   * a capture that was interrupted goes on from them to the same result, bit by bit.
   *
   * @param batches token batches; padding is left out of the moments
   * @param folder where the moments are written; a capture that is there is replaced
   * @return the moments, read when they are asked for
   * @throws UsageException when an activation is not finite, naming the signal, or the memory limit
   *     is too low, naming what is needed
   * @throws IOException when the moments cannot be written
   */
  public static MomentsStore run(
      Graph graph,
      List<Signal> signals,
      List<TokenBatch> batches,
      CaptureOptions options,
      RuntimeOptions runtime,
      Path folder,
      Progress progress)
      throws IOException {
    CapturePlan plan = CapturePlan.of(signals, largest(batches), options);
    long tokens = batches.stream().mapToLong(TokenBatch::tokens).sum();
    MomentsIndex.remove(folder);
    progress.start("capture", tokens * plan.passes().size(), "tokens");
    PassJournal journal = PassJournal.in(folder, batches, options, runtime);
    Capture capture =
        new Capture(options, new TextPass(graph, batches, runtime, journal, progress), folder);
    capture.run(plan);
    progress.done();
    ImmutableList<MomentsIndex.Entry> entries =
        signals.stream()
            .map(signal -> requireNonNull(capture.written.get(signal.id())))
            .collect(ImmutableList.toImmutableList());
    new MomentsIndex(options.model(), runtime.deviceName(), entries).write(folder);
    PassJournal.remove(folder);
    return new MomentsFolder(folder);
  }

  /** Positions of the largest batch, padding included. */
  public static long largest(List<TokenBatch> batches) {
    return batches.stream().mapToLong(b -> (long) b.size() * b.length()).max().orElse(0);
  }

  private void run(CapturePlan plan) throws IOException {
    Map<Signal, Sums> wide = new HashMap<>();
    for (CapturePlan.Pass pass : plan.passes()) {
      if (pass.sketches().isEmpty()) {
        sums(pass, wide);
      } else if (wide.keySet().containsAll(pass.sketches())) {
        // The first of the passes that these signals share; the sketcher makes all of them.
        sketch(pass.sketches().stream().map(s -> requireNonNull(wide.remove(s))).toList());
      }
    }
  }

  private void sketch(List<Sums> sums) throws IOException {
    ImmutableMap<Signal, Sketch> sketches = new Sketcher(text, options).sketch(sums);
    for (Sums of : sums) {
      write(of.signal(), requireNonNull(sketches.get(of.signal())), of.lag());
    }
  }

  private void sums(CapturePlan.Pass pass, Map<Signal, Sums> wide) throws IOException {
    ImmutableList<Signal> signals =
        ImmutableList.<Signal>builder().addAll(pass.grams()).addAll(pass.squares()).build();
    ImmutableList.Builder<Sums> made = ImmutableList.builder();
    for (int i = 0; i < signals.size(); i++) {
      made.add(
          i < pass.grams().size()
              ? Sums.whole(TextPass.rows(i), signals.get(i), options.lag())
              : Sums.ofWide(TextPass.rows(i), signals.get(i), options.lag()));
    }
    ImmutableList<Sums> sums = made.build();
    text.run(signals, sums.stream().map(Sums::measurements).toList());
    for (int i = 0; i < signals.size(); i++) {
      if (i < pass.grams().size()) {
        write(signals.get(i), sums.get(i).moments(), sums.get(i).lag());
      } else {
        wide.put(signals.get(i), sums.get(i));
      }
    }
  }

  private void write(Signal signal, Captured captured, Optional<LagProducts> lag)
      throws IOException {
    written.put(signal.id(), MomentsFiles.write(folder, signal.id(), captured, lag));
  }
}
