package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.SlicedTensor;

/** The file beside a model that holds its large tensors, in the order of the graph. */
final class WeightFile {

  /** Smaller tensors stay inside the model file, as other exporters do. */
  private static final int EXTERNAL_FROM_BYTES = 1024;

  /** Readers map the file into memory. */
  private static final int ALIGNMENT = 64;

  private final OnnxModel model;
  private final String location;
  private final FileChannel out;

  private WeightFile(OnnxModel model, String location, FileChannel out) {
    this.model = model;
    this.location = location;
    this.out = out;
  }

  /**
   * Streams the weights to {@code location}, tensor by tensor, and leaves references behind. The
   * new file is not synced.
   */
  static ModelProto moveOut(OnnxModel model, Path onnx, String location) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            onnx.resolveSibling(location),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE)) {
      return model.replaceTensors(new WeightFile(model, location, out)::movedOut);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private TensorProto movedOut(TensorProto tensor) {
    boolean external = tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    if (!external && tensor.getRawData().size() < EXTERNAL_FROM_BYTES) {
      return tensor;
    }
    try {
      long offset = align();
      append(tensor);
      return tensor.toBuilder()
          .clearRawData()
          .clearExternalData()
          .setDataLocation(TensorProto.DataLocation.EXTERNAL)
          .addExternalData(entry("location", location))
          .addExternalData(entry("offset", Long.toString(offset)))
          .addExternalData(entry("length", Long.toString(out.position() - offset)))
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fills up to where the next tensor may begin, and returns that. */
  private long align() throws IOException {
    writeFully(ByteBuffer.allocate((int) (-out.position() & (ALIGNMENT - 1))));
    return out.position();
  }

  private void append(TensorProto tensor) throws IOException {
    Optional<SlicedTensor> inFile = model.inFile(tensor);
    if (inFile.isPresent()) {
      inFile.get().writeTo(out);
    } else {
      writeFully(model.data(tensor).bytes().asReadOnlyByteBuffer());
    }
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
