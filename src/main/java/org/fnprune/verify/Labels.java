package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import org.fnprune.common.DidYouMean;
import org.fnprune.common.UsageException;
import org.fnprune.data.Row;

/**
 * The classes of a task.
 *
 * @param names in the order of the model's logits; empty when classes are numbers
 */
record Labels(ImmutableList<String> names) {

  /** The class that a row's field names. */
  int of(Row row, String field) {
    String label = row.get(field);
    if (!names.isEmpty()) {
      int index = names.indexOf(label);
      if (index < 0) {
        throw row.refuse(
            "label '" + label + "' is not known; allowed: " + String.join(", ", names),
            DidYouMean.help(label, names, "add it to 'labels' of the task file"));
      }
      return index;
    }
    if (label.matches("\\d{1,9}")) {
      return Integer.parseInt(label);
    }
    throw row.refuse(
        "label '" + label + "' is not a class number (0, 1, …)",
        "add 'labels: [NAME, …]' to the task file, in the order of the model's classes");
  }

  /** Refuses a model that has another number of classes than there are names. */
  void requireClasses(String task, int classes) {
    if (!names.isEmpty() && names.size() != classes) {
      throw new UsageException(
          "task '"
              + task
              + "' names "
              + names.size()
              + " labels, but the model has "
              + classes
              + " classes",
          "list the model's classes in their order");
    }
  }

  /** A class as the log writes it; null for none. */
  JsonElement json(int index) {
    if (index < 0) {
      return JsonNull.INSTANCE;
    }
    return names.isEmpty() ? new JsonPrimitive(index) : new JsonPrimitive(names.get(index));
  }
}
