package org.fnprune.select;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

/** {@code plan.json} (schema 1). */
public final class PlanJson {

  private PlanJson() {}

  /** The document of a plan that the task's text alone made. */
  public static JsonObject of(PruningPlan plan) {
    return of(plan, ImmutableMap.of());
  }

  /**
   * The document.
   *
   * @param contributions of the task's text and the text to retain, by unit id; empty without the
   *     latter
   */
  public static JsonObject of(PruningPlan plan, ImmutableMap<String, Contribution> contributions) {
    JsonArray units = new JsonArray();
    for (UnitPlan unit : plan.units()) {
      JsonObject json = new JsonObject();
      json.addProperty("id", unit.id());
      json.addProperty("kind", unit.kind());
      json.addProperty("layer", unit.layer());
      json.addProperty("activation", unit.activation());
      json.addProperty("axis", unit.axis());
      json.addProperty("width", unit.width());
      json.addProperty("unit_size", unit.unitSize());
      JsonArray kept = new JsonArray(unit.kept().length());
      unit.kept().forEach(kept::add);
      json.add("kept", kept);
      Contribution contribution = contributions.get(unit.id());
      if (contribution != null) {
        json.add("kept_for", json(contribution));
      }
      units.add(json);
    }
    JsonObject document = new JsonObject();
    document.addProperty("schema", 1);
    document.add("units", units);
    return document;
  }

  private static JsonObject json(Contribution contribution) {
    JsonObject json = new JsonObject();
    json.addProperty("both", contribution.both());
    json.addProperty("task", contribution.task());
    json.addProperty("retain", contribution.retain());
    json.addProperty("neither", contribution.neither());
    return json;
  }
}
