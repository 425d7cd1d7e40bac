package org.fnprune.search;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.OptionalDouble;
import org.fnprune.network.NetworkMaps;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Recipe.AllocationRule;
import org.fnprune.recipe.Recipe.Form;
import org.fnprune.recipe.Recipe.SelectorName;
import org.fnprune.select.Contribution;
import org.fnprune.select.PlanJson;

/** The result of a search as an unfinished run keeps it; its networks lie beside it. */
public final class OutcomeJson {

  private OutcomeJson() {}

  /** Everything but the networks, bit by bit. */
  public static JsonObject of(Outcome outcome) {
    JsonObject json = new JsonObject();
    json.add("choice", choice(outcome.choice()));
    json.add("plan", PlanJson.of(outcome.plan(), outcome.contributions()));
    json.addProperty("has_networks", !outcome.networks().isEmpty());
    JsonArray trials = new JsonArray();
    for (Outcome.Trial trial : outcome.trials()) {
      JsonObject one = new JsonObject();
      one.addProperty("rung", trial.rung());
      one.add("choice", choice(trial.choice()));
      one.addProperty("loss", trial.loss());
      one.addProperty("kept", trial.kept());
      trials.add(one);
    }
    json.add("trials", trials);
    json.addProperty("reason", outcome.reason());
    json.add("predicted_loss", optional(outcome.predictedLoss()));
    json.add("measured_loss", optional(outcome.measuredLoss()));
    return json;
  }

  /** Whether networks belong to the outcome. */
  public static boolean hasNetworks(JsonObject json) {
    return json.get("has_networks").getAsBoolean();
  }

  /**
   * Reads what {@link #of} wrote.
   *
   * @param recipe of the run
   * @param networks that belong to it
   * @throws RuntimeException when something is missing or does not fit
   */
  public static Outcome read(
      JsonObject json, Recipe recipe, ImmutableMap<String, NetworkMaps> networks) {
    ImmutableList.Builder<Outcome.Trial> trials = ImmutableList.builder();
    for (JsonElement element : json.getAsJsonArray("trials")) {
      JsonObject trial = element.getAsJsonObject();
      trials.add(
          new Outcome.Trial(
              trial.get("rung").getAsInt(),
              choice(trial.getAsJsonObject("choice"), recipe),
              trial.get("loss").getAsDouble(),
              trial.get("kept").getAsBoolean()));
    }
    JsonObject plan = json.getAsJsonObject("plan");
    ImmutableMap<String, Contribution> contributions = PlanJson.readContributions(plan);
    return new Outcome(
        choice(json.getAsJsonObject("choice"), recipe),
        PlanJson.read(plan),
        networks,
        trials.build(),
        json.get("reason").getAsString(),
        optional(json.get("predicted_loss")),
        optional(json.get("measured_loss")),
        contributions);
  }

  /** What differs from choice to choice; the rest is the recipe's. */
  private static JsonObject choice(Choice choice) {
    Recipe.Prune prune = choice.prune();
    JsonObject json = new JsonObject();
    json.addProperty("selector", prune.selector().name());
    json.addProperty("form", prune.form().name());
    json.addProperty("protected_share", prune.beta());
    json.addProperty("allocation", prune.allocationRule().name());
    json.addProperty("components", choice.components());
    json.addProperty("sequential", choice.sequential());
    return json;
  }

  private static Choice choice(JsonObject json, Recipe recipe) {
    return new Choice(
        recipe
            .prune()
            .choosing(
                SelectorName.valueOf(json.get("selector").getAsString()),
                Form.valueOf(json.get("form").getAsString()),
                json.get("protected_share").getAsDouble(),
                AllocationRule.valueOf(json.get("allocation").getAsString())),
        json.get("components").getAsInt(),
        json.get("sequential").getAsBoolean());
  }

  private static JsonElement optional(OptionalDouble value) {
    return value.isPresent()
        ? new JsonPrimitive(value.getAsDouble())
        : JsonNull.INSTANCE;
  }

  private static OptionalDouble optional(JsonElement value) {
    return value.isJsonNull() ? OptionalDouble.empty() : OptionalDouble.of(value.getAsDouble());
  }
}
