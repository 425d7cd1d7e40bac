package org.fnprune.runtime;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.fnprune.common.UsageException;
import org.fnprune.model.OnnxModel;

/** A model loaded into ONNX Runtime. Not thread-safe; close it to free native memory. */
public final class OnnxSession implements AutoCloseable {

  /** Tells ONNX Runtime where the external data of a model given as bytes lies. */
  private static final String EXTERNAL_FOLDER =
      "session.model_external_initializers_file_folder_path";

  private static final String DISABLE_PREPACKING = "session.disable_prepacking";

  /** Where a session has its weights. */
  public enum Weights {
    /** Copied into memory in the order that matrix kernels like best: for many runs. */
    COPIED,
    /** Read where they lie, in files mapped into memory: for a few runs of a large model. */
    MAPPED
  }

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final ImmutableMap<String, NodeInfo> inputs;
  private final ImmutableMap<String, CacheInput> caches;
  private final ImmutableSet<String> outputs;
  private final InputSizes sizes;

  private OnnxSession(OrtEnvironment environment, OrtSession session, InputSizes sizes)
      throws OrtException {
    this.environment = environment;
    this.session = session;
    this.sizes = sizes;
    this.inputs = ImmutableMap.copyOf(session.getInputInfo());
    this.outputs = ImmutableSet.copyOf(session.getOutputNames());
    this.caches =
        inputs.values().stream()
            .flatMap(input -> CacheInput.of(input).stream())
            .collect(ImmutableMap.toImmutableMap(CacheInput::name, cache -> cache));
  }

  /** Loads the file as it is, with all of ONNX Runtime's optimisations. */
  public static OnnxSession ofFile(Path onnxFile, RuntimeOptions options) {
    return ofFile(onnxFile, options, Weights.COPIED);
  }

  /** Loads the file as it is, with all of ONNX Runtime's optimisations. */
  public static OnnxSession ofFile(Path onnxFile, RuntimeOptions options, Weights weights) {
    return open(
        options, weights, (environment, o) -> environment.createSession(onnxFile.toString(), o));
  }

  /** Loads a model that was changed in memory; external data stays where its file was. */
  public static OnnxSession ofModel(OnnxModel model, RuntimeOptions options) {
    return ofModel(model, options, Weights.COPIED);
  }

  /** Loads a model that was changed in memory; external data stays where its file was. */
  public static OnnxSession ofModel(OnnxModel model, RuntimeOptions options, Weights weights) {
    return open(
        options,
        weights,
        (environment, o) -> {
          OnnxModel runnable = model.withSlicesRead().nested();
          Optional<OnnxModel.Located> located = runnable.located();
          if (located.isPresent()) {
            o.addConfigEntry(EXTERNAL_FOLDER, located.get().folder().toString());
          }
          ModelProto proto = located.map(OnnxModel.Located::proto).orElse(runnable.proto());
          return environment.createSession(proto.toByteArray(), o);
        });
  }

  private interface Loader {
    OrtSession load(OrtEnvironment environment, OrtSession.SessionOptions options)
        throws OrtException;
  }

  private static OnnxSession open(RuntimeOptions options, Weights weights, Loader loader) {
    try {
      OrtEnvironment environment = Environments.get();
      return options.attempt(
          native_ -> {
            if (weights == Weights.MAPPED) {
              native_.addConfigEntry(DISABLE_PREPACKING, "1");
              native_.setCPUArenaAllocator(false);
            }
            return new OnnxSession(environment, loader.load(environment, native_), options.sizes());
          });
    } catch (OrtException e) {
      throw new ModelRunException("ONNX Runtime cannot load the model: " + e.getMessage(), e);
    }
  }

  /** The model's inputs with their types and shapes. */
  public Map<String, NodeInfo> inputs() {
    return inputs;
  }

  /** The inputs that are caches, by name. */
  Map<String, CacheInput> caches() {
    return caches;
  }

  /** Names of the model's outputs. */
  Set<String> outputs() {
    return outputs;
  }

  /** What is known of sizes that the inputs leave open. */
  InputSizes sizes() {
    return sizes;
  }

  /** The environment that tensors are made in. */
  public OrtEnvironment environment() {
    return environment;
  }

  /**
   * Runs the model; the caller closes the result.
   *
   * @throws ModelRunException when ONNX Runtime fails
   */
  public OrtSession.Result run(Map<String, OnnxTensor> feeds, Set<String> outputs) {
    try {
      return session.run(feeds, outputs);
    } catch (OrtException e) {
      throw failure(e);
    }
  }

  /**
   * Runs the model into tensors that the caller owns.
   *
   * @throws ModelRunException when ONNX Runtime fails
   */
  void runInto(Map<String, OnnxTensor> feeds, Map<String, OnnxTensor> outputs) {
    try {
      session.run(feeds, outputs).close();
    } catch (OrtException e) {
      throw failure(e);
    }
  }

  /** ONNX Runtime's words where a Gather is asked for a row that its table lacks. */
  private static final String BEYOND = "indices element out of data bounds, ";

  private static RuntimeException failure(OrtException e) {
    String message = String.valueOf(e.getMessage());
    int beyond = message.indexOf(BEYOND);
    return beyond < 0
        ? new ModelRunException("ONNX Runtime failed: " + message, e)
        : new UsageException(
            "a token id or position lies beyond the model's table: "
                + message.substring(beyond + BEYOND.length()).strip(),
            "do config.json and tokenizer.json belong to this model?",
            e);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new ModelRunException("ONNX Runtime failed to close: " + e.getMessage(), e);
    }
  }
}
