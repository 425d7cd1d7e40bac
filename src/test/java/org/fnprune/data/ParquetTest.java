package org.fnprune.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.fnprune.common.Failures;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Sampling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files {@code rows-*.parquet} are DuckDB's, from {@code rows.sql} beside them. */
class ParquetTest {

  @TempDir Path folder;

  private static ImmutableList<Row> rows(Path file, Fields fields) {
    return DatasetReader.read(file, fields, ReadOptions.first(false, 0)).rows();
  }

  private static List<String> column(Path file, String field) {
    return rows(file, Fields.of(field)).stream().map(row -> row.get(field)).toList();
  }

  private static String third(String field) throws IOException {
    return column(StreamingTest.fixture("rows-zstd.parquet"), field).get(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"uncompressed", "snappy", "gzip", "zstd", "lz4_raw"})
  void everyCommonCompressionIsRead(String codec) throws IOException {
    Path file = StreamingTest.fixture("rows-" + codec + ".parquet");
    List<Row> rows = rows(file, Fields.of("text", "label", "nested.a.b").withLists("choices"));
    assertThat(rows).hasSize(6);
    assertThat(rows.get(5))
        .isEqualTo(
            new Row(
                file,
                6,
                com.google.common.collect.ImmutableMap.of(
                    "text", "row 5", "label", "5", "nested.a.b", "deep 5"),
                com.google.common.collect.ImmutableMap.of(
                    "choices", ImmutableList.of("x5", "y", "ü"))));
  }

  @Test
  void otherCompressionIsRefused() throws IOException {
    Path file = StreamingTest.fixture("rows-brotli.parquet");
    assertThat(Failures.of(() -> column(file, "text")))
        .startsWith("dataset " + file + " cannot be read as Parquet: ")
        .endsWith("may be compressed with snappy, gzip, zstd or lz4_raw");
  }

  @Test
  void valuesBecomeText() throws IOException {
    assertThat(third("label")).isEqualTo("2");
    assertThat(third("price")).isEqualTo("0.50");
    assertThat(third("dear")).isEqualTo("0.667");
    assertThat(third("day")).isEqualTo("2020-03-01");
    assertThat(third("local")).isEqualTo("2020-01-01T00:00:01.500");
    assertThat(third("instant")).isEqualTo("2020-01-01T00:00:00Z");
    assertThat(third("yes")).isEqualTo("true");
    assertThat(third("big")).isEqualTo("18446744073709551615");
    assertThat(third("large")).isEqualTo("4294967295");
    assertThat(third("small")).isEqualTo("0.1");
    assertThat(third("tiny")).isEqualTo("-7");
  }

  @Test
  void structsListsAndMapsAreReachable() throws IOException {
    assertThat(third("nested.n")).isEqualTo("3.0");
    assertThat(third("choices.0")).isEqualTo("x2");
    assertThat(third("structs.1.k")).isEqualTo("3");
    assertThat(third("m.m")).isEqualTo("v2");
    assertThat(third("a.b")).isEqualTo("dotted 2");
    Path file = StreamingTest.fixture("rows-zstd.parquet");
    Row row =
        rows(file, Fields.of("nested.n").withLists("answers.text", "answers.start", "structs.k"))
            .get(1);
    assertThat(row.list("answers.text")).containsExactly("p", "q");
    assertThat(row.list("answers.start")).containsExactly("1", "2");
    assertThat(row.list("structs.k")).containsExactly("1", "2");
  }

  @Test
  void missingColumnsAndWrongRowsAreNamed() throws IOException {
    Path file = StreamingTest.fixture("rows-snappy.parquet");
    assertThat(Failures.of(() -> column(file, "txt")))
        .startsWith("dataset " + file + ": no column 'txt'; the columns are text, label, nested,")
        .endsWith(" | did you mean 'text'?");
    assertThat(Failures.of(() -> column(file, "maybe")))
        .startsWith(file + ":4: field 'maybe' is null;");
    assertThat(Failures.of(() -> column(file, "nested.a.c")))
        .startsWith(file + ":1: row has no field 'nested.a.c'; its fields are ");
    assertThat(Failures.of(() -> column(file, "raw")))
        .startsWith(file + ":1: field 'raw' is not UTF-8 text |");
    assertThat(Failures.of(() -> column(file, "choices")))
        .startsWith(file + ":1: field 'choices' is a list;");
    Dataset read =
        DatasetReader.read(
            file, Fields.of("maybe"), new ReadOptions(false, 0, Sampling.FIRST, 0, true));
    assertThat(read.rows()).hasSize(5);
    assertThat(read.badRows()).isEqualTo(1);
  }

