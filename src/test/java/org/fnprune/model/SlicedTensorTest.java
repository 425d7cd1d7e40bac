package org.fnprune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.fnprune.common.Failures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tensors cut out of a file are those cut in memory, and take no memory that grows with them. */
class SlicedTensorTest {

  private static final int OFFSET = 77;
  private static final int BUFFER = 1 << 18;
  private static final long GIGABYTE = 1L << 30;

  @TempDir private Path folder;
  private final SplittableRandom random = new SplittableRandom(5);

  /** A tensor of random bytes somewhere in a file. */
  private SlicedTensor stored(TensorData data) throws IOException {
    Path file = folder.resolve("data");
    Files.write(file, ByteString.copyFrom(new byte[OFFSET]).concat(data.bytes()).toByteArray());
    return new SlicedTensor(
        data.type(), new FileRange(file, OFFSET, data.bytes().size()), Selection.all(data.dims()));
  }

  private TensorData tensor(ElementType type, Long... dims) {
    ImmutableList<Long> sizes = ImmutableList.copyOf(dims);
    byte[] bytes =
        new byte[Math.toIntExact(sizes.stream().reduce((long) type.bytes(), (a, b) -> a * b))];
    random.nextBytes(bytes);
    return new TensorData("w", type, sizes, ByteString.copyFrom(bytes));
  }

  private int[] some(int width) {
    return IntStream.range(0, width).filter(i -> random.nextInt(3) > 0).toArray();
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "FLOAT16", "INT8", "INT64"})
  void cutsAreThoseCutInMemory(ElementType type) throws IOException {
    TensorData data = tensor(type, 7L, 90L, 13L);
    SlicedTensor stored = stored(data);
    assertThat(stored.read("w")).isEqualTo(data);
    for (int axis = -3; axis < 0; axis++) {
      int[] kept = some(data.dim(axis));
      assertThat(stored.slice(axis, kept).read("w")).isEqualTo(data.slice(axis, kept));
      int[] few = some(data.dim(-2));
      assertThat(stored.slice(axis, kept).slice(-2, axis == -2 ? new int[] {1} : few).read("w"))
          .isEqualTo(data.slice(axis, kept).slice(-2, axis == -2 ? new int[] {1} : few));
    }
  }

  /** Rows of one buffer, runs on both sides of every limit of the copy. */
  @Test
  void runsOfEveryLengthAreCopied() throws IOException {
    TensorData data = tensor(ElementType.UINT8, 2L, 5L * BUFFER);
    int[] kept =
        IntStream.range(0, data.dim(-1))
            .filter(i -> i % 1000 != 0 || i > 3 * BUFFER)
            .filter(i -> i < BUFFER || i > BUFFER + 70_000)
            .toArray();
    assertThat(stored(data).slice(-1, kept).read("w")).isEqualTo(data.slice(-1, kept));
  }

  @Test
  void columnsArePassedOnInBuffersOfOneSize() throws IOException {
    TensorData data = tensor(ElementType.FLOAT, 1024L, 2048L);
    List<Integer> writes = new ArrayList<>();
    stored(data).slice(-1, IntStream.range(0, 1024).map(i -> 2 * i).toArray()).writeTo(log(writes));
    assertThat(writes).hasSize(16).allMatch(size -> size == BUFFER);
  }

  private static WritableByteChannel log(List<Integer> writes) {
    return new WritableByteChannel() {
      @Override
      public int write(ByteBuffer bytes) {
        int size = bytes.remaining();
        writes.add(size);
        bytes.position(bytes.limit());
        return size;
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }

  /** No array could hold it: only what is kept is read. The file takes no room on the disk. */
  @Test
  void aTensorOfThreeGigabytesIsCut() throws IOException {
    Path file = folder.resolve("huge");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(3 * GIGABYTE);
      sparse.seek(3 * GIGABYTE - 1);
      sparse.write(9);
    }
    ImmutableList<Long> dims = ImmutableList.of(3 * GIGABYTE / 1024, 1024L);
    SlicedTensor huge =
        new SlicedTensor(
            ElementType.UINT8, new FileRange(file, 0, 3 * GIGABYTE), Selection.all(dims));
    int last = Math.toIntExact(dims.get(0)) - 1;
    TensorData cut = huge.slice(-2, new int[] {0, last}).read("w");
    assertThat(cut.dims()).containsExactly(2L, 1024L);
    assertThat(cut.bytes().byteAt(2047)).isEqualTo((byte) 9);
    assertThat(Failures.of(() -> huge.read("embedding")))
        .isEqualTo(
            "tensor 'embedding' cannot be read: its 3221225472 bytes are more than 2 GiB"
                + " | it can be cut and copied, but not fitted or scored");
  }

  @Test
  void valuesComeInTheirOrder() throws IOException {
    TensorData data =
        TensorData.ofFloats("w", ImmutableList.of(2L, 3L), new float[] {1, 2, 3, 4, 5, 6});
    List<String> values = new ArrayList<>();
    stored(data)
        .slice(-1, new int[] {0, 2})
        .forEachValue((index, value) -> values.add(index + ": " + value));
    assertThat(values).containsExactly("0: 1.0", "1: 3.0", "2: 4.0", "3: 6.0");
  }

  @Test
  void aFileThatGotShorterIsNotFilledUp() throws IOException {
    SlicedTensor stored = stored(tensor(ElementType.FLOAT, 100L, 1000L));
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("data").toFile(), "rw")) {
      file.setLength(200_000);
    }
    List<Integer> writes = new ArrayList<>();
    assertThatThrownBy(() -> stored.writeTo(log(writes))).isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> stored.slice(-1, new int[] {1}).writeTo(log(writes)))
        .isInstanceOf(EOFException.class);
    assertThat(Failures.of(() -> stored.read("w")))
        .contains("data of tensor 'w' cannot be read: the file ended early");
  }
}
