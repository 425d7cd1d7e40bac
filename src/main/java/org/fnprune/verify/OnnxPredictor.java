package org.fnprune.verify;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.OnnxModel;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.runtime.RuntimeOptions;

/** A model file as tasks see it. Close it to free native memory. */
public final class OnnxPredictor implements Predictor, AutoCloseable {

  private final BatchRunner runner;
  private final String output;

  private OnnxPredictor(OnnxSession session, String output) {
    this.runner = new BatchRunner(session);
    this.output = output;
  }

  /** Loads a model's own file as whoever deploys it will. */
  public static OnnxPredictor ofFile(
      Path file, OnnxModel model, RuntimeOptions options, OnnxSession.Weights weights) {
    String output = model.graph().getOutput(0).getName();
    return new OnnxPredictor(OnnxSession.ofFile(file, options, weights), output);
  }

  /** Loads a model that was read; its first output is what it predicts. */
  public static OnnxPredictor open(OnnxModel model, RuntimeOptions options) {
    String output = model.graph().getOutput(0).getName();
    return new OnnxPredictor(OnnxSession.ofModel(model, options), output);
  }

  @Override
  public Logits predict(TokenBatch batch) {
    return predict(batch, Map.of());
  }

  /**
   * Runs one batch with inputs beyond the model's own.
   *
   * @throws org.fnprune.runtime.ModelRunException when ONNX Runtime fails
   */
  public Logits predict(TokenBatch batch, Map<String, ExtraInput> extra) {
    BatchRunner.Output result = runner.run(batch, List.of(output), extra).get(0);
    return new Logits(
        result.values(),
        ImmutableIntArray.copyOf(result.shape().stream().mapToInt(Math::toIntExact)));
  }

  @Override
  public void close() {
    runner.close();
  }
}
