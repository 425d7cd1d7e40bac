package org.fnprune.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.fnprune.common.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"1,1", "3,5", "0,4", "1,0", "700,123"})
  void whatWasWrittenIsRead(int rows, int cols) throws IOException {
    Matrix matrix = Matrices.gaussian(rows, cols, 1);
    Path file = folder.resolve("a.npy");
    Npy.write(file, matrix);
    assertThat(Npy.read(file)).isEqualTo(matrix);
  }

  @Test
  void valuesStartAtAMultipleOf64() throws IOException {
    Path file = folder.resolve("a.npy");
    Npy.write(file, Matrix.zeros(2, 3));
    assertThat(Files.size(file) - 48).isEqualTo(128);
  }

  /** numpy.save of arange(6).reshape(2, 3) in every readable form. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "f8-c",
        "f8-fortran",
        "f8-big-endian",
        "f4-c",
        "f4-fortran",
        "f4-big-endian",
        "f2-c",
        "f2-big-endian",
        "i8",
        "i1",
        "u1",
        "u2",
        "i4-big-endian",
        "u8-fortran",
        "version-2",
        "version-3"
      })
  void filesOfNumpyAreRead(String name) throws Exception {
    assertThat(Npy.read(resource(name)))
        .isEqualTo(Matrix.of(new double[][] {{0, 1, 2}, {3, 4, 5}}));
  }

  /** What NumPy itself makes of them as float64. */
  @Test
  void halfPrecisionIsExact() throws Exception {
    assertThat(Npy.read(resource("f2-values")).toArray())
        .containsExactly(
            0.0,
            -0.0,
            0.333251953125,
            -2.5,
            65504,
            0x1p-24,
            1023 * 0x1p-24,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.NaN);
  }

  @ParameterizedTest
  @CsvSource({
    "i1, -128, 127",
    "u1, 0, 255",
    "i2, -32768, 32767",
    "u4, 0, 4294967295",
    "u8, 9223372036854775808, 18446744073709551615"
  })
  void wholeNumbersKeepTheirSigns(String type, double first, double second) throws Exception {
    assertThat(Npy.read(resource("whole-extremes-" + type)).toArray())
        .containsExactly(first, second);
  }

  @Test
  void anArrayOfNoRowsHasItsColumns() throws Exception {
    assertThat(Npy.read(resource("empty"))).isEqualTo(Matrix.zeros(0, 3));
  }

  @Test
  void anArrayOfOneAxisIsOneRow() throws Exception {
    assertThat(Npy.read(resource("f8-1d"))).isEqualTo(Matrix.of(new double[][] {{0, 1, 2}}));
  }

  @Test
  void whatIsWrittenIsWhatNumpyWrites() throws Exception {
    Path file = folder.resolve("a.npy");
    Npy.write(file, Matrix.of(new double[][] {{0, 1, 2}, {3, 4, 5}}));
    assertThat(file).hasSameBinaryContentAs(resource("f8-c"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          f8-3d      | its shape is (1, 2, 3); readable are one or two axes
          f8-0d      | its shape is (); readable are one or two axes
          c16        | its values are of type '<c16'; readable are float16,
          bool       | its values are of type
          text       | its values are of type '<U3'; readable are float16,
          object     | its values are of type
          structured | its header is {'descr': [('a', '<f8')],
          """)
  void otherArraysAreRefused(String name, String message) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Npy.read(resource(name)))
        .withMessageContaining(name + ".npy: " + message)
        .satisfies(e -> assertThat(e.help()).contains("numpy.save"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"f8-c", "f2-c", "version-2"})
  void everyTruncationIsRefused(String name) throws Exception {
    byte[] whole = Files.readAllBytes(resource(name));
    for (int length = 0; length < whole.length; length++) {
      assertRefused(Arrays.copyOf(whole, length));
    }
    assertRefused(Arrays.copyOf(whole, whole.length + 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(2147483647, 2147483647)",
        "(4294967296, 4294967296)",
        "(9999999999, 9999999999)",
        "(99999999999999999999, 1)",
        "(2147483647, 1)",
        "(-1, 6)",
        "(2, 4)",
        "(6)"
      })
  void shapesThatDoNotFitTheFileAreRefusedBeforeAnythingIsAllocated(String shape)
      throws IOException {
    assertRefused(file("{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}\n",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }",
        "{'descr': '<f8', 'fortran_order': maybe, 'shape': (2, 3), }\n",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), 'more': 1}\n",
        "{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }\n"
      })
  void otherHeadersAreRefused(String dictionary) throws IOException {
    assertRefused(file(dictionary));
  }

  @Test
  void otherVersionsAreRefused() throws Exception {
    byte[] whole = Files.readAllBytes(resource("f8-c"));
    for (int version : new int[] {0, 2, 3, 4, 255}) {
      whole[6] = (byte) version;
      assertRefused(whole);
    }
    whole[6] = 1;
    whole[7] = 1;
    assertRefused(whole);
  }

  @Test
  void aHeaderOfEndlessAxesOrBytesIsRefused() throws Exception {
    String axes = "1,".repeat(20_000);
    assertRefused(file("{'descr': '<f8', 'fortran_order': False, 'shape': (" + axes + "), }\n"));
    byte[] whole = Files.readAllBytes(resource("version-2"));
    Arrays.fill(whole, 8, 12, (byte) 0xff);
    assertRefused(whole);
  }

  private void assertRefused(byte[] content) throws IOException {
    Path file = folder.resolve("broken.npy");
    Files.write(file, content);
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Npy.read(file))
        .withMessageContaining("broken.npy");
  }

  /** A file of this dictionary and six values. */
  private static byte[] file(String dictionary) {
    byte[] text = dictionary.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(10 + text.length + 48)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) text.length)
        .put(text)
        .array();
  }

  private static Path resource(String name) throws URISyntaxException {
    String path = "/oracle/npy/" + name + ".npy";
    return Path.of(Objects.requireNonNull(NpyTest.class.getResource(path)).toURI());
  }
}
