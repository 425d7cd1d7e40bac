package org.fnprune.cli;

import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.fnprune.cli.HostileCase.Maker;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Data files that are wrong or made to do harm; each is refused with one error. */
final class HostileData {

  private static final String OUT = " --sparsity 0.5 --round-to 4 --latency false --output @/out";
  private static final String HUGE = "line is longer than 16777216 bytes (16 MiB)";
  private static final int MEBI = 1 << 20;

  private final List<HostileCase> cases = new ArrayList<>();

  private HostileData() {}

  /** All cases. */
  static List<HostileCase> cases() {
    HostileData all = new HostileData();
    all.text();
    all.tables();
    all.compressed();
    all.parquet();
    all.arrays();
    all.tokenizers();
    all.noFiles();
    return all.cases;
  }

  private void data(String file, Maker maker, String name, String expected) {
    cases.add(new HostileCase(name, maker, "prune @/m --calibration @/" + file + OUT, expected));
  }

  private void data(String name, String file, byte[] bytes, String expected) {
    data(file, folder -> Files.write(folder.resolve(file), bytes), name, expected);
  }

  private void data(String name, String file, String text, String expected) {
    data(name, file, text.getBytes(StandardCharsets.UTF_8), expected);
  }

  private void text() {
    String good = "{\"text\": \"w1 w2\"}\n";
    data("JSONL: NUL bytes", "d.jsonl", "\0\0\0\0\n", "@/d.jsonl:1: not valid JSON");
    data(
        "JSONL: invalid UTF-8",
        "d.jsonl",
        latin("{\"text\": \"\u00ff\u00fe\"}\n"),
        ":1: not UTF-8");
    data(
        "JSONL: overlong UTF-8",
        "d.jsonl",
        latin("{\"text\": \"\u00c0\u00af\"}\n"),
        ":1: not UTF-8");
    data(
        "JSONL: lone surrogate in UTF-8",
        "d.jsonl",
        latin("{\"text\": \"\u00ed\u00a0\u0080\"}\n"),
        ":1: not UTF-8");
    data("JSONL: UTF-16", "d.jsonl", good.getBytes(StandardCharsets.UTF_16), ":1: not UTF-8");
    data("JSONL: nothing but a byte order mark", "d.jsonl", "\uFEFF", "has no rows");
    for (String open : List.of("[", "{\"text\":")) {
      data(
          "JSONL: 100,000 deep " + open,
          "d.jsonl",
          "{\"text\": " + open.repeat(100_000) + "\n",
          "@/d.jsonl:1: not valid JSON");
    }
    data("JSONL: bad row behind good ones", "d.jsonl", good.repeat(9) + "{\n", "@/d.jsonl:10: not");
    data("JSONL: a list", "d.jsonl", "[1, 2]\n", "@/d.jsonl:1: not a JSON object");
    data("JSONL: two objects on a line", "d.jsonl", "{}{}\n", ":1: not valid JSON");
    data("JSONL: an object as text", "d.jsonl", "{\"text\": {\"a\": 1}}\n", "'text' is an object");
    data("JSONL: a list as text", "d.jsonl", "{\"text\": [1]}\n", "field 'text' is a list");
    data("JSONL: NaN", "d.jsonl", "{\"text\": NaN}\n", ":1: not valid JSON");
    data(
        "JSONL: half a surrogate escape",
        "d.jsonl",
        "{\"text\": \"\\ud8\"}\n",
        ":1: not valid JSON");
    data("JSONL: 100,000 fields", "d.jsonl", fields(100_000), ":1: row has no field 'text'");
    data("plain text: not UTF-8", "d.txt", latin("w1 \u00ff\n"), "@/d.txt:1: not UTF-8 text");
    data("plain text: blank", "d.txt", " \n\n", "has no rows");
  }

