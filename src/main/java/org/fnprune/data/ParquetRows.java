package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.fnprune.common.DidYouMean;
import org.fnprune.common.UsageException;

/**
 * Apache Parquet, one row group at a time and of it only the columns that are wanted. Sizes that a
 * file claims are checked against the file before anything is allocated.
 */
final class ParquetRows {

  static final DatasetReader.Format FORMAT = ParquetRows::read;

  /**
   * Values per row in the mean; more were made to fill memory, for a run of equal values takes a
   * few bytes.
   */
  private static final long MAX_VALUES_PER_ROW = 1 << 20;

  private ParquetRows() {}

  private static void read(DatasetReader.Source source, RowSink sink) {
    try {
      readGroups(source, sink);
    } catch (UsageException e) {
      throw e;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new UsageException(
          "dataset " + source.file() + " cannot be read as Parquet: " + reason,
          "is the file whole? its columns may be compressed with snappy, gzip, zstd or lz4_raw",
          e);
    }
  }

  private static void readGroups(DatasetReader.Source source, RowSink sink) throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new ParquetCodecs())
            .build();
    RowBuilder rows = new RowBuilder(source.file(), source.fields());
    try (ParquetFileReader reader = ParquetFileReader.open(input(source.file()), options)) {
      MessageType wanted = wanted(source, reader.getFileMetaData().getSchema());
      requireSizes(source.file(), reader.getRowGroups(), topLevel(wanted));
      reader.setRequestedSchema(wanted);
      int number = 0;
      PageReadStore group;
      while (!sink.full() && (group = reader.readNextRowGroup()) != null) {
        RecordReader<Group> records =
            new ColumnIOFactory()
                .getColumnIO(wanted)
                .getRecordReader(group, new GroupRecordConverter(wanted));
        for (long left = group.getRowCount(); left > 0 && !sink.full(); left--) {
          Group record = records.read();
          int row = ++number;
          sink.take(() -> rows.row(row, ParquetValues.row(source.file(), row, record)));
        }
      }
    }
  }

  /** Parquet names its input in errors. */
  private static InputFile input(Path file) throws IOException {
    InputFile input = new LocalInputFile(file);
    return new InputFile() {
      @Override
      public long getLength() throws IOException {
        return input.getLength();
      }

      @Override
      public SeekableInputStream newStream() throws IOException {
        return input.newStream();
      }

      @Override
      public String toString() {
        return "it";
      }
    };
  }

  /** The columns that wanted fields are in. */
  private static MessageType wanted(DatasetReader.Source source, MessageType schema) {
    MessageType wanted = new MessageType(schema.getName());
    for (String field : source.fields().all()) {
      ImmutableList<Type> columns = narrowed(schema, field);
      if (columns.isEmpty()) {
        List<String> all = schema.getFields().stream().map(Type::getName).toList();
        throw new UsageException(
            "dataset "
                + source.file()
                + ": no column '"
                + field
                + "'; the columns are "
                + String.join(", ", all),
            DidYouMean.help(field, all, "name one of these"));
      }
      wanted = wanted.union(new MessageType(schema.getName(), columns));
    }
    return wanted;
  }

  /** The fields of a group that a path may lead through, and of them only what it leads to. */
  private static ImmutableList<Type> narrowed(GroupType group, String path) {
    ImmutableList.Builder<Type> fields = ImmutableList.builder();
    for (String name : FieldPath.columns(path)) {
      if (group.containsField(name)) {
        String rest = path.substring(Math.min(path.length(), name.length() + 1));
        fields.add(narrowed(group.getType(name), rest));
      }
    }
    return fields.build();
  }

  private static Type narrowed(Type type, String path) {
    if (path.isEmpty()
        || type.isPrimitive()
        || type.isRepetition(Type.Repetition.REPEATED)
        || type.getLogicalTypeAnnotation() != null) {
      return type;
    }
    ImmutableList<Type> fields = narrowed(type.asGroupType(), path);
    return fields.isEmpty() ? type : type.asGroupType().withNewFields(fields);
  }

  private static ImmutableSet<String> topLevel(MessageType schema) {
    return schema.getFields().stream().map(Type::getName).collect(ImmutableSet.toImmutableSet());
  }

  private static void requireSizes(
      Path file, List<BlockMetaData> groups, ImmutableSet<String> columns) throws IOException {
    long bytes = Files.size(file);
    for (BlockMetaData group : groups) {
      for (ColumnChunkMetaData column : group.getColumns()) {
        long start = column.getStartingPos();
        long size = column.getTotalSize();
        boolean inside = start >= 0 && size >= 0 && size <= bytes && start <= bytes - size;
        boolean used = columns.contains(column.getPath().toArray()[0]);
        if (used && !(inside && mayHold(group.getRowCount(), column.getValueCount()))) {
          throw new IOException("column " + column.getPath().toDotString() + " has a wrong size");
        }
      }
    }
  }

  private static boolean mayHold(long rows, long values) {
    return rows >= 0 && values >= 0 && values / MAX_VALUES_PER_ROW <= rows;
  }
}
