package org.fnprune.network;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.Networks;

/** What a decomposition says of itself, in JSON. */
public final class NetworkJson {

  private NetworkJson() {}

  /**
   * Everything but the maps.
   *
   * @param options that the networks were found with
   * @param networks their supports
   */
  public static JsonObject of(
      NetworkMaps maps, Networks options, List<FunctionalNetwork> networks) {
    JsonObject json = new JsonObject();
    json.addProperty("method", word(options.method()));
    json.addProperty("signals", word(options.signals()));
    json.addProperty("networks", maps.networks());
    json.addProperty("requested", maps.requested());
    json.addProperty("iterations", maps.iterations());
    json.addProperty("converged", maps.converged());
    json.addProperty("restarts", maps.restarts());
    json.addProperty("seed", maps.seed());
    json.add("components", components(maps.components()));
    json.add("stability", maps.stability().map(NetworkJson::array).orElse(JsonNull.INSTANCE));
    json.add("non_gaussianity", array(maps.nonGaussianity()));
    json.add("reproducibility", array(maps.reproducibility()));
    JsonArray summaries = new JsonArray();
    maps.summaries().forEach(summary -> summaries.add(summary(summary)));
    json.add("decompositions", summaries);
    json.add("threshold", common(networks));
    JsonArray thresholds = new JsonArray();
    JsonArray sizes = new JsonArray();
    for (FunctionalNetwork network : networks) {
      thresholds.add(cut(network.cut()));
      sizes.add(network.support().length());
    }
    json.add("thresholds", thresholds);
    json.add("sizes", sizes);
    return json;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static JsonObject components(ComponentCount components) {
    JsonObject json = new JsonObject();
    json.addProperty("method", components.estimate().map(e -> word(e.by())).orElse("given"));
    json.addProperty("n", components.count());
    json.addProperty("tokens", components.tokens());
    Optional<ComponentCount.Estimate> estimate = components.estimate();
    json.add("effective_samples", number(estimate.map(e -> e.samples().count())));
    json.add(
        "autocorrelation",
        number(estimate.map(e -> e.samples().autocorrelation()).flatMap(NetworkJson::boxed)));
    JsonArray evidence = new JsonArray();
    estimate.ifPresent(
        e ->
            e.evidence()
                .forEach(
                    (n, value) -> {
                      JsonObject candidate = new JsonObject();
                      candidate.addProperty("n", n);
                      candidate.addProperty("value", value);
                      evidence.add(candidate);
                    }));
    json.add("evidence", evidence);
    return json;
  }

  private static JsonObject summary(NetworkMaps.Summary summary) {
    JsonObject json = new JsonObject();
    json.addProperty("networks", summary.networks());
    json.addProperty("iterations", summary.iterations());
    json.addProperty("converged", summary.converged());
    json.addProperty("seed", summary.seed());
    return json;
  }

  /** τ where it is one for all; null where it is not, or is not known. */
  private static JsonElement common(List<FunctionalNetwork> networks) {
    return networks.stream().map(FunctionalNetwork::cut).distinct().count() == 1
        ? cut(networks.get(0).cut()).get("tau")
        : JsonNull.INSTANCE;
  }

  private static JsonObject cut(Thresholds.Cut cut) {
    JsonObject json = new JsonObject();
    json.addProperty("centre", cut.centre());
    json.add("tau", number(Optional.of(cut.tau()).filter(Double::isFinite)));
    return json;
  }

  private static Optional<Double> boxed(OptionalDouble value) {
    return value.isPresent() ? Optional.of(value.getAsDouble()) : Optional.empty();
  }

  private static JsonElement number(Optional<Double> value) {
    return value.<JsonElement>map(JsonPrimitive::new).orElse(JsonNull.INSTANCE);
  }

  private static JsonElement array(ImmutableDoubleArray values) {
    JsonArray array = new JsonArray();
    values.forEach(array::add);
    return array;
  }

  /**
   * What {@link #of} wrote.
   *
   * @throws RuntimeException when something is missing or does not fit the maps
   */
  static NetworkMaps read(JsonObject json, Matrix maps, Optional<Matrix> features) {
    ImmutableDoubleArray nonGaussianity = doubles(json.get("non_gaussianity"));
    Optional<ImmutableDoubleArray> stability =
        Optional.of(json.get("stability")).filter(s -> !s.isJsonNull()).map(NetworkJson::doubles);
    ImmutableList.Builder<NetworkMaps.Summary> summaries = ImmutableList.builder();
    int from = 0;
    for (JsonElement element : json.getAsJsonArray("decompositions")) {
      JsonObject summary = element.getAsJsonObject();
      int start = from;
      int end = start + summary.get("networks").getAsInt();
      summaries.add(
          new NetworkMaps.Summary(
              end - start,
              summary.get("iterations").getAsInt(),
              summary.get("converged").getAsBoolean(),
              json.get("restarts").getAsInt(),
              summary.get("seed").getAsLong(),
              stability.map(all -> all.subArray(start, end).trimmed()),
              nonGaussianity.subArray(start, end).trimmed()));
      from = end;
    }
    return new NetworkMaps(
        maps,
        features,
        readComponents(json.getAsJsonObject("components")),
        summaries.build(),
        doubles(json.get("reproducibility")));
  }

  private static ComponentCount readComponents(JsonObject json) {
    int count = json.get("n").getAsInt();
    long tokens = json.get("tokens").getAsLong();
    String method = json.get("method").getAsString();
    if (method.equals("given")) {
      return ComponentCount.given(count, tokens);
    }
    ImmutableSortedMap.Builder<Integer, Double> evidence = ImmutableSortedMap.naturalOrder();
    for (JsonElement candidate : json.getAsJsonArray("evidence")) {
      JsonObject at = candidate.getAsJsonObject();
      evidence.put(at.get("n").getAsInt(), at.get("value").getAsDouble());
    }
    JsonElement autocorrelation = json.get("autocorrelation");
    EffectiveSamples samples =
        new EffectiveSamples(
            tokens,
            json.get("effective_samples").getAsDouble(),
            autocorrelation.isJsonNull()
                ? OptionalDouble.empty()
                : OptionalDouble.of(autocorrelation.getAsDouble()));
    return new ComponentCount(
        count,
        tokens,
        Optional.of(
            new ComponentCount.Estimate(
                Networks.Estimator.valueOf(method.toUpperCase(Locale.ROOT)),
                samples,
                evidence.buildOrThrow())));
  }

  private static ImmutableDoubleArray doubles(JsonElement array) {
    ImmutableDoubleArray.Builder values = ImmutableDoubleArray.builder();
    array.getAsJsonArray().forEach(value -> values.add(value.getAsDouble()));
    return values.build();
  }
}
