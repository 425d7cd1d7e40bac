package org.fnprune.cli;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.fnprune.network.FunctionalNetwork;
import org.fnprune.network.NetworkMaps;
import org.fnprune.network.Thresholds;
import org.fnprune.recipe.Networks;
import org.fnprune.report.TextTable;

/** What {@code networks} prints. */
final class NetworksText {

  private NetworksText() {}

  /** One line for each unit. */
  static String units(Map<String, NetworkMaps> networks) {
    TextTable table =
        new TextTable(
            "Unit", "Neurons", "Networks", "Asked", "Iterations", "Converged", "Stability");
    networks.forEach(
        (unit, maps) ->
            table.row(
                unit,
                maps.width(),
                maps.networks(),
                maps.requested(),
                maps.iterations(),
                maps.converged() ? "yes" : "no",
                maps.stability().map(all -> number(all.stream().average().orElse(0))).orElse("–")));
    return table.toText();
  }

  /** One line for each network of one array. */
  static String networks(NetworkMaps maps, Networks options) {
    TextTable table =
        new TextTable("Network", "Support", "τ", "Peak", "Peak z", "Stability", "Non-Gaussianity");
    for (FunctionalNetwork network :
        FunctionalNetwork.of(maps, Thresholds.of(options.threshold()))) {
      int k = network.index();
      table.row(
          k,
          network.support().length(),
          Double.isFinite(network.cut().tau()) ? number(network.cut().tau()) : "none",
          network.peakNeuron(),
          number(network.peak()),
          maps.stability().map(all -> number(all.get(k))).orElse("–"),
          significant(maps.nonGaussianity(), k));
    }
    return table.toText()
        + String.format(
            Locale.ROOT,
            "%d of %d networks, %s after %d iterations.%n",
            maps.networks(),
            maps.requested(),
            maps.converged() ? "converged" : "not converged",
            maps.iterations());
  }

  /** {@code networks.json}, as it was written. */
  static void printJson(Path folder, Console console) throws IOException {
    String index =
        Files.readString(folder.resolve("networks/networks.json"), StandardCharsets.UTF_8);
    console.resultJson(JsonParser.parseString(index));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static String significant(ImmutableDoubleArray values, int k) {
    return String.format(Locale.ROOT, "%.3g", values.get(k));
  }
}
