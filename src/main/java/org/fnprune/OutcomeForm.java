package org.fnprune;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.fnprune.network.NetworkFiles;
import org.fnprune.recipe.Recipe;
import org.fnprune.search.Outcome;
import org.fnprune.search.OutcomeJson;

/** How an unfinished run keeps what its search came to: the networks where they always lie. */
record OutcomeForm(RunFolder folder, Recipe recipe) implements StageResults.Form<Outcome> {

  @Override
  public JsonElement write(Outcome result) {
    return OutcomeJson.of(result);
  }

  @Override
  public Outcome read(JsonElement json) throws IOException {
    JsonObject outcome = json.getAsJsonObject();
    return OutcomeJson.read(
        outcome,
        recipe,
        OutcomeJson.hasNetworks(outcome)
            ? NetworkFiles.read(folder.networks())
                .orElseThrow(() -> new NoSuchFileException(folder.networks().toString()))
            : ImmutableMap.of());
  }
}
