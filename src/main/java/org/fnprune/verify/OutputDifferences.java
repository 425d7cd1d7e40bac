package org.fnprune.verify;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.common.collect.ImmutableList;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.fnprune.common.UsageException;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.OnnxModel;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.ModelRunException;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.runtime.RuntimeOptions;

/** Runs two models, as their files lie on disk, on the same tokens and compares their outputs. */
public final class OutputDifferences {

  private OutputDifferences() {}

  /**
   * Compares every float output that both models have, in the same size.
   *
   * @param batches to run
   * @param others to try one after the other where the dense model takes none of these
   * @throws ModelRunException when a model takes no batch
   * @throws UsageException when the models have no such output in common
   */
  public static ImmutableList<OutputDifference> between(
      OnnxModel dense,
      Path denseFile,
      RuntimeOptions denseOptions,
      OnnxModel slim,
      Path slimFile,
      RuntimeOptions slimOptions,
      List<TokenBatch> batches,
      List<TokenBatch> others) {
    List<String> names = new ArrayList<>(floats(dense));
    names.retainAll(floats(slim));
    if (names.isEmpty()) {
      throw nothingInCommon(denseFile, slimFile);
    }
    List<TokenBatch> taken = new ArrayList<>();
    List<List<BatchRunner.Output>> expected = new ArrayList<>();
    try (BatchRunner runner = new BatchRunner(OnnxSession.ofFile(denseFile, denseOptions))) {
      List<TokenBatch> candidates = new ArrayList<>(batches);
      candidates.addAll(others);
      ModelRunException problem = null;
      for (TokenBatch batch : candidates) {
        if (taken.size() >= batches.size()) {
          break;
        }
        try {
          expected.add(runner.run(batch, names));
          taken.add(batch);
        } catch (ModelRunException e) {
          problem = problem == null ? e : problem;
        }
      }
      if (taken.isEmpty() && problem != null) {
        throw problem;
      }
    }
    List<Sums> sums = names.stream().map(Sums::new).toList();
    try (BatchRunner runner = new BatchRunner(OnnxSession.ofFile(slimFile, slimOptions))) {
      for (int b = 0; b < taken.size(); b++) {
        List<BatchRunner.Output> found = runner.run(taken.get(b), names);
        for (int i = 0; i < names.size(); i++) {
          sums.get(i).add(expected.get(b).get(i), found.get(i));
        }
      }
    }
    ImmutableList<OutputDifference> differences =
        sums.stream()
            .filter(Sums::comparable)
            .map(Sums::difference)
            .collect(ImmutableList.toImmutableList());
    if (differences.isEmpty()) {
      throw nothingInCommon(denseFile, slimFile);
    }
    return differences;
  }

  private static UsageException nothingInCommon(Path denseFile, Path slimFile) {
    return new UsageException(
        denseFile + " and " + slimFile + " have no output of floats of one shape in common",
        "compare two models of one architecture");
  }

  private static ImmutableList<String> floats(OnnxModel model) {
    return model.graph().getOutputList().stream()
        .filter(OutputComparison::isFloat)
        .map(ValueInfoProto::getName)
        .collect(ImmutableList.toImmutableList());
  }

  /** What is known of one output so far. */
  private static final class Sums {

    private final String name;
    private final boolean logits;
    private boolean comparable = true;
    private double difference;
    private double largest;
    private double product;
    private double squares;
    private double otherSquares;
    private long agreements;
    private long positions;

    Sums(String name) {
      this.name = name;
      this.logits = name.toLowerCase(Locale.ROOT).contains("logits");
    }

    /** A cache of fewer heads is another thing than the dense model's. */
    boolean comparable() {
      return comparable;
    }

    void add(BatchRunner.Output dense, BatchRunner.Output slim) {
      comparable &= dense.shape().equals(slim.shape());
      if (!comparable) {
        return;
      }
      FloatBuffer a = dense.values();
      FloatBuffer b = slim.values();
      for (int i = 0; i < a.remaining(); i++) {
        double x = a.get(i);
        double y = b.get(i);
        difference = Math.max(difference, Math.abs(x - y));
        largest = Math.max(largest, Math.abs(x));
        product += x * y;
        squares += x * x;
        otherSquares += y * y;
      }
      int width = Math.toIntExact(dense.shape().get(dense.shape().length() - 1));
      for (int start = 0; logits && start < a.remaining(); start += width) {
        positions++;
        int said = LogitRows.argmax(b, start, width);
        agreements += said >= 0 && said == LogitRows.argmax(a, start, width) ? 1 : 0;
      }
    }

    OutputDifference difference() {
      return new OutputDifference(
          name,
          difference,
          largest,
          squares == 0 && otherSquares == 0 ? 1 : product / Math.sqrt(squares * otherSquares),
          positions == 0 ? null : (double) agreements / positions);
    }
  }
}
