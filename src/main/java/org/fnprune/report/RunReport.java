package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.HashMap;
import java.util.Map;
import org.fnprune.data.Datasets;
import org.fnprune.network.FunctionalNetwork;
import org.fnprune.network.NetworkMaps;
import org.fnprune.network.Thresholds;
import org.fnprune.recipe.Recipe;
import org.fnprune.search.Outcome;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.Structure;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.Equivalence;
import org.fnprune.verify.Gate;
import org.fnprune.verify.LatencyResult;
import org.fnprune.verify.MetricResult;

/**
 * Everything that a run found out; what all renderings are made of.
 *
 * @param origin what it was made with and from
 * @param device where the models ran
 * @param dense the model before
 * @param slim the model after
 * @param selection how the plan was come to
 * @param ridges ε that each compensated unit's fit really used, by unit id, of whole units, too:
 *     infinite for bias alone, NaN where nothing was added after all
 * @param alone each model's scores by itself
 * @param data what was read of each dataset
 * @param timings milliseconds by stage, in order
 */
public record RunReport(
    Origin origin,
    Recipe recipe,
    String device,
    ModelFacts dense,
    ModelFacts slim,
    Structure structure,
    PruningPlan plan,
    Outcome selection,
    ImmutableMap<String, Double> ridges,
    Equivalence equivalence,
    ImmutableList<Comparison> tasks,
    Alone alone,
    ImmutableList<LatencyResult> latency,
    Gate gate,
    ImmutableList<Datasets.Used> data,
    ImmutableMap<String, Long> timings,
    ImmutableList<String> warnings) {

  /**
   * A model's size.
   *
   * @param path of the .onnx file
   * @param parameters floating-point values in its initialisers
   * @param bytes of the .onnx file and its external data
   * @param sha256 of the .onnx file and its external data, in that order
   */
  public record ModelFacts(String path, long parameters, long bytes, String sha256) {}

  /** Each model's metrics with their own standard errors; what {@code tasks} compares. */
  public record Alone(ImmutableList<MetricResult> dense, ImmutableList<MetricResult> slim) {

    /** No task. */
    public static Alone none() {
      return new Alone(ImmutableList.of(), ImmutableList.of());
    }
  }

  public RunReport {
    timings = ImmutableMap.copyOf(timings);
    warnings = ImmutableList.copyOf(warnings);
  }

  /** How a unit is compensated: {@code least-squares}, {@code bias} or {@code none}. */
  public String compensation(String unit) {
    Double ridge = ridges.get(unit);
    if (ridge == null || Double.isNaN(ridge)) {
      return "none";
    }
    return Double.isInfinite(ridge) ? "bias" : "least-squares";
  }

  /** Whole units whose projections were fitted to make up for units before them. */
  public ImmutableList<String> refitted() {
    return ridges.keySet().stream()
        .filter(unit -> !plan.pruned().containsKey(unit))
        .collect(ImmutableList.toImmutableList());
  }

  /** The networks that were found, by unit id; empty where none were looked for. */
  public ImmutableMap<String, NetworkMaps> networks() {
    return selection.networks();
  }

  /** Whether there was a gate that tasks could miss. */
  public boolean gated() {
    return recipe.verify().maxDrop() != null && !tasks.isEmpty();
  }

  /**
   * A unit's networks with their supports at the recipe's threshold; a budget's is the one at which
   * the union of supports is as large as what the plan keeps.
   */
  public ImmutableList<FunctionalNetwork> supports(String unit) {
    NetworkMaps maps = networks().get(unit);
    if (maps == null) {
      return ImmutableList.of();
    }
    int kept =
        plan.units().stream()
            .filter(u -> u.id().equals(unit))
            .mapToInt(u -> u.kept().length() * u.unitSize())
            .findFirst()
            .orElse(maps.width());
    return FunctionalNetwork.of(maps, Thresholds.of(recipe.networks().threshold(), kept));
  }

  /** Parameters of the targets' units before. */
  public long targetParameters() {
    return structure.prunableParameters();
  }

  /** Fraction of the targets' parameters that the plan removes. */
  public double sparsity() {
    Map<String, Integer> kept = new HashMap<>();
    plan.units().forEach(u -> kept.put(u.id(), u.kept().length()));
    long removed = structure.removedParameters(u -> kept.getOrDefault(u.id(), u.width()));
    return (double) removed / Math.max(1, targetParameters());
  }
}
