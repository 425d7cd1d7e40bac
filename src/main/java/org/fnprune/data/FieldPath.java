package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds a field in a row that may be nested. {@code a.b} is the field {@code b} of the object
 * {@code a}; {@code a.0} is the first element of the list {@code a}; {@code a.b} of a list of
 * objects is the list of their fields {@code b}. A key that itself contains dots wins over a path.
 */
final class FieldPath {

  private static final int SHOWN_DEPTH = 3;
  private static final int SHOWN = 24;
  private static final int INDEX_DIGITS = 9;

  private FieldPath() {}

  /** The value at a path; null where there is none. */
  static @Nullable JsonElement find(JsonElement value, String path) {
    if (value instanceof JsonObject object) {
      return inObject(object, path);
    }
    return value instanceof JsonArray array ? inList(array, path) : null;
  }

  /** The longest key that starts the path comes first. */
  private static @Nullable JsonElement inObject(JsonObject object, String path) {
    if (object.has(path)) {
      return object.get(path);
    }
    for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
      JsonElement inner = object.get(path.substring(0, dot));
      JsonElement found = inner == null ? null : find(inner, path.substring(dot + 1));
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static @Nullable JsonElement inList(JsonArray list, String path) {
    int dot = path.indexOf('.');
    String head = dot < 0 ? path : path.substring(0, dot);
    if (isIndex(head)) {
      int index = Integer.parseInt(head);
      if (index >= list.size()) {
        return null;
      }
      return dot < 0 ? list.get(index) : find(list.get(index), path.substring(dot + 1));
    }
    JsonArray all = new JsonArray(list.size());
    for (JsonElement element : list) {
      JsonElement found = find(element, path);
      if (found == null) {
        return null;
      }
      all.add(found);
    }
    return all.isEmpty() ? null : all;
  }

  private static boolean isIndex(String text) {
    return !text.isEmpty()
        && text.length() <= INDEX_DIGITS
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** The prefixes of a path that may be the name of a column: {@code a.b} and {@code a}. */
  static ImmutableList<String> columns(String path) {
    ImmutableList.Builder<String> columns = ImmutableList.builder();
    columns.add(path);
    for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
      columns.add(path.substring(0, dot));
    }
    return columns.build();
  }

  /** The paths of what a row holds, to show to the user. */
  static List<String> names(JsonObject row) {
    List<String> names = new ArrayList<>();
    add(row, "", 1, names);
    return names;
  }

  private static void add(JsonObject object, String prefix, int depth, List<String> names) {
    for (Map.Entry<String, JsonElement> field : object.entrySet()) {
      if (names.size() == SHOWN) {
        return;
      }
      String name = prefix + field.getKey();
      if (depth < SHOWN_DEPTH && field.getValue() instanceof JsonObject inner && !inner.isEmpty()) {
        add(inner, name + ".", depth + 1, names);
      } else {
        names.add(name);
      }
    }
  }
}
