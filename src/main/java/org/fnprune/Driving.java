package org.fnprune;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.ProjectionCapture;
import org.fnprune.capture.Signal;
import org.fnprune.data.TokenBatch;
import org.fnprune.data.Tokenizer;
import org.fnprune.network.DriverFiles;
import org.fnprune.network.DriverFinder;
import org.fnprune.network.Drivers;
import org.fnprune.network.NetworkMaps;
import org.fnprune.recipe.Recipe;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.structure.PrunableUnit;

/** Finds which tokens and texts drive the functional networks, for people to read. */
final class Driving {

  private Driving() {}

  /**
   * Writes {@code drivers.json}; nothing where networks were found from moments, without text.
   *
   * @param folder of the networks
   * @param networks by unit id
   * @param moments of the signals that they were found in
   */
  static void write(
      Path folder,
      Map<String, NetworkMaps> networks,
      MomentsStore moments,
      Recipe recipe,
      RunInputs inputs,
      RuntimeOptions device,
      Pipeline.Listener listener)
      throws IOException {
    List<TokenBatch> text = inputs.text().batches();
    if (text.isEmpty() || networks.isEmpty()) {
      return;
    }
    ImmutableList<TokenBatch> some = DriverFinder.some(text);
    long memory = Discovery.memory(recipe);
    ProjectionCapture capture =
        new ProjectionCapture(inputs.dense(), inputs.signals(), some, memory, device, listener);
    Map<String, NetworkMaps> bySignal = new LinkedHashMap<>();
    ImmutableMap.Builder<String, String> signals = ImmutableMap.builder();
    for (PrunableUnit unit : inputs.structure().units()) {
      NetworkMaps maps = networks.get(unit.id());
      if (maps != null) {
        String signal = Signal.id(unit, recipe.networks().signals());
        signals.put(unit.id(), signal);
        bySignal.put(signal, maps);
      }
    }
    try (Tokenizer tokenizer = Tokenizer.open(inputs.model().tokenizerFile())) {
      ImmutableMap<String, ImmutableList<Drivers>> found =
          DriverFinder.find(bySignal, moments, capture, some, memory, tokenizer::words);
      DriverFiles.write(
          folder,
          Maps.transformValues(signals.buildOrThrow(), id -> requireNonNull(found.get(id))));
    }
  }
}
