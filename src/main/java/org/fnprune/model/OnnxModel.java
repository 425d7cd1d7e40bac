package org.fnprune.model;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.fnprune.common.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model: its protobuf, and where tensors with external data are relative to. Unknown
 * protobuf fields survive a round trip.
 *
 * @param proto the model as it was read or rewritten
 * @param file the .onnx file that external data is relative to; null when there is none
 */
public record OnnxModel(ModelProto proto, @Nullable Path file) {

  private static final int RECURSION_LIMIT = 100;

  private static final ImmutableSet<Integer> FLOATS =
      Arrays.stream(ElementType.values())
          .filter(ElementType::isFloat)
          .map(ElementType::number)
          .collect(toImmutableSet());

  /**
   * Reads an .onnx file.
   *
   * @throws UsageException when the file is missing, damaged, or not an ONNX model
   */
  public static OnnxModel read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      CodedInputStream coded = CodedInputStream.newInstance(in, 1 << 16);
      coded.setRecursionLimit(RECURSION_LIMIT);
      coded.setSizeLimit(Integer.MAX_VALUE);
      ModelProto proto = ModelProto.parseFrom(coded);
      if (!proto.hasGraph() || proto.getGraph().getNodeCount() == 0 || proto.getIrVersion() < 1) {
        throw new UsageException(
            file + " is not an ONNX model: it holds no graph",
            "give an .onnx file or a folder that has one");
      }
      return new OnnxModel(proto, file);
    } catch (InvalidProtocolBufferException e) {
      throw new UsageException(
          file + " is not a complete ONNX model: " + e.getMessage(),
          "the file may be truncated or of another kind; export or download it again",
          e);
    } catch (IOException e) {
      throw new UsageException(
          "model file " + file + " cannot be read: " + e.getMessage(),
          "check the path and its permissions",
          e);
    }
  }

  /** The main graph. */
  public GraphProto graph() {
    return proto.getGraph();
  }

  /** The values of an initialiser or constant of this model. */
  public TensorData data(TensorProto tensor) {
    return Tensors.read(tensor, file);
  }

  /** Number of floating-point values in the initialisers: the model's parameters. */
  public long parameters() {
    return graph().getInitializerList().stream()
        .filter(OnnxModel::isWeight)
        .mapToLong(Tensors::elements)
        .sum();
  }

  private static boolean isWeight(TensorProto tensor) {
    return FLOATS.contains(tensor.getDataType());
  }

  /** Whether any initialiser lives outside the model file. */
  public boolean hasExternalData() {
    return graph().getInitializerList().stream()
        .anyMatch(t -> t.getDataLocation() == TensorProto.DataLocation.EXTERNAL);
  }

  /**
   * The files that hold this model's external data, without duplicates.
   *
   * @throws UsageException when a reference is not safe
   */
  public ImmutableSet<Path> externalFiles() {
    Path onnxFile = file;
    if (onnxFile == null) {
      return ImmutableSet.of();
    }
    return graph().getInitializerList().stream()
        .filter(t -> t.getDataLocation() == TensorProto.DataLocation.EXTERNAL)
        .map(t -> ExternalData.file(t, onnxFile))
        .collect(toImmutableSet());
  }

  /** The opset version of the standard operators. */
  public long opset() {
    return proto.getOpsetImportList().stream()
        .filter(o -> o.getDomain().isEmpty() || o.getDomain().equals("ai.onnx"))
        .mapToLong(o -> o.getVersion())
        .max()
        .orElse(1);
  }
}
