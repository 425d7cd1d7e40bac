package org.fnprune.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import org.fnprune.structure.Prunable;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Refusal;
import org.fnprune.structure.Structure;

/** {@code structure.json}: every unit and every refusal. */
public final class StructureJson {

  private StructureJson() {}

  /** The document. */
  public static JsonObject of(Structure structure) {
    JsonArray units = new JsonArray();
    structure.units().forEach(unit -> units.add(unit(unit)));
    JsonArray refusals = new JsonArray();
    structure.refusals().forEach(refusal -> refusals.add(refusal(refusal)));
    JsonObject document = new JsonObject();
    document.addProperty("schema", 1);
    document.addProperty("parameters", structure.parameters());
    document.addProperty("prunable_parameters", structure.prunableParameters());
    Prunable prunable = Prunable.of(structure);
    document.add("kinds", kinds(prunable));
    document.add("units", units);
    document.add("refusals", refusals);
    document.add("blocked", blocked(prunable));
    document.addProperty("other_parameters", prunable.elsewhere());
    return document;
  }

  private static JsonArray kinds(Prunable prunable) {
    JsonArray kinds = new JsonArray();
    for (Prunable.Kind kind : prunable.kinds()) {
      JsonObject json = new JsonObject();
      json.addProperty("kind", kind.kind().label());
      json.addProperty("units", kind.units());
      json.addProperty("channels", kind.channels());
      json.addProperty("parameters", kind.parameters());
      kinds.add(json);
    }
    return kinds;
  }

  /** Refusals of weights that belong to no unit, by reason. */
  private static JsonArray blocked(Prunable prunable) {
    JsonArray blocked = new JsonArray();
    for (Prunable.Barrier barrier : prunable.blocked()) {
      JsonObject json = new JsonObject();
      json.addProperty("operator", barrier.operator());
      json.addProperty("reason", barrier.reason());
      json.addProperty("parameters", barrier.parameters());
      JsonArray nodes = new JsonArray();
      barrier.nodes().forEach(nodes::add);
      json.add("nodes", nodes);
      blocked.add(json);
    }
    return blocked;
  }

  private static JsonObject unit(PrunableUnit unit) {
    JsonObject json = new JsonObject();
    json.addProperty("id", unit.id());
    json.addProperty("kind", unit.kind().label());
    json.addProperty("layer", unit.layer());
    json.addProperty("activation", unit.activation());
    json.addProperty("width", unit.width());
    json.addProperty("unit_size", unit.unitSize());
    json.addProperty("parameters", unit.parameters());
    return json;
  }

  private static JsonObject refusal(Refusal refusal) {
    JsonObject json = new JsonObject();
    json.addProperty("node", refusal.node());
    json.addProperty("operator", refusal.operator());
    json.addProperty("weight", refusal.weight());
    json.addProperty("layer", refusal.layer());
    json.addProperty("parameters", refusal.parameters());
    json.addProperty("reason", refusal.reason());
    return json;
  }
}
