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
import org.fnprune.model.OnnxModel;

/** A model loaded into ONNX Runtime. Not thread-safe; close it to free native memory. */
public final class OnnxSession implements AutoCloseable {

  /** Tells ONNX Runtime where the external data of a model given as bytes lies. */
  private static final String EXTERNAL_FOLDER =
      "session.model_external_initializers_file_folder_path";

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
    return open(options, (environment, o) -> environment.createSession(onnxFile.toString(), o));
  }

  /** Loads a model that was changed in memory; external data stays where its file was. */
  public static OnnxSession ofModel(OnnxModel model, RuntimeOptions options) {
    return open(
        options,
        (environment, o) -> {
          OnnxModel runnable = model.nested();
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

  private static OnnxSession open(RuntimeOptions options, Loader loader) {
    try {
      OrtEnvironment environment = Environments.get();
      return options.attempt(
          native_ ->
              new OnnxSession(environment, loader.load(environment, native_), options.sizes()));
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
      throw new ModelRunException("ONNX Runtime failed: " + e.getMessage(), e);
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
      throw new ModelRunException("ONNX Runtime failed: " + e.getMessage(), e);
    }
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
