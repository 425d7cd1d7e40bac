package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fnprune.capture.CalibrationMoments;
import org.fnprune.common.Json;
import org.fnprune.common.Progress;
import org.fnprune.common.UsageException;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.network.NetworkFiles;
import org.fnprune.network.NetworkMaps;
import org.fnprune.recipe.Recipe;
import org.fnprune.report.MarkdownReport;
import org.fnprune.report.ReportJson;
import org.fnprune.report.RunReport;
import org.fnprune.report.StructureJson;
import org.fnprune.rewrite.Compensation;
import org.fnprune.rewrite.Compensator;
import org.fnprune.rewrite.ConfigPatch;
import org.fnprune.rewrite.GraphRewriter;
import org.fnprune.rewrite.MaskedModel;
import org.fnprune.rewrite.Requantised;
import org.fnprune.rewrite.SlimFolder;
import org.fnprune.rewrite.StagedFolder;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.Findings;
import org.fnprune.select.PlanJson;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.Selector;
import org.fnprune.select.Selectors;
import org.fnprune.structure.Structure;
import org.fnprune.verify.Equivalence;
import org.fnprune.verify.TaskScores;

/** The whole way: a recipe goes in, a run folder with a smaller verified model comes out. */
public final class Pipeline {

  /** Told how a run gets on. */
  public interface Listener extends Progress {

    /** Something that the user should know; it is in the report as well. */
    default void warn(String message) {}

    /** Something about this run alone, which no result depends on. */
    default void note(String message) {}
  }

  private final Recipe recipe;
  private final Listener listener;
  private final List<String> warnings = new ArrayList<>();
  private final Stopwatch clock = new Stopwatch();

  private Pipeline(Recipe recipe, Listener listener) {
    this.recipe = recipe;
    this.listener = listener;
  }

  /**
   * Runs a recipe.
   *
   * @param force whether a run that is in the output folder may be replaced
   * @throws org.fnprune.common.UsageException when recipe, model or data are unusable
   * @throws Exception when a stage fails; the folder can be resumed
   */
  public static RunReport run(Recipe recipe, boolean force, Listener listener) throws Exception {
    return new Pipeline(recipe, listener).run(force);
  }

  /** Reads and checks everything first; only then is anything written. */
  private RunReport run(boolean force) throws Exception {
    RunInputs inputs = clock.time("read", () -> RunInputs.read(recipe));
    String lock = Lock.text(recipe, inputs, Version.current());
    RunFolder folder = RunFolder.open(recipe.output(), lock, force, inputs.folder());
    RuntimeOptions device = inputs.device(recipe, this::warn);
    ImmutableList<TaskScores> dense =
        clock.time("dense tasks", () -> Verification.dense(inputs, device, listener));
    folder.begin(lock);
    try {
      return stages(inputs, folder, device, dense);
    } catch (UsageException e) {
      folder.discard();
      throw e;
    }
  }

  private RunReport stages(
      RunInputs inputs, RunFolder folder, RuntimeOptions device, ImmutableList<TaskScores> dense)
      throws Exception {
    Graph model = inputs.dense();
    Structure structure = inputs.structure();
    List<Path> others = inputs.folder().otherModels();
    if (!others.isEmpty()) {
      warn(
          "only "
              + inputs.folder().onnxFile().getFileName()
              + " is pruned; copied as they are: "
              + others
              + "; name one of them as MODEL to prune it");
    }
    folder.write("structure.json", Json.pretty(StructureJson.of(inputs.found())));
    Discovery discovery = new Discovery(recipe, inputs, device, new Warnings());
    Discovery.Captures captures = clock.time("capture", () -> discovery.capture(folder));
    ImmutableMap<String, NetworkMaps> networks =
        clock.time(
            "networks",
            () ->
                Selectors.of(recipe.prune()).needs().contains(Selector.Evidence.NETWORKS)
                    ? discovery.networks(captures, folder)
                    : ImmutableMap.of());
    CalibrationMoments moments = captures.moments();
    PruningPlan plan =
        clock.time(
            "select",
            () ->
                org.fnprune.search.Try.plan(
                    model,
                    structure,
                    moments.all(),
                    findings(inputs, moments, networks, device),
                    recipe.prune(),
                    recipe.seed(),
                    inputs.texts(),
                    device));
    folder.write("plan.json", Json.pretty(PlanJson.of(plan)));
    ConfigPatch patch = ConfigPatch.of(inputs.folder(), plan);
    patch.warnings().forEach(this::warn);
    StagedFolder uncompensated = slim(inputs, folder, plan, patch, ImmutableMap.of());
    Equivalence equivalence =
        clock.time("equality", () -> equality(inputs, plan, uncompensated, device));
    ImmutableMap<String, Compensation.Fit> fits =
        clock.time(
            "compensate",
            () ->
                new Compensator(model, structure, plan)
                    .fit(
                        recipe.compensate(),
                        moments,
                        inputs.texts(),
                        device,
                        this::warn,
                        listener));
    Requantised.warnings(inputs.dense(), inputs.structure(), plan).forEach(this::warn);
    StagedFolder slim = fits.isEmpty() ? uncompensated : slim(inputs, folder, plan, patch, fits);
    folder.clearSlim();
    clock.time("sync", slim::publish);

    Verification verified =
        clock.time(
            "verify",
            () -> Verification.of(recipe, inputs, dense, folder.slim(), device, listener));
    RunReport report =
        new RunReport(
            Version.current(),
            recipe,
            device.deviceName(),
            verified.denseFacts(),
            verified.slimFacts(),
            inputs.structure(),
            plan,
            networks,
            ridges(fits),
            equivalence,
            verified.tasks(),
            verified.latency(),
            verified.gate(),
            clock.timings(),
            ImmutableList.copyOf(warnings));
    if (!networks.isEmpty()) {
      NetworkFiles.writeIndex(
          folder.networks(),
          networks,
          recipe.networks(),
          Maps.asMap(networks.keySet(), report::supports));
    }
    folder.write("report.md", MarkdownReport.render(report));
    folder.write("report.json", Json.pretty(ReportJson.of(report)));
    return report;
  }

