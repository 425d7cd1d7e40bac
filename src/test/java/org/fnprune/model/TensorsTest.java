package org.fnprune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.fnprune.common.Failures;
import org.junit.jupiter.api.Test;

class TensorsTest {

  private static TensorProto.Builder tensor(ElementType type, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName("t").setDataType(type.number());
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor;
  }

  private static TensorData read(TensorProto.Builder tensor) {
    return Tensors.read(tensor.build(), null);
  }

  @Test
  void floatsInTheirOwnField() {
    TensorProto.Builder floats = tensor(ElementType.FLOAT, 3);
    floats.addFloatData(1.5f).addFloatData(-0f).addFloatData(Float.NaN);
    assertThat(read(floats).toDoubles()).containsExactly(1.5, -0.0, Double.NaN);
    TensorProto.Builder doubles = tensor(ElementType.DOUBLE, 1).addDoubleData(Math.PI);
    assertThat(read(doubles).toDoubles()).containsExactly(Math.PI);
  }

  @Test
  void halvesAreBitsInInt32Data() {
    TensorProto.Builder half =
        tensor(ElementType.FLOAT16, 2).addInt32Data(0x3c00).addInt32Data(0xc000);
    assertThat(read(half).toDoubles()).containsExactly(1, -2);
    TensorProto.Builder bfloat = tensor(ElementType.BFLOAT16, 1).addInt32Data(0x3f80);
    assertThat(read(bfloat).toDoubles()).containsExactly(1);
  }

  @Test
  void integersInTheirFields() {
    assertThat(read(tensor(ElementType.INT64, 2).addInt64Data(-1).addInt64Data(1L << 40)).toLongs())
        .containsExactly(-1, 1L << 40);
    assertThat(read(tensor(ElementType.INT32, 1).addInt32Data(-7)).toLongs()).containsExactly(-7);
    assertThat(read(tensor(ElementType.UINT8, 2).addInt32Data(255).addInt32Data(1)).bytes())
        .isEqualTo(ByteString.copyFrom(new byte[] {-1, 1}));
    assertThat(read(tensor(ElementType.UINT32, 1).addUint64Data(0xfffffffeL)).bytes())
        .isEqualTo(ByteString.copyFrom(new byte[] {-2, -1, -1, -1}));
    assertThat(read(tensor(ElementType.BOOL, 1).addInt32Data(1)).bytes().size()).isEqualTo(1);
  }

  @Test
  void valuesThatAreNotOfTheTypeAreABug() {
    TensorData integers = TensorData.ofLongs("t", ImmutableList.of(1L), new long[] {1});
    assertThatIllegalArgumentException().isThrownBy(integers::toDoubles);
    TensorData floats = TensorData.ofFloats("t", ImmutableList.of(), new float[] {1});
    assertThatIllegalArgumentException().isThrownBy(floats::toLongs);
  }

  @Test
  void shapeAndBytesMustAgree() {
    TensorProto.Builder tooFew = tensor(ElementType.FLOAT, 2, 3).setRawData(bytes(20));
    assertThat(Failures.of(() -> read(tooFew)))
        .startsWith("tensor 't' has shape [2, 3], which is 24 bytes, but holds 20");
    assertThat(Failures.of(() -> Tensors.check(tooFew.build(), null))).contains("but holds 20");
    assertThat(Failures.of(() -> read(tensor(ElementType.FLOAT, 2).addFloatData(1))))
        .contains("which is 8 bytes, but holds 4");
    assertThat(Failures.of(() -> read(tensor(ElementType.FLOAT)))).contains("but holds 0");
  }

  @Test
  void impossibleShapesAreRefused() {
    assertThat(Failures.of(() -> read(tensor(ElementType.FLOAT, -1))))
        .startsWith("tensor 't' has the impossible shape [-1]");
    assertThat(Failures.of(() -> read(tensor(ElementType.FLOAT, 1L << 40, 1L << 40))))
        .contains("impossible shape");
    assertThat(Failures.of(() -> read(tensor(ElementType.DOUBLE, Long.MAX_VALUE / 2))))
        .contains("impossible shape");
  }

  @Test
  void anEmptyTensorIsATensor() {
    assertThat(read(tensor(ElementType.FLOAT, 0, 5)).toDoubles()).isEmpty();
  }

  @Test
  void typesThatCannotBeReadAreNamed() {
    assertThat(Failures.of(() -> read(TensorProto.newBuilder().setName("s").setDataType(8))))
        .startsWith("tensor 's' has element type STRING");
    assertThat(Failures.of(() -> read(TensorProto.newBuilder().setName("s").setDataType(99))))
        .startsWith("tensor 's' has element type number 99");
  }

  @Test
  void slicesAreBitForBit() {
    int[] payloads = {0x7fc00001, 0xffc12345, 0x7f800001, 0x80000000, 0x00000001, 0x3f800000};
    ByteBuffer raw = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    for (int payload : payloads) {
      raw.putInt(payload);
    }
    TensorData matrix =
        new TensorData(
            "m", ElementType.FLOAT, ImmutableList.of(2L, 3L), ByteString.copyFrom(raw.rewind()));

    TensorData columns = matrix.slice(-1, new int[] {0, 2});
    TensorData rows = matrix.slice(-2, new int[] {1});

    assertThat(columns.dims()).containsExactly(2L, 2L);
    assertThat(columns.bytes())
        .isEqualTo(part(matrix, 0, 4).concat(part(matrix, 8, 16)).concat(part(matrix, 20, 24)));
    assertThat(rows.dims()).containsExactly(1L, 3L);
    assertThat(rows.bytes()).isEqualTo(part(matrix, 12, 24));
  }

  private static ByteString part(TensorData data, int from, int to) {
    return data.bytes().substring(from, to);
  }

  private static ByteString bytes(int count) {
    return ByteString.copyFrom(new byte[count]);
  }
}
