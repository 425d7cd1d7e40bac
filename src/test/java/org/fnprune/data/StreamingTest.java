package org.fnprune.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.BaseEncoding;
import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.fnprune.common.Failures;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Sampling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamingTest {

  @TempDir Path folder;

  private static ReadOptions options(int limit, Sampling sampling, long seed, boolean skip) {
    return new ReadOptions(true, limit, sampling, seed, skip);
  }

  private static List<Integer> lines(Path file, ReadOptions options) {
    return DatasetReader.read(file, Fields.of("text"), options).rows().stream()
        .map(Row::line)
        .toList();
  }

  private Path numbered(int count) throws IOException {
    return Files.write(
        folder.resolve("d.txt"), IntStream.range(0, count).mapToObj(i -> "row " + i).toList());
  }

  @Test
  void randomRowsAreTheSeedsInTheOrderOfTheFileAndReachItsEnd() throws IOException {
    Path file = numbered(1000);
    List<Integer> rows = lines(file, options(50, Sampling.RANDOM, 3, false));
    assertThat(rows).hasSize(50).isSorted().doesNotHaveDuplicates();
    assertThat(rows.get(49)).isGreaterThan(900);
    assertThat(lines(file, options(50, Sampling.RANDOM, 3, false))).isEqualTo(rows);
    assertThat(lines(file, options(50, Sampling.RANDOM, 4, false))).isNotEqualTo(rows);
    assertThat(lines(file, options(1000, Sampling.RANDOM, 3, false))).hasSize(1000).isSorted();
    assertThat(lines(file, options(0, Sampling.RANDOM, 3, false))).hasSize(1000).isSorted();
  }

  /** 2000 draws of 2 of 10: each row is drawn 400 times, give or take five standard deviations. */
  @Test
  void everyRowHasTheSameChance() {
    int[] drawn = new int[10];
    for (int seed = 0; seed < 2000; seed++) {
      Reservoir<Integer> reservoir = new Reservoir<>(options(2, Sampling.RANDOM, seed, false));
      IntStream.range(0, 10).forEach(reservoir::add);
      reservoir.items().forEach(i -> drawn[i]++);
    }
    for (int count : drawn) {
      assertThat(count).isBetween(310, 490);
    }
  }

  @Test
  void theFirstRowsNeedNoMoreOfTheFile() throws IOException {
    Path file = numbered(10);
    Files.write(file, new byte[] {(byte) 0xff}, StandardOpenOption.APPEND);
    assertThat(lines(file, options(3, Sampling.FIRST, 0, false))).containsExactly(1, 2, 3);
    assertThat(Failures.of(() -> lines(file, options(3, Sampling.RANDOM, 0, false))))
        .startsWith(file + ":11: not UTF-8 text");
  }

  /** 96 MiB of rows through a reader that may hold four: the rest never stays. */
  @Test
  void noMoreThanTheWantedRowsAreHeld() throws IOException {
    int rows = 96;
    byte[] row =
        ("{\"text\": \"" + "x".repeat((1 << 20) - 13) + "\"}\n")
            .getBytes(StandardCharsets.US_ASCII);
    try (InputStream endless = new Repeated(row, rows);
        LineReader lines = new LineReader(Path.of("d.jsonl"), endless)) {
      List<Row> rowsTaken = new ArrayList<>();
      RowSink sink = new RowSink(options(4, Sampling.RANDOM, 1, false), rowsTaken::add);
      RowBuilder builder = new RowBuilder(Path.of("d.jsonl"), Fields.of("text"));
      long before = used();
      long most = 0;
      while (lines.next()) {
        sink.take(() -> builder.row(lines.number(), JsonLines.object(lines)));
        if (lines.number() % 32 == 0) {
          most = Math.max(most, used() - before);
        }
      }
      assertThat(lines.number()).isEqualTo(rows);
      sink.finish();
      assertThat(rowsTaken).hasSize(4);
      assertThat(most).isLessThan(24L << 20);
    }
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** The same bytes again and again. */
  private static final class Repeated extends InputStream {
    private final byte[] bytes;
    private long left;
    private int position;

    Repeated(byte[] bytes, long times) {
      this.bytes = bytes;
      this.left = bytes.length * times;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      int count = (int) Math.min(left, Math.min(length, bytes.length - position));
      if (count == 0) {
        return -1;
      }
      System.arraycopy(bytes, position, target, offset, count);
      position = (position + count) % bytes.length;
      left -= count;
      return count;
    }
  }

  /** A few KiB that unpack to a line of 100 MiB: refused at 16, or left out as a bad row. */
  @Test
  void aLineThatWouldFillMemoryIsNotHeld() throws IOException {
    Path file = folder.resolve("d.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("{\"text\": \"a\"}\n".getBytes(StandardCharsets.UTF_8));
      byte[] block = new byte[1 << 20];
      for (int i = 0; i < 100; i++) {
        out.write(block);
      }
      out.write("\n{\"text\": \"b\"}\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(Files.size(file)).isLessThan(200_000);
    assertThat(Failures.of(() -> lines(file, options(0, Sampling.FIRST, 0, false))))
        .startsWith(file + ":2: line is longer than 16777216 bytes (16 MiB) |");
    assertThat(lines(file, options(0, Sampling.FIRST, 0, true))).containsExactly(1, 3);
  }

  @Test
  void aQuoteThatIsNeverClosedDoesNotSwallowTheFile() throws IOException {
    Path file = folder.resolve("d.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("text\na\n\"".getBytes(StandardCharsets.UTF_8));
      byte[] block = ("b".repeat(1023) + "\n").repeat(1024).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 20; i++) {
        out.write(block);
      }
    }
    assertThat(Failures.of(() -> lines(file, options(0, Sampling.FIRST, 0, true))))
        .contains(": a row goes on for more than 16 MiB | is a quote not closed?");
  }

  /** Written by gzip, zstd, bzip2 and xz, each two streams behind one another. */
  @ParameterizedTest
  @ValueSource(strings = {"gz", "zst", "bz2", "xz"})
  void compressedFilesAreReadByTheirNames(String ending) throws IOException {
    Path file = fixture("two-streams.jsonl." + ending);
    Dataset read =
        DatasetReader.read(file, Fields.of("text"), options(0, Sampling.FIRST, 0, false));
    assertThat(read.rows())
        .extracting(row -> row.get("text"))
        .containsExactly("one", "two", "drei", "viér");
    Path upper = Files.copy(file, folder.resolve("D.JSONL." + ending.toUpperCase(Locale.ROOT)));
    assertThat(lines(upper, options(0, Sampling.FIRST, 0, false))).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gz", "zst", "bz2", "xz"})
  void damagedOrWronglyNamedFilesAreRefused(String ending) throws IOException {
    byte[] whole = Files.readAllBytes(fixture("two-streams.jsonl." + ending));
    for (int length = 0; length < whole.length; length += 5) {
      Path cut = Files.write(folder.resolve("cut.jsonl." + ending), Arrays.copyOf(whole, length));
      try {
        assertThat(lines(cut, options(0, Sampling.FIRST, 0, false))).hasSizeBetween(1, 4);
      } catch (UsageException e) {
        assertThat(e.getMessage()).contains("cut.jsonl");
      }
    }
    Path text = Files.writeString(folder.resolve("x.jsonl." + ending), "{\"text\": \"a\"}\n");
    assertThat(Failures.of(() -> lines(text, options(0, Sampling.FIRST, 0, false))))
        .startsWith("dataset " + text + " cannot be unpacked as " + ending + ": ")
        .endsWith(" | is it whole, and does its name say how it is compressed?");
  }

  /** Whatever a file holds, it is either read or refused with a usage error. */
  @ParameterizedTest
  @ValueSource(strings = {"gz", "zst", "bz2", "xz"})
  void noBytesBreakTheReader(String ending) throws IOException {
    byte[] whole = Files.readAllBytes(fixture("two-streams.jsonl." + ending));
    Random random = new Random(3);
    int refused = 0;
    for (int i = 0; i < 200; i++) {
      byte[] bytes = whole.clone();
      for (int k = random.nextInt(3); k >= 0; k--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Path file = Files.write(folder.resolve("d.jsonl." + ending), bytes);
      try {
        lines(file, options(0, Sampling.FIRST, 0, false));
      } catch (UsageException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(100, 200);
  }

  /** The decoder would keep as much of what it has unpacked as a frame asks for. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "28b52ffd 00 f8 190000 61620a",
        "28b52ffd 00 a8 190000 61620a",
        "28b52ffd 00 89 190000 61620a",
        "28b52ffd a0 00000010 190000 61620a",
        "28b52ffd e0 ffffffffffffffff 190000 61620a",
        "28b52ffd 00 58 190000 61620a 28b52ffd 00 f8 190000 61620a",
        "502a4d18 02000000 0000 28b52ffd 00 f8 190000 61620a",
      })
  void aZstdWindowThatWouldFillMemoryIsRefused(String hex) throws IOException {
    byte[] bytes = BaseEncoding.base16().lowerCase().decode(hex.replace(" ", ""));
    Path file = Files.write(folder.resolve("d.txt.zst"), bytes);
    assertThat(Failures.of(() -> lines(file, options(0, Sampling.FIRST, 0, false))))
        .startsWith(
            "dataset "
                + file
                + " cannot be unpacked as zst: its window is larger than 134217728 bytes (128 MiB)");
  }

  @Test
  void theLargestZstdWindowIsRead() throws IOException {
    byte[] bytes = BaseEncoding.base16().lowerCase().decode("28b52ffd0088" + "190000" + "61620a");
    Path file = Files.write(folder.resolve("d.txt.zst"), bytes);
    assertThat(lines(file, options(0, Sampling.FIRST, 0, false))).containsExactly(1);
  }

  /** Frames of every shape that a real file of many blocks has, read in odd pieces. */
  @Test
  void framesAreFollowedBlockByBlock() throws IOException {
    Random random = new Random(9);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    for (int frame = 0; frame < 3; frame++) {
      byte[] part = new byte[300_000];
      for (int i = 0; i < part.length; i++) {
        part[i] = (byte) (i < 150_000 ? 'a' : random.nextInt(i % 7 + 1));
      }
      plain.write(part);
      try (ZstdOutputStream out = new ZstdOutputStream(packed)) {
        out.write(part);
      }
    }
    ByteArrayOutputStream through = new ByteArrayOutputStream();
    try (InputStream in = new ZstdWindows(new ByteArrayInputStream(packed.toByteArray()))) {
      byte[] piece = new byte[977];
      for (int n = in.read(piece, 1, 1 + random.nextInt(900)); n > 0; ) {
        through.write(piece, 1, n);
        n = in.read(piece, 1, 1 + random.nextInt(900));
      }
    }
    assertThat(through.toByteArray()).isEqualTo(packed.toByteArray());
    Path file = Files.write(folder.resolve("d.zst"), packed.toByteArray());
    try (InputStream in = Compression.ZSTD.open(file)) {
      assertThat(in.readAllBytes()).isEqualTo(plain.toByteArray());
    }
  }

  static Path fixture(String name) throws IOException {
    try {
      return Path.of(StreamingTest.class.getResource(name).toURI());
    } catch (java.net.URISyntaxException e) {
      throw new IOException(e);
    }
  }
}
