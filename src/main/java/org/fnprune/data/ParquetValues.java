package org.fnprune.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.Type;
import org.fnprune.common.UsageException;

/**
 * Turns Parquet's records into nested values as JSON has them: groups become objects, the three
 * layouts of lists that writers use become lists, maps become objects, dates and times become text
 * after ISO 8601.
 */
final class ParquetValues {

  private final String where;

  private ParquetValues(String where) {
    this.where = where;
  }

  /**
   * The values of a row.
   *
   * @throws UsageException when a value is no text, or too long
   */
  static JsonObject row(Path file, int row, Group record) {
    return new ParquetValues(file + ":" + row + ": ").object(record);
  }

  private JsonObject object(Group group) {
    JsonObject object = new JsonObject();
    for (int field = 0; field < group.getType().getFieldCount(); field++) {
      object.add(group.getType().getFieldName(field), field(group, field));
    }
    return object;
  }

  private JsonElement field(Group group, int field) {
    Type type = group.getType().getType(field);
    int count = group.getFieldRepetitionCount(field);
    if (!type.isRepetition(Type.Repetition.REPEATED)) {
      return count == 0 ? JsonNull.INSTANCE : value(group, field, 0);
    }
    JsonArray list = new JsonArray(count);
    for (int i = 0; i < count; i++) {
      list.add(value(group, field, i));
    }
    return list;
  }

  private JsonElement value(Group group, int field, int index) {
    Type type = group.getType().getType(field);
    if (type.isPrimitive()) {
      return primitive(group, field, index);
    }
    Group inner = group.getGroup(field, index);
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    if (inner.getType().getFieldCount() == 1
        && inner.getType().getType(0).isRepetition(Type.Repetition.REPEATED)) {
      if (meaning instanceof ListLogicalTypeAnnotation) {
        return list(inner, type.getName());
      }
      if (meaning instanceof MapLogicalTypeAnnotation) {
        return map(inner);
      }
    }
    return object(inner);
  }

  /** By the format's rules for old files, the repeated type may be the element itself. */
  private JsonArray list(Group list, String name) {
    Type repeated = list.getType().getType(0);
    boolean wrapped =
        repeated instanceof GroupType group
            && group.getFieldCount() == 1
            && !group.getName().equals("array")
            && !group.getName().equals(name + "_tuple");
    int count = list.getFieldRepetitionCount(0);
    JsonArray elements = new JsonArray(count);
    for (int i = 0; i < count; i++) {
      elements.add(wrapped ? field(list.getGroup(0, i), 0) : value(list, 0, i));
    }
    return elements;
  }

  private JsonElement map(Group map) {
    if (map.getType().getType(0).isPrimitive()) {
      return field(map, 0);
    }
    JsonObject object = new JsonObject();
    for (int i = 0; i < map.getFieldRepetitionCount(0); i++) {
      Group entry = map.getGroup(0, i);
      JsonElement key = field(entry, 0);
      if (key.isJsonPrimitive() && entry.getType().getFieldCount() == 2) {
        object.add(key.getAsString(), field(entry, 1));
      }
    }
    return object;
  }

  private JsonPrimitive primitive(Group group, int field, int index) {
    Type type = group.getType().getType(field);
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    return switch (type.asPrimitiveType().getPrimitiveTypeName()) {
      case BOOLEAN -> new JsonPrimitive(group.getBoolean(field, index));
      case FLOAT -> new JsonPrimitive(group.getFloat(field, index));
      case DOUBLE -> new JsonPrimitive(group.getDouble(field, index));
      case INT32 -> number(meaning, group.getInteger(field, index), Integer.SIZE);
      case INT64 -> number(meaning, group.getLong(field, index), Long.SIZE);
      case BINARY, FIXED_LEN_BYTE_ARRAY -> bytes(type, group.getBinary(field, index));
      case INT96 -> throw noText(type, "has the old type INT96");
    };
  }

  private static JsonPrimitive number(LogicalTypeAnnotation meaning, long value, int bits) {
    if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
      return new JsonPrimitive(BigDecimal.valueOf(value, decimal.getScale()));
    }
    if (meaning instanceof IntLogicalTypeAnnotation integer && !integer.isSigned()) {
      return bits == Integer.SIZE
          ? new JsonPrimitive(Integer.toUnsignedLong((int) value))
          : new JsonPrimitive(new BigInteger(Long.toUnsignedString(value)));
    }
    if (meaning instanceof DateLogicalTypeAnnotation) {
      return new JsonPrimitive(LocalDate.EPOCH.plusDays(value).toString());
    }
    if (meaning instanceof TimestampLogicalTypeAnnotation timestamp) {
      Instant instant = Instant.EPOCH.plus(value, unit(timestamp.getUnit()));
      return new JsonPrimitive(
          timestamp.isAdjustedToUTC()
              ? instant.toString()
              : LocalDateTime.ofInstant(instant, ZoneOffset.UTC).toString());
    }
    return new JsonPrimitive(value);
  }

  private static ChronoUnit unit(TimeUnit unit) {
    return switch (unit) {
      case MILLIS -> ChronoUnit.MILLIS;
      case MICROS -> ChronoUnit.MICROS;
      case NANOS -> ChronoUnit.NANOS;
    };
  }

  private JsonPrimitive bytes(Type type, Binary value) {
    if (type.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation decimal) {
      return new JsonPrimitive(
          new BigDecimal(new BigInteger(value.getBytes()), decimal.getScale()));
    }
    if (value.length() > LineReader.MAX_LINE_BYTES) {
      throw noText(type, "is longer than " + LineReader.MAX_LINE_BYTES + " bytes (16 MiB)");
    }
    try {
      return new JsonPrimitive(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value.getBytes())).toString());
    } catch (CharacterCodingException e) {
      throw noText(type, "is not UTF-8 text");
    }
  }

  private UsageException noText(Type type, String what) {
    return new UsageException(
        where + "field '" + type.getName() + "' " + what, "leave it out, or convert the file");
  }
}