  @Test
  void rowGroupsFollowOneAnother() throws IOException {
    Path file = StreamingTest.fixture("groups.parquet");
    List<String> texts = column(file, "text");
    assertThat(texts).hasSize(4100).endsWith("row 4099").startsWith("row 0");
    Dataset some =
        DatasetReader.read(
            file, Fields.of("text"), new ReadOptions(false, 9, Sampling.RANDOM, 1, false));
    assertThat(some.rows()).hasSize(9).allMatch(r -> r.get("text").equals("row " + (r.line() - 1)));
    assertThat(some.rows().get(8).line()).isGreaterThan(2048);
  }

  private Path write(String schema, Consumer<Group> row) throws IOException {
    Path file = folder.resolve("w.parquet");
    Files.deleteIfExists(file);
    MessageType type = MessageTypeParser.parseMessageType(schema);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withConf(new PlainParquetConfiguration())
            .withType(type)
            .withCompressionCodec(CompressionCodecName.UNCOMPRESSED)
            .build()) {
      Group group = new SimpleGroup(type);
      row.accept(group);
      writer.write(group);
    }
    return file;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "message m { repeated binary l (UTF8); }",
        "message m { optional group l (LIST) { repeated binary array (UTF8); } }",
        "message m { optional group l (LIST) { repeated group list {"
            + " optional binary element (UTF8); } } }",
        "message m { optional group l (LIST) { repeated group bag {"
            + " optional binary array_element (UTF8); } } }",
      })
  void everyLayoutOfListsIsOne(String schema) throws IOException {
    Path file =
        write(
            schema,
            row -> {
              for (String text : List.of("a", "b")) {
                Group at = row;
                org.apache.parquet.schema.Type type = row.getType().getType("l");
                if (!type.isPrimitive()) {
                  at =
                      row.getFieldRepetitionCount("l") == 0
                          ? row.addGroup("l")
                          : row.getGroup("l", 0);
                  type = at.getType().getType(0);
                }
                if (!type.isPrimitive()) {
                  at = at.addGroup(0);
                }
                at.add(at.getType().getFieldName(0), text);
              }
            });
    assertThat(rows(file, Fields.of().withLists("l")).get(0).list("l")).containsExactly("a", "b");
  }

  @Test
  void onlyWhatAPathLeadsToIsRead() throws IOException {
    Path file =
        write(
            "message m { required group image { required binary bytes; required binary path (UTF8);"
                + " } }",
            row ->
                row.addGroup("image")
                    .append("bytes", Binary.fromConstantByteArray(new byte[] {(byte) 0xff}))
                    .append("path", "p"));
    assertThat(column(file, "image.path")).containsExactly("p");
    assertThat(Failures.of(() -> column(file, "image.bytes"))).contains("is not UTF-8 text");
  }

  @Test
  void whatIsNoParquetIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("d.parquet"), "PAR1");
    assertThat(Failures.of(() -> column(file, "text")))
        .startsWith("dataset " + file + " cannot be read as Parquet: ");
    Path packed = Files.writeString(folder.resolve("d.parquet.gz"), "");
    assertThat(Failures.of(() -> column(packed, "text")))
        .isEqualTo(
            "dataset "
                + packed
                + ": Parquet cannot be read as a stream"
                + " | unpack it; its columns are compressed inside");
  }

  /** Whatever a file holds, it is either read or refused with a usage error. */
  @ParameterizedTest
  @ValueSource(strings = {"uncompressed", "snappy", "gzip", "zstd", "lz4_raw"})
  void noBytesBreakTheReader(String codec) throws IOException {
    byte[] whole = Files.readAllBytes(StreamingTest.fixture("rows-" + codec + ".parquet"));
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 120; i++) {
      byte[] bytes = whole.clone();
      for (int k = random.nextInt(6); k >= 0; k--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Path file = Files.write(folder.resolve("x.parquet"), bytes);
      try {
        rows(file, Fields.of("text", "nested.a.b").withLists("choices", "structs.k"));
      } catch (UsageException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(40, 119);
  }
}
