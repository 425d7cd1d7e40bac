package org.fnprune.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.fnprune.Preview;
import org.fnprune.capture.CapturePlan;
import org.fnprune.capture.Signal;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.RecipeWriter;
import org.fnprune.report.TextTable;
import org.fnprune.structure.PrunableUnit;

/** What {@code --dry-run} prints: a text, or one JSON document. */
final class PreviewText {

  private PreviewText() {}

  static void print(Preview preview, Console console) {
    console.result(text(preview));
    console.resultJson(json(preview));
  }

  private static String text(Preview preview) {
    StringBuilder text = new StringBuilder("Dry run: nothing was written.\n\n");
    line(
        text,
        "Model: %s, %,d parameters, %,d bytes; device %s",
        preview.model().path(),
        preview.model().parameters(),
        preview.model().bytes(),
        preview.device());
    preview.moments().ifPresent(folder -> line(text, "Moments: %s", folder));
    preview.text().ifPresent(captured -> text(text, captured));
    time(text, preview);
    text.append('\n').append(units(preview).toText());
    if (preview.networks()) {
      text.append("\nNetworks:\n");
      text.append(RecipeWriter.toYaml(preview.recipe().networks()).indent(2));
    }
    preview
        .removed()
        .ifPresent(
            removed ->
                line(
                    text,
                    "%nRemoves about %,d parameters: %,d (%.1f%%) stay, in about %,d bytes.",
                    removed,
                    preview.parametersLeft(),
                    100.0 * preview.parametersLeft() / preview.model().parameters(),
                    preview.bytesLeft()));
    return text.toString();
  }

  private static void time(StringBuilder text, Preview preview) {
    OptionalDouble capture =
        preview.text().map(Preview.Text::seconds).orElse(OptionalDouble.empty());
    if (capture.isEmpty()) {
      return;
    }
    boolean searches =
        preview.removed().isPresent()
            && preview.recipe().prune().selector() == Recipe.SelectorName.AUTO;
    line(
        text,
        "Time: about %.0f s to capture (one batch was timed)%s",
        Math.max(1, capture.getAsDouble()),
        searches
            ? String.format(
                Locale.ROOT,
                ", at most %d s to search; compensation, tasks and latency come on top",
                preview.recipe().search().seconds())
            : "");
  }

  private static void text(StringBuilder text, Preview.Text captured) {
    Preview.Group total = captured.total();
    line(
        text,
        "Text: %s, %s in %s%s",
        count(total.samples(), "sample"),
        count(total.tokens(), "token"),
        count(total.batches(), "batch"),
        captured.skipped() == 0 ? "" : "; without tokens: " + captured.skipped());
    if (captured.groups().size() > 1) {
      for (Preview.Group group : captured.groups()) {
        line(
            text,
            "  group %s: %s, %s in %s",
            group.name(),
            count(group.samples(), "sample"),
            count(group.tokens(), "token"),
            count(group.batches(), "batch"));
      }
    }
    text.append(captured.groups().size() > 1 ? "Capture, of each group: " : "Capture: ");
    text.append(captured.plan().describe());
  }

  private static String count(long number, String noun) {
    String ending = number == 1 ? "" : noun.endsWith("h") ? "es" : "s";
    return String.format(Locale.ROOT, "%,d %s%s", number, noun, ending);
  }

  private static TextTable units(Preview preview) {
    TextTable units = new TextTable("Unit", "Layer", "Kind", "Width", "Parameters");
    for (PrunableUnit unit : preview.units()) {
      units.row(
          unit.id(),
          unit.layer() < 0 ? "–" : unit.layer(),
          unit.kind().label(),
          unit.width(),
          String.format(Locale.ROOT, "%,d", unit.parameters()));
    }
    return units;
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private static JsonObject json(Preview preview) {
    JsonObject model = new JsonObject();
    model.addProperty("path", preview.model().path());
    model.addProperty("parameters", preview.model().parameters());
    model.addProperty("bytes", preview.model().bytes());
    model.addProperty("sha256", preview.model().sha256());
    JsonArray units = new JsonArray();
    for (PrunableUnit unit : preview.units()) {
      JsonObject json = new JsonObject();
      json.addProperty("id", unit.id());
      json.addProperty("kind", unit.kind().label());
      json.addProperty("layer", unit.layer());
      json.addProperty("width", unit.width());
      json.addProperty("parameters", unit.parameters());
      units.add(json);
    }
    JsonObject document = new JsonObject();
    document.addProperty("schema", 1);
    document.addProperty("dry_run", true);
    document.addProperty("recipe", RecipeWriter.toYaml(preview.recipe()));
    document.addProperty("device", preview.device());
    document.add("model", model);
    document.add("units", units);
    document.add("capture", capture(preview));
    document.addProperty("moments", preview.moments().map(Object::toString).orElse(null));
    document.addProperty("networks", preview.networks());
    document.add("prune", prune(preview));
    return document;
  }

  private static JsonElement capture(Preview preview) {
    if (preview.text().isEmpty()) {
      return JsonNull.INSTANCE;
    }
    Preview.Text text = preview.text().get();
    JsonObject json = group(text.total());
    json.remove("name");
    json.addProperty("skipped", text.skipped());
    json.addProperty("seconds", text.seconds().isPresent() ? text.seconds().getAsDouble() : null);
    JsonArray groups = new JsonArray();
    text.groups().forEach(group -> groups.add(group(group)));
    json.add("groups", groups);
    json.addProperty("memory_limit", text.plan().memory());
    json.addProperty("memory_needed", text.plan().bytes());
    JsonArray passes = new JsonArray();
    for (CapturePlan.Pass pass : text.plan().passes()) {
      JsonObject of = new JsonObject();
      of.addProperty("bytes", pass.bytes());
      of.add("moments", ids(pass.grams()));
      of.add("squares", ids(pass.squares()));
      of.add("sketches", ids(pass.sketches()));
      passes.add(of);
    }
    json.add("passes", passes);
    return json;
  }

  private static JsonObject group(Preview.Group group) {
    JsonObject json = new JsonObject();
    json.addProperty("name", group.name());
    json.addProperty("samples", group.samples());
    json.addProperty("tokens", group.tokens());
    json.addProperty("batches", group.batches());
    return json;
  }

  private static JsonArray ids(List<Signal> signals) {
    JsonArray ids = new JsonArray();
    signals.forEach(signal -> ids.add(signal.id()));
    return ids;
  }

  private static JsonElement prune(Preview preview) {
    if (preview.removed().isEmpty()) {
      return JsonNull.INSTANCE;
    }
    JsonObject json = new JsonObject();
    json.addProperty("parameters_removed", preview.removed().get());
    json.addProperty("parameters_left", preview.parametersLeft());
    json.addProperty("bytes_left", preview.bytesLeft());
    return json;
  }
}