  private void tables() {
    data("CSV: header without rows", "d.csv", "text\n", "dataset @/d.csv has no rows");
    data("CSV: too many fields", "d.csv", "text\na,b,c\n", "@/d.csv:2: row has 3 values");
    data("CSV: quote not closed", "d.csv", "text\n\"" + "w1\n".repeat(999), "@/d.csv:2: not valid");
    data("CSV: NUL bytes", "d.csv", "\0\0\0\n\0\n", "@/d.csv:1: no column 'text'");
    data("CSV: names twice", "d.csv", "text,text\na,b\n", "@/d.csv:1: not valid CSV");
    data("CSV: not UTF-8", "d.csv", latin("text\n\u00ff\n"), "@/d.csv:2: not UTF-8 text");
    data(
        "CSV: 100,000 columns", "d.csv", columns(100_000) + "\n1\n", "@/d.csv:1: no column 'text'");
    data(
        "TSV: 100,000 columns, one value",
        "d.tsv",
        "text\t" + columns(100_000).replace(',', '\t') + "\nw1\n",
        "@/d.tsv:2: row has 1 values");
    data("CSV: a picture", "d.csv", picture(), "@/d.csv:1: not UTF-8 text");
  }

  private interface Packer {
    OutputStream around(OutputStream out) throws IOException;
  }

