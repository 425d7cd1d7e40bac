package org.fnprune.report;

import static org.fnprune.report.StoredJson.orEmpty;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonObject;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code report.json} as it was read: what every rendering is made of, so that a rendering says
 * nothing that is not in that file. Numbers that are null were not finite, or not measured.
 *
 * @param name the model's
 * @param command as it was typed, word by word; empty where the library was called
 * @param recipe the resolved recipe, YAML
 * @param inputs every file that the result depends on
 * @param timings milliseconds by stage, in order
 */
public record StoredReport(
    Tool tool,
    String name,
    ImmutableList<String> command,
    long seed,
    String recipe,
    String device,
    ImmutableList<Input> inputs,
    Models model,
    double sparsity,
    ImmutableList<Unit> units,
    ImmutableList<Refitted> refitted,
    ImmutableList<StoredNetworks> networks,
    Selection selection,
    Equality equivalence,
    ImmutableList<TaskRow> tasks,
    ImmutableList<LatencyRow> latency,
    Gate gate,
    Map<String, Long> timings,
    ImmutableList<String> warnings) {

  /** What made it; {@code java} and {@code onnxruntime} are versions, empty where unknown. */
  public record Tool(String name, String version, String java, String onnxruntime) {
    public Tool {
      java = java == null ? "" : java;
      onnxruntime = onnxruntime == null ? "" : onnxruntime;
    }
  }

  /** A file and its SHA-256. */
  public record Input(String path, String sha256) {}

  /** Both models. */
  public record Models(Facts dense, Facts slim) {
    public Models {
      Objects.requireNonNull(dense, "model.dense is missing");
      Objects.requireNonNull(slim, "model.slim is missing");
    }
  }

  /** A model's size. */
  public record Facts(String path, long parameters, long bytes, String sha256) {}

  /** A unit of the plan; {@code kept} of {@code width} channels of {@code unitSize} neurons. */
  public record Unit(
      String id,
      String kind,
      int layer,
      int width,
      int unitSize,
      int kept,
      String compensation,
      @Nullable Double ridge) {

    /** Neurons. */
    public int positions() {
      return width * Math.max(1, unitSize);
    }
  }

  /** A whole unit that was fitted. */
  public record Refitted(String id, String compensation, @Nullable Double ridge) {}

  /** How the plan was come to; {@code byNetworks} tells whether it goes by the networks. */
  public record Selection(
      String chosen,
      String reason,
      boolean byNetworks,
      @Nullable Double predictedLoss,
      @Nullable Double measuredLoss,
      ImmutableList<Trial> trials) {
    public Selection {
      trials = orEmpty(trials);
    }
  }

  /** One candidate. */
  public record Trial(int rung, String candidate, @Nullable Double loss, boolean kept) {}

  /** Slim beside masked. */
  public record Equality(
      @Nullable Double maxAbsDiff, double tolerance, boolean passed, int batches, int outputs) {}

  /** A metric of a task; {@code stderr} is that of the difference. */
  public record TaskRow(
      String name,
      String metric,
      boolean higherIsBetter,
      @Nullable Double dense,
      @Nullable Double slim,
      @Nullable Double delta,
      @Nullable Double stderr,
      int n,
      @Nullable Double pValue,
      @Nullable Double denseStderr,
      @Nullable Double slimStderr) {}

  /** Milliseconds of one batch; what is null was not measured. */
  public record LatencyRow(
      int batchSize,
      int sequenceLength,
      double denseMs,
      double slimMs,
      double denseP95Ms,
      double slimP95Ms,
      double speedup,
      int runs,
      @Nullable ImmutableList<Double> denseCiMs,
      @Nullable ImmutableList<Double> slimCiMs,
      @Nullable ImmutableList<Double> speedupCi,
      @Nullable Long densePeakBytes,
      @Nullable Long slimPeakBytes,
      boolean noisy) {}

  /** Whether too much was lost; {@code maxDrop} is null where any loss passes. */
  public record Gate(boolean passed, ImmutableList<String> reasons, @Nullable Double maxDrop) {
    public Gate {
      reasons = orEmpty(reasons);
    }
  }

  public StoredReport {
    Objects.requireNonNull(tool, "tool is missing");
    Objects.requireNonNull(model, "model is missing");
    Objects.requireNonNull(selection, "selection is missing");
    Objects.requireNonNull(equivalence, "equivalence is missing");
    Objects.requireNonNull(gate, "gate is missing");
    name = name == null ? "model" : name;
    command = orEmpty(command);
    inputs = orEmpty(inputs);
    units = orEmpty(units);
    refitted = orEmpty(refitted);
    networks = orEmpty(networks);
    tasks = orEmpty(tasks);
    latency = orEmpty(latency);
    timings = timings == null ? ImmutableMap.of() : ImmutableMap.copyOf(timings);
    warnings = orEmpty(warnings);
  }

  /** A document that is at hand. */
  public static StoredReport of(JsonObject document) {
    return StoredJson.of(document, StoredReport.class);
  }

  /** What a run's {@code report.json} will say. */
  public static StoredReport of(RunReport report) {
    return of(ReportJson.of(report));
  }

  /** Whether there was a gate that tasks could miss. */
  public boolean gated() {
    return gate.maxDrop() != null && !tasks.isEmpty();
  }

  /** Each task's first metric, the one that the gate looks at. */
  public ImmutableList<TaskRow> gateRows() {
    Set<String> seen = new HashSet<>();
    return tasks.stream()
        .filter(task -> seen.add(task.name()))
        .collect(ImmutableList.toImmutableList());
  }
}
