package org.fnprune.model;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.fnprune.common.UsageException;
import org.jspecify.annotations.Nullable;

/** Turns the ways in which ONNX stores a tensor into {@link TensorData}. */
final class Tensors {

  private Tensors() {}

  /**
   * Reads one tensor.
   *
   * @param modelFile where external data is relative to; null when the model has no file
   * @throws UsageException when shape, type and data do not fit each other
   */
  static TensorData read(TensorProto tensor, @Nullable Path modelFile) {
    ElementType type = ElementType.of(tensor.getDataType(), tensor.getName());
    long elements = elements(tensor);
    long bytes = bytes(tensor, type, elements);
    ByteString data = data(tensor, type, modelFile, bytes);
    requireSize(tensor, data.size(), bytes);
    return new TensorData(tensor.getName(), type, ImmutableList.copyOf(tensor.getDimsList()), data);
  }

  private static void requireSize(TensorProto tensor, long found, long expected) {
    if (found != expected) {
      throw new UsageException(
          "tensor '"
              + tensor.getName()
              + "' has shape "
              + tensor.getDimsList()
              + ", which is "
              + expected
              + " bytes, but holds "
              + found,
          "the file is damaged; export the model again");
    }
  }

  /**
   * Checks that a tensor has the data that its shape and type ask for, without reading external
   * data.
   *
   * @throws UsageException when it has not
   */
  static void check(TensorProto tensor, @Nullable Path modelFile) {
    ElementType type = ElementType.of(tensor.getDataType(), tensor.getName());
    long bytes = bytes(tensor, type, elements(tensor));
    if (ExternalTensors.isExternal(tensor) && modelFile != null) {
      ExternalData.range(tensor, modelFile, bytes);
    } else {
      requireSize(tensor, data(tensor, type, modelFile, bytes).size(), bytes);
    }
  }

  /**
   * Checks a tensor's shape and, if its data is in the model file and its type is known, that it is
   * as much as that asks for.
   *
   * @throws UsageException when it is not
   */
  static void checkInside(TensorProto tensor) {
    elements(tensor);
    boolean known =
        Arrays.stream(ElementType.values()).anyMatch(t -> t.number() == tensor.getDataType());
    if (known && !ExternalTensors.isExternal(tensor)) {
      check(tensor, null);
    }
  }

  /**
   * A tensor whose data lies in a file of its own, to be cut or copied without reading it first;
   * empty for one that is in the model file, or whose values take no whole bytes.
   *
   * @throws UsageException when its data is not there
   */
  static Optional<SlicedTensor> inFile(TensorProto tensor, @Nullable Path modelFile) {
    if (!ExternalTensors.isExternal(tensor) || modelFile == null) {
      return Optional.empty();
    }
    ElementType type = ElementType.of(tensor.getDataType(), tensor.getName());
    if (type.isPacked()) {
      return Optional.empty();
    }
    long bytes = bytes(tensor, type, elements(tensor));
    FileRange range = ExternalData.range(tensor, modelFile, bytes);
    Selection all = Selection.all(ImmutableList.copyOf(tensor.getDimsList()));
    return Optional.of(new SlicedTensor(type, range, all));
  }

  /** Number of elements by the declared shape. */
  static long elements(TensorProto tensor) {
    long product = 1;
    for (long dim : tensor.getDimsList()) {
      if (dim < 0) {
        throw badShape(tensor);
      }
      product = multiply(tensor, product, dim);
    }
    return product;
  }

  private static long bytes(TensorProto tensor, ElementType type, long elements) {
    return type.isPacked() ? type.bytesOf(elements) : multiply(tensor, elements, type.bytes());
  }

  private static long multiply(TensorProto tensor, long a, long b) {
    long high = Math.multiplyHigh(a, b);
    long low = a * b;
    if (high != 0 || low < 0) {
      throw badShape(tensor);
    }
    return low;
  }

  private static UsageException badShape(TensorProto tensor) {
    return new UsageException(
        "tensor '" + tensor.getName() + "' has the impossible shape " + tensor.getDimsList(),
        "the file is damaged; export the model again");
  }

  private static ByteString data(
      TensorProto tensor, ElementType type, @Nullable Path modelFile, long bytes) {
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      if (modelFile == null) {
        throw new IllegalStateException(tensor.getName() + " is external but the model is not");
      }
      return ExternalData.read(tensor, modelFile, bytes);
    }
    if (tensor.hasRawData()) {
      return tensor.getRawData();
    }
    return switch (type) {
      case FLOAT -> pack(tensor.getFloatDataList(), 4, (b, v) -> b.putFloat(v));
      case DOUBLE -> pack(tensor.getDoubleDataList(), 8, (b, v) -> b.putDouble(v));
      case INT64 -> pack(tensor.getInt64DataList(), 8, (b, v) -> b.putLong(v));
      case UINT64 -> pack(tensor.getUint64DataList(), 8, (b, v) -> b.putLong(v));
      case UINT32 -> pack(tensor.getUint64DataList(), 4, (b, v) -> b.putInt(v.intValue()));
      case INT32 -> pack(tensor.getInt32DataList(), 4, (b, v) -> b.putInt(v));
      case INT16, UINT16, FLOAT16, BFLOAT16 ->
          pack(tensor.getInt32DataList(), 2, (b, v) -> b.putShort(v.shortValue()));
      // Of packed types, one number is one byte with two values.
      case INT8, UINT8, BOOL, INT4, UINT4 ->
          pack(tensor.getInt32DataList(), 1, (b, v) -> b.put(v.byteValue()));
    };
  }

  private interface Put<T> {
    void put(ByteBuffer out, T value);
  }

  private static <T> ByteString pack(List<T> values, int size, Put<T> put) {
    ByteBuffer out =
        ByteBuffer.allocate(Math.multiplyExact(values.size(), size)).order(ByteOrder.LITTLE_ENDIAN);
    for (T value : values) {
      put.put(out, value);
    }
    return ByteString.copyFrom(out.rewind());
  }
}