  private Findings findings(
      RunInputs inputs,
      CalibrationMoments moments,
      ImmutableMap<String, NetworkMaps> networks,
      RuntimeOptions device) {
    Findings findings = Findings.of(moments.all(), networks);
    if (recipe.prune().allocationRule() != Recipe.AllocationRule.CURVATURE) {
      return findings;
    }
    return findings.withMetrics(
        org.fnprune.search.Curvature.of(
            inputs.dense(),
            inputs.structure(),
            moments.all(),
            probe(inputs.texts().get(0)),
            true,
            recipe.seed(),
            device,
            listener));
  }

  private static org.fnprune.data.TokenBatch probe(org.fnprune.data.CalibrationText text) {
    List<com.google.common.primitives.ImmutableIntArray> all = new ArrayList<>();
    text.fitting().forEach(b -> all.addAll(b.sequences()));
    List<com.google.common.primitives.ImmutableIntArray> some = new ArrayList<>();
    int rows = Integer.getInteger("probe.rows", 8);
    int len = Integer.getInteger("probe.len", 128);
    for (int i = 0; i < rows; i++) {
      var s = all.get((int) ((long) i * all.size() / rows));
      some.add(s.subArray(0, Math.min(len, s.length())));
    }
    return new org.fnprune.data.TokenBatch(
        ImmutableList.copyOf(some), text.fitting().get(0).padId());
  }

  /** Compares the model as it was written, before anything makes up for what went. */
  private Equivalence equality(
      RunInputs inputs, PruningPlan plan, StagedFolder slim, RuntimeOptions device)
      throws IOException {
    Equivalence equivalence =
        Equivalence.check(
            MaskedModel.of(inputs.dense(), inputs.structure(), plan),
            slim.onnx(),
            inputs.structure(),
            plan,
            inputs.sampleBatches(recipe.seed()),
            inputs.otherBatches(recipe.seed()),
            device);
    if (!equivalence.passed()) {
      slim.discard();
    }
    equivalence.remarks().forEach(this::warn);
    return equivalence.requirePassed();
  }

  private StagedFolder slim(
      RunInputs inputs,
      RunFolder folder,
      PruningPlan plan,
      ConfigPatch patch,
      ImmutableMap<String, Compensation.Fit> fits)
      throws Exception {
    OnnxModel slim =
        clock.time(
            "rewrite", () -> GraphRewriter.rewrite(inputs.dense(), inputs.structure(), plan, fits));
    if (slim.parameters() >= inputs.structure().parameters()) {
      throw new IllegalStateException(
          "the slim model has "
              + slim.parameters()
              + " parameters, no fewer than the dense one; raise sparsity or compensate with none");
    }
    return clock.time(
        "write",
        () ->
            SlimFolder.stage(
                inputs.dense().model(), slim, inputs.folder(), folder.slim(), patch.files()));
  }

  private static ImmutableMap<String, Double> ridges(Map<String, Compensation.Fit> fits) {
    ImmutableMap.Builder<String, Double> ridges = ImmutableMap.builder();
    fits.forEach((unit, fit) -> ridges.put(unit, fit.ridgeUsed()));
    return ridges.buildOrThrow();
  }

  private void warn(String message) {
    warnings.add(message);
    listener.warn(message);
  }

  /** Passes everything on and keeps the warnings for the report. */
  private final class Warnings implements Listener {

    @Override
    public void warn(String message) {
      Pipeline.this.warn(message);
    }

    @Override
    public void note(String message) {
      listener.note(message);
    }

    @Override
    public void start(String stage, long total, String unit) {
      listener.start(stage, total, unit);
    }

    @Override
    public void advance(long units) {
      listener.advance(units);
    }

    @Override
    public void done() {
      listener.done();
    }
  }
}
