package org.fnprune.select;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

/** {@code plan.json} (schema 1). */
public final class PlanJson {

  private PlanJson() {}

  /** The document. */
  public static JsonObject of(PruningPlan plan) {
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
      units.add(json);
    }
    JsonObject document = new JsonObject();
    document.addProperty("schema", 1);
    document.add("units", units);
    return document;
  }
}
