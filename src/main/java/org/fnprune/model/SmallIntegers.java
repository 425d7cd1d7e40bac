package org.fnprune.model;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;

/** Packs and unpacks integers of 8 or 4 bits. */
final class SmallIntegers {

  private SmallIntegers() {}

  static int[] unpack(ElementType type, ByteString bytes, long elements) {
    requireSmall(type);
    int[] values = new int[Math.toIntExact(elements)];
    for (int i = 0; i < values.length; i++) {
      values[i] = extended(type, type.isPacked() ? half(bytes, i) : bytes.byteAt(i));
    }
    return values;
  }

  static ByteString pack(ElementType type, int[] values) {
    requireSmall(type);
    byte[] packed = new byte[Math.toIntExact(type.bytesOf(values.length))];
    for (int i = 0; i < values.length; i++) {
      if (type.isPacked()) {
        setHalf(packed, i, values[i]);
      } else {
        packed[i] = (byte) values[i];
      }
    }
    return UnsafeByteOperations.unsafeWrap(packed);
  }

  /** {@link TensorData#slice} where values share bytes. */
  static TensorData slice(TensorData data, int axis, int[] positions) {
    int at = axis + data.rank();
    long inner = product(data.dims().subList(at + 1, data.rank()));
    long outer = product(data.dims().subList(0, at));
    ImmutableList.Builder<Long> dims = ImmutableList.builder();
    dims.addAll(data.dims().subList(0, at)).add((long) positions.length);
    dims.addAll(data.dims().subList(at + 1, data.rank()));
    long elements = Math.multiplyExact(outer, Math.multiplyExact(positions.length, inner));
    byte[] sliced = new byte[Math.toIntExact(data.type().bytesOf(elements))];
    long to = 0;
    for (long block = 0; block < outer; block++) {
      for (int position : positions) {
        long from = (block * data.dim(axis) + position) * inner;
        for (long i = 0; i < inner; i++) {
          setHalf(sliced, to++, half(data.bytes(), from + i));
        }
      }
    }
    return new TensorData(
        data.name(), data.type(), dims.build(), UnsafeByteOperations.unsafeWrap(sliced));
  }

  private static int half(ByteString bytes, long index) {
    return bytes.byteAt((int) (index / 2)) >> (index % 2 * 4);
  }

  /** Sets a half of a byte that is still zero. */
  private static void setHalf(byte[] bytes, long index, int value) {
    bytes[(int) (index / 2)] |= (byte) ((value & 0xf) << (index % 2 * 4));
  }

  private static long product(ImmutableList<Long> dims) {
    return dims.stream().reduce(1L, Math::multiplyExact);
  }

  /** The lowest bits as the value that they stand for. */
  private static int extended(ElementType type, int bits) {
    int unused = Integer.SIZE - type.bits();
    return type.isSigned() ? bits << unused >> unused : bits << unused >>> unused;
  }

  private static void requireSmall(ElementType type) {
    if (!type.isQuantised()) {
      throw new IllegalArgumentException(type + " is not a type of small integers");
    }
  }
}
