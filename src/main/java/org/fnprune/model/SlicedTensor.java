package org.fnprune.model;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.UnsafeByteOperations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import org.fnprune.common.UsageException;

/**
 * Slices of a tensor that lies in a file, cut out when somebody asks for them: the cut weights of a
 * large model do not fit into memory together.
 */
public final class SlicedTensor {

  private final ElementType type;
  private final FileRange range;
  private final Selection selection;

  SlicedTensor(ElementType type, FileRange range, Selection selection) {
    this.type = type;
    this.range = range;
    this.selection = selection;
  }

  /**
   * Slices of these slices.
   *
   * @param axis negative, counted from the end
   */
  public SlicedTensor slice(int axis, int[] positions) {
    return new SlicedTensor(type, range, selection.slice(axis, positions));
  }

  /** Bytes of what is left. */
  public long bytes() {
    return selection.sizes().stream().reduce((long) type.bytes(), Math::multiplyExact);
  }

  /** An initialiser that says what this is, but not where its data lies. */
  public TensorProto declared(String name) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(type.number())
        .addAllDims(selection.sizes())
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .build();
  }

  /** Reads what is left into memory. */
  TensorData read(String name) {
    if (bytes() > Integer.MAX_VALUE) {
      throw new UsageException(
          "tensor '" + name + "' cannot be read: its " + bytes() + " bytes are more than 2 GiB",
          "it can be cut and copied, but not fitted or scored");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream((int) bytes());
    try {
      writeTo(Channels.newChannel(out));
    } catch (IOException e) {
      throw unreadable("tensor '" + name + "'", e);
    }
    return new TensorData(
        name, type, selection.sizes(), UnsafeByteOperations.unsafeWrap(out.toByteArray()));
  }

  /**
   * Hands all values of what is left to {@code sink}.
   *
   * @throws IllegalArgumentException when the type holds no floating-point values
   */
  public void forEachValue(ValueSink sink) {
    try {
      writeTo(new ValueReader(type, sink));
    } catch (IOException e) {
      throw unreadable("a tensor", e);
    }
  }

  private UsageException unreadable(String tensor, IOException e) {
    return new UsageException(
        "data of " + tensor + " cannot be read: " + e.getMessage(), "check " + range.file(), e);
  }

  /** Appends the bytes of what is left, with buffers of fixed size. */
  public void writeTo(WritableByteChannel target) throws IOException {
    RunCopy.copy(range, new ByteRuns(selection, type.bytes()), target);
  }
}
