package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.io.CountingOutputStream;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.fnprune.common.AtomicFiles;
import org.fnprune.model.OnnxModel;

/** The file beside a model that holds its large tensors, in the order of the graph. */
final class WeightFile {

  /** Smaller tensors stay inside the model file, as other exporters do. */
  private static final int EXTERNAL_FROM_BYTES = 1024;

  /** Readers map the file into memory. */
  private static final int ALIGNMENT = 64;

  private final OnnxModel model;
  private final String location;
  private final CountingOutputStream out;

  private WeightFile(OnnxModel model, String location, CountingOutputStream out) {
    this.model = model;
    this.location = location;
    this.out = out;
  }

  /** Streams the weights to {@code location}, tensor by tensor, and leaves references behind. */
  static ModelProto moveOut(OnnxModel model, Path onnx, String location) throws IOException {
    ModelProto.Builder moved = ModelProto.newBuilder();
    AtomicFiles.write(
        onnx.resolveSibling(location),
        out -> {
          WeightFile file = new WeightFile(model, location, new CountingOutputStream(out));
          try {
            moved.mergeFrom(model.replaceTensors(file::movedOut));
          } catch (UncheckedIOException e) {
            throw e.getCause();
          }
        });
    return moved.build();
  }

  private TensorProto movedOut(TensorProto tensor) {
    boolean external = tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    if (!external && tensor.getRawData().size() < EXTERNAL_FROM_BYTES) {
      return tensor;
    }
    ByteString bytes = model.data(tensor).bytes();
    long offset = append(bytes);
    return tensor.toBuilder()
        .clearRawData()
        .clearExternalData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", location))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Long.toString(bytes.size())))
        .build();
  }

  /** Returns where the bytes begin. */
  private long append(ByteString bytes) {
    try {
      out.write(new byte[(int) (-out.getCount() & (ALIGNMENT - 1))]);
      long offset = out.getCount();
      bytes.writeTo(out);
      return offset;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
