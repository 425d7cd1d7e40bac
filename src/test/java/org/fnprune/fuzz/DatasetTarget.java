package org.fnprune.fuzz;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fnprune.data.Dataset;
import org.fnprune.data.DatasetReader;
import org.fnprune.data.Fields;
import org.fnprune.data.ReadOptions;
import org.fnprune.data.Row;
import org.fnprune.recipe.Sampling;

/**
 * Reads a dataset, of which the first byte says format and options. Reading it again gives the same
 * rows, no more than the limit, and every row has every field.
 */
final class DatasetTarget implements FuzzTarget {

  private final List<String> endings;
  private final List<byte[]> contents;

  private DatasetTarget(List<String> endings, List<byte[]> contents) {
    this.endings = List.copyOf(endings);
    this.contents = List.copyOf(contents);
  }

  /** JSON Lines, tables and plain text. */
  static DatasetTarget ofText() {
    List<String> contents =
        List.of(
            "{\"text\": \"a\\nb\", \"label\": 1, \"choices\": [1, \"x\"]}\n\n{\"text\": 1.50,"
                + " \"label\": true, \"n\": {\"a\": [null]}, \"choices\": []}\n",
            "text,label,choices\n\"a, \"\"b\"\"\r\nc\",1,x\nd,2,\n",
            "text\tlabel\tchoices\na b\t1\tx\n",
            "\uFEFFone\r\ntwo\rthree\n\nümläut ☃ 😀\n");
    return new DatasetTarget(
        List.of("jsonl", "csv", "tsv", "txt"),
        contents.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList());
  }

  /** The same, compressed. */
  static DatasetTarget ofCompressed() {
    List<String> endings = List.of("jsonl.gz", "jsonl.zst", "jsonl.bz2", "jsonl.xz");
    return new DatasetTarget(
        endings, endings.stream().map(ending -> fixture("two-streams." + ending)).toList());
  }

  /** Parquet. */
  static DatasetTarget ofParquet() {
    List<byte[]> contents = new ArrayList<>();
    for (String codec : List.of("uncompressed", "snappy", "gzip", "zstd", "lz4_raw")) {
      contents.add(fixture("rows-" + codec + ".parquet"));
    }
    return new DatasetTarget(List.of("parquet"), contents);
  }

  private static byte[] fixture(String name) {
    try (var in = Row.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no fixture " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < contents.size(); i++) {
      for (int options = 0; options < 4; options++) {
        byte[] content = contents.get(i);
        byte[] seed = new byte[content.length + 1];
        seed[0] = (byte) (i % endings.size() + options * endings.size());
        System.arraycopy(content, 0, seed, 1, content.length);
        seeds.add(seed);
      }
    }
    return seeds;
  }

  @Override
  public void read(byte[] input, Path folder) throws IOException {
    int choice = input.length == 0 ? 0 : input[0] & 0xff;
    Path file = folder.resolve("data." + endings.get(choice % endings.size()));
    Files.write(file, Arrays.copyOfRange(input, Math.min(1, input.length), input.length));
    int options = choice / endings.size();
    boolean skip = options % 2 == 1;
    int limit = options / 2 % 2 == 1 ? 1 : 0;
    Fields fields = Fields.of("text");
    if (options % 3 > 0) {
      fields = Fields.of("text", "label").withLists("choices");
    }
    Sampling sampling = options % 5 == 4 ? Sampling.RANDOM : Sampling.FIRST;
    ReadOptions how = new ReadOptions(options % 7 > 3, limit, sampling, 1, skip);
    Dataset dataset = DatasetReader.read(file, fields, how);
    ImmutableList<Row> rows = dataset.rows();
    if (limit > 0 && rows.size() > limit) {
      throw new AssertionError(rows.size() + " rows, limit " + limit);
    }
    boolean text = file.toString().endsWith(".txt");
    for (Row row : rows) {
      if (!text && !row.fields().keySet().containsAll(fields.texts())) {
        throw new AssertionError("row without a field: " + row);
      }
    }
    FuzzTarget.requireEqual(DatasetReader.read(file, fields, how), dataset, "the rows read again");
  }
}