  private void compressed() {
    byte[] row = "{\"text\": \"w1 w2\"}\n".getBytes(StandardCharsets.UTF_8);
    for (String kind : List.of("gz", "zst", "bz2", "xz")) {
      Packer packer = packer(kind);
      for (String format : List.of("jsonl", "csv", "txt")) {
        String file = "d." + format + "." + kind;
        data(
            file,
            folder -> zeros(folder.resolve(file), packer, 64L * MEBI),
            kind + ": one line of zeros, " + format,
            HUGE);
      }
      String file = "d.jsonl." + kind;
      data(
          file,
          f -> cut(f.resolve(file), packer),
          kind + ": cut off",
          "cannot be unpacked as " + kind);
      data(
          file,
          f -> flip(f.resolve(file), packer),
          kind + ": damaged",
          kind.equals("bz2") ? "d.jsonl.bz2" : "cannot be unpacked as " + kind);
      data(kind + ": wrong ending", file, "{\"text\": \"w1\"}\n", "cannot be unpacked as " + kind);
      data(kind + ": empty", file, "", "d.jsonl." + kind);
      data(
          file,
          f -> Files.write(f.resolve(file), joined(packed(packer, row), picture())),
          kind + ": a picture behind the stream",
          "cannot be unpacked as " + kind);
    }
    data("gz: twice packed", "d.jsonl.gz.gz", picture(), "format unknown");
    data(
        "d.csv.gz",
        f -> {
          try (OutputStream out =
              packer("gz").around(Files.newOutputStream(f.resolve("d.csv.gz")))) {
            out.write("text\n\"".getBytes(StandardCharsets.UTF_8));
            byte[] line = "w1\n".repeat(100_000).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 80; i++) {
              out.write(line);
            }
          }
        },
        "CSV: quote not closed for 24 MB",
        "a row goes on for more than 16 MiB");
    data("zst: window of 2 GiB", "d.jsonl.zst", zstdWindow(), "its window is larger than");
    data(
        "d.jsonl.xz",
        f -> xzDictionary(f.resolve("d.jsonl.xz")),
        "xz: dictionary of 4 GB",
        "as xz");
  }

  private void parquet() {
    String no = "cannot be read as Parquet";
    data("Parquet: not", "d.parquet", picture(), no);
    data("Parquet: empty", "d.parquet", "", no);
    data("Parquet: nothing but the mark", "d.parquet", "PAR1PAR1", no);
    for (int length : new int[] {-1, Integer.MAX_VALUE, 0, 1, 100_000_000}) {
      data(
          "d.parquet",
          f -> {
            byte[] bytes = parquet(f);
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - 8, length);
            Files.write(f.resolve("d.parquet"), bytes);
          },
          "Parquet: footer of " + length + " bytes",
          no);
    }
    for (int percent : new int[] {1, 30, 60, 99}) {
      data(
          "d.parquet",
          f -> {
            byte[] bytes = parquet(f);
            Files.write(f.resolve("d.parquet"), Arrays.copyOf(bytes, bytes.length * percent / 100));
          },
          "Parquet: cut at " + percent + " %",
          no);
    }
    data(
        "d.parquet",
        f -> {
          byte[] bytes = parquet(f);
          Arrays.fill(bytes, 4, 24, (byte) 0xff);
          Files.write(f.resolve("d.parquet"), bytes);
        },
        "Parquet: damaged pages",
        no);
    data("Parquet: packed", "d.parquet.gz", picture(), "Parquet cannot be read as a stream");
  }

  private void arrays() {
    array("empty", new byte[0], "it ends too early");
    array("a picture", picture(), "X.npy");
    array("cut in the header", Arrays.copyOf(npy("'<f8'", "(2, 2)", 32), 40), "ends too early");
    array("cut off", npy("'<f8'", "(4, 4)", 100), "needs 128 bytes but 100 follow");
    array("trailing bytes", npy("'<f8'", "(2, 2)", 33), "needs 32 bytes but 33 follow");
    array("10^12 elements", npy("'<f8'", "(1000000, 1000000)", 8), "needs 8000000000000 bytes");
    array("shape that overflows", npy("'<f8'", "(2147483647, 2147483647)", 8), "X.npy");
    array("axis of 64 bits", npy("'<f8'", "(18446744073709551615, 2)", 8), "its header is");
    array("negative axis", npy("'<f8'", "(-2, -2)", 32), "its header is");
    array("objects (pickle)", npy("'|O'", "(2, 2)", 32), "its values are of type '|O'");
    array("structures", npy("[('a', '<f8')]", "(2, 2)", 32), "its header is");
    array("complex", npy("'<c16'", "(2, 2)", 64), "its values are of type '<c16'");
    array("three axes", npy("'<f8'", "(2, 2, 1)", 32), "its shape is (2, 2, 1)");
    array("10,000 axes", npy("'<f8'", "(" + "1,".repeat(10_000) + ")", 8), "its header is");
    array("code in the header", npy("__import__('os')", "(2, 2)", 32), "its header is");
    byte[] long2 = npy("'<f8'", "(2, 2)", 32);
    long2[6] = 2;
    Arrays.fill(long2, 8, 12, (byte) 0xff);
    array("header of 4 GiB", long2, "its header has 4294967295 bytes, too many");
    byte[] version = npy("'<f8'", "(2, 2)", 32);
    version[6] = 9;
    array("version 9", version, "its version of the .npy format");
  }

  private void array(String name, byte[] bytes, String expected) {
    cases.add(
        new HostileCase(
            ".npy: " + name,
            folder -> Files.write(folder.resolve("X.npy"), bytes),
            "networks --signals @/X.npy --components 2 --output @/out",
            expected));
  }

  private void tokenizers() {
    String model = "{\"type\":\"WordLevel\",\"vocab\":{\"w0\":0,\"w1\":1},\"unk_token\":\"w0\"}";
    tokenizer("a picture", picture(), "tokenizer @/t/tokenizer.json");
    tokenizer("empty", "", "is not a JSON object");
    tokenizer("a list", "[]", "is not a JSON object");
    tokenizer("no model", "{}", "cannot be read");
    for (String open : List.of("[", "{\"a\":")) {
      tokenizer("100,000 deep " + open, "{\"model\":" + open.repeat(100_000), "tokenizer.json");
    }
    tokenizer("model of a wrong type", "{\"model\": 7}", "cannot be read");
    tokenizer("unknown model", "{\"model\": {\"type\": \"Evil\"}}", "cannot be read");
    tokenizer(
        "vocabulary of texts", whole("null", model.replace(":1}", ":\"x\"}")), "cannot be read");
    tokenizer("negative id", whole("null", model.replace(":1}", ":-1}")), "cannot be read");
    tokenizer(
        "ids beyond 32 bits", whole("null", model.replace(":1}", ":1e15}")), "cannot be read");
    tokenizer(
        "id beyond the embedding",
        whole("{\"type\":\"Whitespace\"}", model.replace(":1}", ":99}")),
        "99");
    tokenizer(
        "id of 31 bits",
        whole("{\"type\":\"Whitespace\"}", model.replace(":1}", ":4294967295}")),
        "4294967295");
    tokenizer("broken expression", whole(split("(((("), model), "cannot be read");
    tokenizer("padding without id", "{\"padding\": {}, \"model\":" + model + "}", "cannot be read");
    tokenizer(
        "added tokens that are none", "{\"added_tokens\": [7], \"model\":" + model + "}", "token");
    tokenizer(
        "merges out of the vocabulary",
        whole("null", "{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"x y\"]}"),
        "cannot be read");
    tokenizer(
        "Unigram without pieces",
        whole("null", "{\"type\":\"Unigram\",\"unk_id\":5,\"vocab\":[]}"),
        "tokenizer.json");
    tokenizer(
        "unknown word that is missing",
        whole("null", "{\"type\":\"WordLevel\",\"vocab\":{\"b\":0},\"unk_token\":\"zz\"}"),
        "tokenizer");
  }

  private static String whole(String pre, String model) {
    return "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[],"
        + ("\"normalizer\":null,\"pre_tokenizer\":" + pre + ",\"post_processor\":null,")
        + ("\"decoder\":null,\"model\":" + model + "}");
  }

  private static String split(String regex) {
    return "{\"type\":\"Split\",\"pattern\":{\"Regex\":\""
        + regex
        + "\"},\"behavior\":\"Isolated\",\"invert\":false}";
  }

  private void tokenizer(String name, String text, String expected) {
    tokenizer(name, text.getBytes(StandardCharsets.UTF_8), expected);
  }

  private void tokenizer(String name, byte[] bytes, String expected) {
    cases.add(
        new HostileCase(
            "tokenizer: " + name,
            folder -> {
              TinyModels.languageModel(folder.resolve("t"));
              Files.write(folder.resolve("t/tokenizer.json"), bytes);
            },
            "prune @/t --calibration @/text.jsonl" + OUT,
            expected));
  }

  private void noFiles() {
    for (String device : List.of("/dev/zero", "/dev/random")) {
      for (String ending : List.of("d.jsonl", "d.csv.gz", "d.parquet")) {
        data(
            ending,
            f -> link(f.resolve(ending), device),
            device + " as " + ending,
            "is not a file");
      }
      other(device + " as model", device, "model.onnx", "inspect @/model.onnx", "@/model.onnx");
      other(device + " as task", device, "t.yaml", "eval @/m --task @/t.yaml", "@/t.yaml");
      other(device + " as recipe", device, "r.yaml", "run @/r.yaml", "@/r.yaml");
      other(
          device + " as array",
          device,
          "X.npy",
          "networks --signals @/X.npy --output @/out",
          "@/X.npy");
      cases.add(
          new HostileCase(
              device + " as tokenizer",
              folder -> {
                TinyModels.languageModel(folder.resolve("t"));
                Files.delete(folder.resolve("t/tokenizer.json"));
                link(folder.resolve("t/tokenizer.json"), device);
              },
              "prune @/t --calibration @/text.jsonl" + OUT,
              "no tokenizer.json beside @/t/model.onnx"));
    }
    pipe("dataset", "d.jsonl", "prune @/m --calibration @/d.jsonl" + OUT, "is not a file");
    pipe("model", "p.onnx", "inspect @/p.onnx", "'@/p.onnx' is not a file");
    pipe("task", "t.yaml", "eval @/m --task @/t.yaml", "@/t.yaml is not a file");
    pipe("recipe", "r.yaml", "run @/r.yaml", "@/r.yaml is not a file");
    pipe("array", "X.npy", "networks --signals @/X.npy --output @/out", "it is not a file");
    pipe("tokenizer", "m/tokenizer.json", "prune @/m --calibration @/text.jsonl" + OUT, "@/m");
    for (String name : List.of("d.jsonl", "d.csv", "d.parquet", "d.txt.gz")) {
      data(
          name,
          f -> Files.createDirectory(f.resolve(name)),
          "a folder as " + name,
          "is not a file");
    }
    folder("model", "model.onnx", "inspect @/model.onnx");
    folder("task", "t.yaml", "eval @/m --task @/t.yaml");
    folder("recipe", "r.yaml", "run @/r.yaml");
    folder("array", "X.npy", "networks --signals @/X.npy --output @/out");
  }

  private void folder(String name, String file, String line) {
    Maker maker = f -> Files.createDirectory(f.resolve(file));
    cases.add(new HostileCase("a folder as " + name, maker, line, "@/" + file));
  }

  /** A pipe that no one writes to: to open it waits for ever. */
  private void pipe(String name, String file, String line, String expected) {
    Maker maker =
        f -> {
          Files.deleteIfExists(f.resolve(file));
          new ProcessBuilder("mkfifo", f.resolve(file).toString()).start().onExit().join();
          if (!Files.exists(f.resolve(file))) {
            throw new IOException("mkfifo failed");
          }
        };
    cases.add(new HostileCase("a pipe as " + name, maker, line, expected));
  }

  private void other(String name, String device, String file, String line, String expected) {
    cases.add(new HostileCase(name, folder -> link(folder.resolve(file), device), line, expected));
  }

  private static void link(Path link, String device) throws IOException {
    Files.createSymbolicLink(link, Path.of(device));
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] picture() {
    byte[] bytes = new byte[300];
    new java.util.Random(3).nextBytes(bytes);
    System.arraycopy(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 26, '\n'}, 0, bytes, 0, 8);
    return bytes;
  }

  private static String fields(int count) {
    StringBuilder row = new StringBuilder("{\"f\": 0");
    for (int i = 0; i < count; i++) {
      row.append(",\"f").append(i).append("\":1");
    }
    return row.append("}\n").toString();
  }

  private static String columns(int count) {
    StringBuilder row = new StringBuilder("c");
    for (int i = 0; i < count; i++) {
      row.append(",c").append(i);
    }
    return row.toString();
  }

  private static byte[] rows() {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      rows.append(
          String.format(Locale.ROOT, "{\"text\": \"w%d w%d\"}%n", i * 7919 % 16, i * i % 13));
    }
    return rows.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Packer packer(String kind) {
    return switch (kind) {
      case "gz" -> GZIPOutputStream::new;
      case "zst" -> ZstdOutputStream::new;
      case "bz2" -> BZip2CompressorOutputStream::new;
      default -> out -> new XZOutputStream(out, new LZMA2Options(0));
    };
  }

  private static void zeros(Path file, Packer packer, long count) throws IOException {
    byte[] zeros = new byte[MEBI];
    try (OutputStream out = packer.around(Files.newOutputStream(file))) {
      for (long left = count; left > 0; left -= MEBI) {
        out.write(zeros);
      }
    }
  }

  private static byte[] packed(Packer packer, byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = packer.around(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static byte[] joined(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }

  private static void cut(Path file, Packer packer) throws IOException {
    byte[] whole = packed(packer, rows());
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
  }

  private static void flip(Path file, Packer packer) throws IOException {
    byte[] whole = packed(packer, rows());
    for (int i = whole.length / 2; i < whole.length / 2 + 16; i++) {
      whole[i] ^= 0x5a;
    }
    Files.write(file, whole);
  }

  /** A frame whose window descriptor asks for 2 GiB: exponent 21, mantissa 0. */
  private static byte[] zstdWindow() {
    return new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) (21 << 3), 1, 0, 0};
  }

  /**
   * A whole file whose block header asks for the largest dictionary (code 40), its CRC put right.
   */
  private static void xzDictionary(Path file) throws IOException {
    byte[] bytes = packed(packer("xz"), rows());
    int header = 12;
    int size = (bytes[header] + 1) * 4;
    bytes[header + 4] = 40;
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(bytes, header, size - 4);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(header + size - 4, (int) crc.getValue());
    Files.write(file, bytes);
  }

  private static byte[] parquet(Path folder) throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType("message m { required binary text (UTF8); }");
    Path file = folder.resolve("whole.parquet");
    try (ParquetWriter<org.apache.parquet.example.data.Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withConf(new PlainParquetConfiguration())
            .withType(schema)
            .build()) {
      for (int i = 0; i < 50; i++) {
        SimpleGroup row = new SimpleGroup(schema);
        row.add("text", "w1 w2 w" + i % 16);
        writer.write(row);
      }
    }
    return Files.readAllBytes(file);
  }

  private static byte[] npy(String descr, String shape, int bytes) {
    byte[] header =
        ("{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }\n")
            .getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(10 + header.length + bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) header.length)
        .put(header)
        .array();
  }
}
