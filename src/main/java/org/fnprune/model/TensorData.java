package org.fnprune.model;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * A constant tensor's values as the bytes of an ONNX file: little-endian, row-major.
 *
 * @param name the tensor's name
 * @param dims sizes of its axes; empty for a scalar
 * @param bytes exactly as many as {@link ElementType#bytesOf} says for {@code product(dims)}; of a
 *     packed type, the first value of each byte in its low half
 */
public record TensorData(
    String name, ElementType type, ImmutableList<Long> dims, ByteString bytes) {

  public TensorData {
    long expected = type.bytesOf(elements(dims));
    if (expected != bytes.size()) {
      throw new IllegalArgumentException(
          name + " declares " + expected + " bytes and has " + bytes.size());
    }
  }

  /** A float32 tensor. */
  public static TensorData ofFloats(String name, ImmutableList<Long> dims, float[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return new TensorData(name, ElementType.FLOAT, dims, ByteString.copyFrom(buffer.rewind()));
  }

  /** An int64 tensor. */
  public static TensorData ofLongs(String name, ImmutableList<Long> dims, long[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asLongBuffer().put(values);
    return new TensorData(name, ElementType.INT64, dims, ByteString.copyFrom(buffer.rewind()));
  }

  /** An int32 tensor. */
  public static TensorData ofInts(String name, ImmutableList<Long> dims, long[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      buffer.putInt(Math.toIntExact(value));
    }
    return new TensorData(name, ElementType.INT32, dims, ByteString.copyFrom(buffer.rewind()));
  }

  /**
   * A floating-point tensor of {@code type}, rounded from {@code values} to nearest even.
   *
   * @throws IllegalArgumentException when the type holds no floating-point values
   */
  public static TensorData ofDoubles(
      String name, ElementType type, ImmutableList<Long> dims, double[] values) {
    ByteBuffer out =
        ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      FloatCodec.put(out, type, value);
    }
    return new TensorData(name, type, dims, ByteString.copyFrom(out.rewind()));
  }

  /**
   * A tensor of small integers, of which the lowest bits are stored.
   *
   * @throws IllegalArgumentException when the type holds anything else
   */
  public static TensorData ofSmallIntegers(
      String name, ElementType type, ImmutableList<Long> dims, int[] values) {
    return new TensorData(name, type, dims, SmallIntegers.pack(type, values));
  }

  /** Number of axes. */
  public int rank() {
    return dims.size();
  }

  /** Size of an axis; negative axes count from the end. */
  public int dim(int axis) {
    return Math.toIntExact(dims.get(axis < 0 ? axis + rank() : axis));
  }

  /** Number of values. */
  public long elements() {
    return elements(dims);
  }

  private static long elements(ImmutableList<Long> dims) {
    long product = 1;
    for (long dim : dims) {
      product = Math.multiplyExact(product, dim);
    }
    return product;
  }

  /** This tensor under another name. */
  public TensorData named(String newName) {
    return new TensorData(newName, type, dims, bytes);
  }

  /** Other bytes of the same type under the same name. */
  TensorData withBytes(ImmutableList<Long> newDims, byte[] newBytes) {
    return new TensorData(name, type, newDims, UnsafeByteOperations.unsafeWrap(newBytes));
  }

  /**
   * The slices {@code positions} along {@code axis}, bit for bit.
   *
   * @param axis negative, counted from the end
   */
  public TensorData slice(int axis, int[] positions) {
    if (type.isPacked()) {
      return SmallIntegers.slice(this, axis, positions);
    }
    int at = axis + rank();
    long inner = type.bytes();
    for (int i = at + 1; i < rank(); i++) {
      inner *= dims.get(i);
    }
    long outer = 1;
    for (int i = 0; i < at; i++) {
      outer *= dims.get(i);
    }
    int run = Math.toIntExact(inner);
    byte[] sliced = new byte[Math.toIntExact(outer * positions.length * inner)];
    ByteBuffer source = bytes.asReadOnlyByteBuffer();
    int width = dim(axis);
    int to = 0;
    for (int block = 0; block < outer; block++) {
      for (int position : positions) {
        source.get((block * width + position) * run, sliced, to, run);
        to += run;
      }
    }
    ImmutableList.Builder<Long> newDims = ImmutableList.builder();
    for (int i = 0; i < rank(); i++) {
      newDims.add(i == at ? (long) positions.length : dims.get(i));
    }
    return withBytes(newDims.build(), sliced);
  }

  /**
   * All values as doubles, row-major.
   *
   * @throws IllegalArgumentException when the type holds no floating-point values
   */
  public double[] toDoubles() {
    double[] values = new double[Math.toIntExact(elements())];
    ByteBuffer in = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    if (type == ElementType.FLOAT) {
      FloatBuffer floats = in.asFloatBuffer();
      for (int i = 0; i < values.length; i++) {
        values[i] = floats.get(i);
      }
      return values;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = FloatCodec.get(in, type);
    }
    return values;
  }

  /**
   * All values of an integer tensor.
   *
   * @throws IllegalArgumentException when the type is neither int32 nor int64
   */
  public long[] toLongs() {
    ByteBuffer in = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long[] values = new long[Math.toIntExact(elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case INT64 -> in.getLong();
            case INT32 -> in.getInt();
            default -> throw new IllegalArgumentException(name + " holds " + type + " values");
          };
    }
    return values;
  }

  /**
   * All values of a tensor of small integers, row-major.
   *
   * @throws IllegalArgumentException when the type holds anything else
   */
  public int[] toSmallIntegers() {
    return SmallIntegers.unpack(type, bytes, elements());
  }

  /** This tensor as an initialiser with its data inside. */
  public TensorProto toProto() {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(type.number())
        .addAllDims(dims)
        .setRawData(bytes)
        .build();
  }
}
