package org.fnprune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import java.util.stream.IntStream;
import org.fnprune.common.Failures;
import org.junit.jupiter.api.Test;

class SmallIntegersTest {

  private static TensorProto.Builder tensor(ElementType type, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName("t").setDataType(type.number());
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor;
  }

  private static ByteString bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteString.copyFrom(bytes);
  }

  @Test
  void twoValuesShareAByteTheFirstInTheLowHalf() {
    TensorProto.Builder raw = tensor(ElementType.UINT4, 3).setRawData(bytes(0xf1, 0x08));
    assertThat(Tensors.read(raw.build(), null).toSmallIntegers()).containsExactly(1, 15, 8);
    TensorProto.Builder signed = tensor(ElementType.INT4, 3).setRawData(bytes(0xf1, 0x08));
    assertThat(Tensors.read(signed.build(), null).toSmallIntegers()).containsExactly(1, -1, -8);
  }

  @Test
  void packedBytesMayLieInInt32Data() {
    TensorProto.Builder data =
        tensor(ElementType.UINT4, 2, 2).addInt32Data(0x21).addInt32Data(0x43);
    assertThat(Tensors.read(data.build(), null).toSmallIntegers()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void shapeAndPackedBytesMustAgree() {
    TensorProto.Builder tooMany = tensor(ElementType.INT4, 3).setRawData(bytes(0, 0, 0));
    assertThat(Failures.of(() -> Tensors.check(tooMany.build(), null)))
        .contains("which is 2 bytes, but holds 3");
  }

  @Test
  void packedTensorsAreCutOnAnyAxis() {
    int[] values = IntStream.range(0, 30).map(i -> i % 16 - 8).toArray();
    TensorData cube =
        TensorData.ofSmallIntegers("c", ElementType.INT4, ImmutableList.of(2L, 3L, 5L), values);
    assertThat(cube.toSmallIntegers()).isEqualTo(values);

    TensorData last = cube.slice(-1, new int[] {0, 1, 4});
    assertThat(last.dims()).containsExactly(2L, 3L, 3L);
    assertThat(last.toSmallIntegers())
        .isEqualTo(
            IntStream.range(0, 30)
                .filter(i -> i % 5 < 2 || i % 5 == 4)
                .map(i -> values[i])
                .toArray());
    TensorData middle = cube.slice(-2, new int[] {2});
    assertThat(middle.toSmallIntegers())
        .isEqualTo(
            IntStream.range(0, 30).filter(i -> i / 5 % 3 == 2).map(i -> values[i]).toArray());
    assertThat(cube.slice(-3, new int[] {1}).toSmallIntegers())
        .isEqualTo(IntStream.range(15, 30).map(i -> values[i]).toArray());
  }

  @Test
  void anOddNumberOfValuesLeavesHalfAByteZero() {
    TensorData three =
        TensorData.ofSmallIntegers(
            "t", ElementType.INT4, ImmutableList.of(3L), new int[] {-1, -1, -1});
    assertThat(three.bytes()).isEqualTo(bytes(0xff, 0x0f));
  }

  @Test
  void wholeBytesKeepTheirSign() {
    TensorData signed =
        TensorData.ofSmallIntegers(
            "t", ElementType.INT8, ImmutableList.of(2L), new int[] {-128, 127});
    assertThat(signed.toSmallIntegers()).containsExactly(-128, 127);
    TensorData unsigned =
        TensorData.ofSmallIntegers(
            "t", ElementType.UINT8, ImmutableList.of(2L), new int[] {0, 255});
    assertThat(unsigned.toSmallIntegers()).containsExactly(0, 255);
  }

  @Test
  void otherTypesAreABug() {
    TensorData floats = TensorData.ofFloats("t", ImmutableList.of(), new float[] {1});
    assertThatIllegalArgumentException().isThrownBy(floats::toSmallIntegers);
  }
}
