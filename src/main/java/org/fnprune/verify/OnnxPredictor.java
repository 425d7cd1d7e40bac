package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.fnprune.common.UsageException;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.OnnxModel;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.Decoder;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.runtime.RuntimeOptions;

/** A model file as tasks see it. Close it to free native memory. */
public final class OnnxPredictor implements Model, AutoCloseable {

  private static final ImmutableIntArray ONE_TOKEN = ImmutableIntArray.of(0);

  private final BatchRunner runner;
  private final ImmutableList<String> outputs;

  private OnnxPredictor(OnnxSession session, OnnxModel model) {
    this.runner = new BatchRunner(session);
    this.outputs =
        model.graph().getOutputList().stream()
            .map(output -> output.getName())
            .collect(ImmutableList.toImmutableList());
  }

  /** Loads a model's own file as whoever deploys it will. */
  public static OnnxPredictor ofFile(
      Path file, OnnxModel model, RuntimeOptions options, OnnxSession.Weights weights) {
    return new OnnxPredictor(OnnxSession.ofFile(file, options, weights), model);
  }

  /** Loads a model that was read; its first output is what it predicts. */
  public static OnnxPredictor open(OnnxModel model, RuntimeOptions options) {
    return new OnnxPredictor(OnnxSession.ofModel(model, options), model);
  }

  /** The same session with inputs beyond the model's own, such as masks. */
  public Model with(Map<String, ExtraInput> extra) {
    return new Extended(runner, outputs, ImmutableMap.copyOf(extra));
  }

  private Extended plain() {
    return new Extended(runner, outputs, ImmutableMap.of());
  }

  @Override
  public ImmutableList<String> outputs() {
    return outputs;
  }

  @Override
  public Logits predict(TokenBatch batch) {
    return plain().predict(batch);
  }

  @Override
  public ImmutableList<Logits> predict(TokenBatch batch, List<String> names) {
    return plain().predict(batch, names);
  }

  @Override
  public Logits predict(Images images) {
    return plain().predict(images);
  }

  @Override
  public Decoding decoding() {
    return plain().decoding();
  }

  /**
   * Runs one batch with inputs beyond the model's own.
   *
   * @throws org.fnprune.runtime.ModelRunException when ONNX Runtime fails
   */
  public Logits predict(TokenBatch batch, Map<String, ExtraInput> extra) {
    return with(extra).predict(batch);
  }

  @Override
  public void close() {
    runner.close();
  }

  private static Logits logits(BatchRunner.Output output) {
    return new Logits(
        output.values(),
        ImmutableIntArray.copyOf(output.shape().stream().mapToInt(Math::toIntExact)));
  }

  /** A session with further inputs. */
  private record Extended(
      BatchRunner runner, ImmutableList<String> outputs, ImmutableMap<String, ExtraInput> extra)
      implements Model {

    @Override
    public Logits predict(TokenBatch batch) {
      return predict(batch, outputs.subList(0, 1)).get(0);
    }

    @Override
    public ImmutableList<Logits> predict(TokenBatch batch, List<String> names) {
      return runner.run(batch, names, extra).stream()
          .map(OnnxPredictor::logits)
          .collect(ImmutableList.toImmutableList());
    }

    @Override
    public Logits predict(Images images) {
      String input =
          runner
              .imageInput()
              .orElseThrow(
                  () ->
                      new UsageException(
                          "the model has no input for images (batch × channels × height × width)",
                          "choose a task type that fits the model"));
      ExtraInput pixels =
          new ExtraInput(
              images.pixels().copy(),
              images.count(),
              images.channels(),
              images.height(),
              images.width());
      // The number of rows is all that the other inputs need to know.
      TokenBatch rows =
          new TokenBatch(ImmutableList.copyOf(Collections.nCopies(images.count(), ONE_TOKEN)), 0);
      return new Extended(
              runner,
              outputs,
              ImmutableMap.<String, ExtraInput>builder().putAll(extra).put(input, pixels).build())
          .predict(rows);
    }

    @Override
    public Decoding decoding() {
      Decoder decoder = runner.decoder(extra);
      if (decoder.hasGrowingCache()) {
        return new CachedDecoding(decoder, outputs.get(0));
      }
      decoder.close();
      return new WholeTextDecoding(this);
    }
  }

  /** Feeds each part once: the model's cache has the rest. */
  private record CachedDecoding(Decoder decoder, String output) implements Decoding {

    @Override
    public Logits feed(TokenBatch tokens) {
      return logits(decoder.feed(tokens, List.of(output)).get(0));
    }

    @Override
    public void close() {
      decoder.close();
    }
  }
}
