package org.fnprune.verify;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Every example of a task, what was asked, what models said and what that scores: JSON lines. */
public final class SampleLog {

  private SampleLog() {}

  /**
   * One line per example, without line ends.
   *
   * @param models scores by the name that the log gives the model
   */
  public static Stream<String> lines(Task task, Map<String, TaskScores> models) {
    int n = models.values().iterator().next().n();
    return IntStream.range(0, n).mapToObj(index -> line(task, models, index));
  }

  private static String line(Task task, Map<String, TaskScores> models, int index) {
    JsonObject line = new JsonObject();
    line.addProperty("index", index);
    task.example(index).entrySet().forEach(e -> line.add(e.getKey(), e.getValue()));
    models.forEach(
        (name, scores) -> {
          JsonObject model = new JsonObject();
          model.add("prediction", scores.predictions().apply(index));
          JsonObject values = new JsonObject();
          scores.metrics().stream()
              .filter(MetricScores::isOfExamples)
              .forEach(m -> values.add(m.metric(), number(m.valueOf(new int[] {index}))));
          model.add("scores", values);
          line.add(name, model);
        });
    return line.toString();
  }

  /** A number; null where JSON has none. */
  static JsonElement number(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }

  static JsonArray numbers(double... values) {
    JsonArray array = new JsonArray();
    for (double value : values) {
      array.add(number(value));
    }
    return array;
  }

  static JsonElement text(String text) {
    return new JsonPrimitive(text);
  }

  static JsonArray texts(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }

  /** The usual description of an example. */
  static JsonObject example(JsonElement input, JsonElement target) {
    JsonObject example = new JsonObject();
    example.add("input", input);
    example.add("target", target);
    return example;
  }
}
