package org.fnprune.model;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.io.MoreFiles;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes models as files for tests. */
public final class ModelFiles {

  private ModelFiles() {}

  /** Writes a model with its data inside. */
  public static Path write(OnnxModel model, Path file) throws IOException {
    MoreFiles.createParentDirectories(file);
    return Files.write(file, model.proto().toByteArray());
  }

  /**
   * Writes a model whose weights all lie in {@code location}, one after the other; whole numbers
   * stay inside, where ONNX Runtime wants shapes to be.
   */
  public static Path writeExternal(OnnxModel model, Path file, String location) throws IOException {
    GraphProto.Builder graph = model.graph().toBuilder();
    ByteString data = ByteString.EMPTY;
    for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
      if (!ElementType.isFloat(tensor.getDataType())) {
        continue;
      }
      ByteString bytes = model.data(tensor.build()).bytes();
      refer(tensor, location, data.size(), bytes.size());
      data = data.concat(bytes);
    }
    MoreFiles.createParentDirectories(file);
    Path dataFile = file.resolveSibling(location);
    MoreFiles.createParentDirectories(dataFile);
    Files.write(dataFile, data.toByteArray());
    ModelProto proto = model.proto().toBuilder().setGraph(graph).build();
    return Files.write(file, proto.toByteArray());
  }

  private static void refer(TensorProto.Builder tensor, String location, long offset, long length) {
    tensor
        .clearRawData()
        .clearFloatData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", location))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Long.toString(length)));
  }

  static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
