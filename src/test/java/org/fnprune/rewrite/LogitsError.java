package org.fnprune.rewrite;

import java.util.List;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.OnnxModel;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.OnnxSession;

/** How far a slim model's logits are from the dense model's. */
final class LogitsError {

  private LogitsError() {}

  /** Mean square error over all positions. */
  static double of(OnnxModel dense, OnnxModel slim, List<TokenBatch> text) {
    double sum = 0;
    long count = 0;
    try (BatchRunner before = runner(dense);
        BatchRunner after = runner(slim)) {
      for (TokenBatch batch : text) {
        var expected = before.run(batch, List.of("logits")).get(0).values();
        var found = after.run(batch, List.of("logits")).get(0).values();
        for (int i = 0; i < expected.remaining(); i++) {
          sum += Math.pow(expected.get(i) - found.get(i), 2);
          count++;
        }
      }
    }
    return sum / count;
  }

  private static BatchRunner runner(OnnxModel model) {
    return new BatchRunner(OnnxSession.ofModel(model, SlimCheck.CPU));
  }
}
