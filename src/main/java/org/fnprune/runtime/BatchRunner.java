package org.fnprune.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableLongArray;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.fnprune.common.UsageException;
import org.fnprune.data.TokenBatch;

/** Runs token batches through a session and hands back float outputs. */
public final class BatchRunner implements AutoCloseable {

  /**
   * A float output.
   *
   * @param values row-major, read by absolute index
   */
  public record Output(FloatBuffer values, ImmutableLongArray shape) {}

  private final OnnxSession session;

  /** Takes over the session. */
  public BatchRunner(OnnxSession session) {
    this.session = session;
  }

  /** Runs one batch. */
  public List<Output> run(TokenBatch batch, List<String> outputs) {
    return run(batch, outputs, Map.of());
  }

  /**
   * Runs one batch.
   *
   * @param outputs names of float outputs
   * @param extra inputs beyond the model's own
   * @return the outputs in the order of their names
   * @throws ModelRunException when ONNX Runtime fails
   */
  public List<Output> run(TokenBatch batch, List<String> outputs, Map<String, ExtraInput> extra) {
    try (Feeds feeds = Feeds.of(session, batch, extra, Past.NONE);
        OrtSession.Result result = session.run(feeds.tensors(), Set.copyOf(outputs))) {
      return copies(result, outputs);
    }
  }

  /** The model's input for images, batch × channels × height × width, if it has one. */
  public Optional<String> imageInput() {
    return session.inputs().values().stream()
        .filter(input -> input.getInfo() instanceof TensorInfo info && isImage(info))
        .map(NodeInfo::getName)
        .filter(name -> !session.caches().containsKey(name))
        .findFirst();
  }

  private static boolean isImage(TensorInfo info) {
    return info.getShape().length == 4
        && switch (info.type) {
          case FLOAT, FLOAT16, BFLOAT16, DOUBLE, UINT8 -> true;
          default -> false;
        };
  }

  /** The outputs of a run in the order of their names. */
  static ImmutableList<Output> copies(OrtSession.Result result, List<String> outputs) {
    ImmutableList.Builder<Output> copies = ImmutableList.builder();
    for (String output : outputs) {
      OnnxValue value =
          result
              .get(output)
              .orElseThrow(() -> new IllegalStateException("no output '" + output + "'"));
      FloatBuffer values = value instanceof OnnxTensor tensor ? tensor.getFloatBuffer() : null;
      if (values == null || !(value.getInfo() instanceof TensorInfo info)) {
        throw new UsageException(
            "model output '" + output + "' (" + value.getInfo() + ") holds no floats",
            "the first output must be logits or hidden states; export the model again");
      }
      copies.add(new Output(values, ImmutableLongArray.copyOf(info.getShape())));
    }
    return copies.build();
  }

  /**
   * Starts to feed tokens step by step. The decoder is to be closed before this is.
   *
   * @param extra inputs beyond the model's own
   */
  public Decoder decoder(Map<String, ExtraInput> extra) {
    return new Decoder(session, extra);
  }

  /**
   * Runs one batch and leaves its outputs where they were asked for.
   *
   * @param shapes of the float outputs of this batch, by name
   * @param outputs where they are written
   * @param extra inputs beyond the model's own
   * @throws ModelRunException when ONNX Runtime fails, or an output has another shape
   */
  public void run(
      TokenBatch batch,
      Map<String, ImmutableLongArray> shapes,
      PinnedOutputs outputs,
      Map<String, ExtraInput> extra) {
    outputs.prepare(shapes);
    try (Feeds feeds = Feeds.of(session, batch, extra, Past.NONE)) {
      session.runInto(feeds.tensors(), outputs.tensors());
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
