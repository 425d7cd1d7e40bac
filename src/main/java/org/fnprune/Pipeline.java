package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fnprune.capture.Capture;
import org.fnprune.capture.Moments;
import org.fnprune.capture.MomentsFiles;
import org.fnprune.common.Json;
import org.fnprune.common.Progress;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.SelfTest;
import org.fnprune.linalg.Threads;
import org.fnprune.model.OnnxModel;
import org.fnprune.network.NetworkFiles;
import org.fnprune.network.NetworkMaps;
import org.fnprune.network.SpatialIca;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.report.MarkdownReport;
import org.fnprune.report.ReportJson;
import org.fnprune.report.RunReport;
import org.fnprune.report.StructureJson;
import org.fnprune.rewrite.Compensation;
import org.fnprune.rewrite.ConfigPatch;
import org.fnprune.rewrite.ConsumerWeights;
import org.fnprune.rewrite.GraphRewriter;
import org.fnprune.rewrite.MaskedModel;
import org.fnprune.rewrite.SequentialCompensation;
import org.fnprune.rewrite.SlimFolder;
import org.fnprune.runtime.Devices;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.Candidate;
import org.fnprune.select.PlanJson;
import org.fnprune.select.Planner;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.Selector;
import org.fnprune.select.Selectors;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.PrunableUnit;
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
    RuntimeOptions device = Devices.choose(recipe.device(), recipe.threads(), this::warn);
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
    folder.write("structure.json", Json.pretty(StructureJson.of(inputs.structure())));
    ImmutableMap<String, Moments> moments =
        clock.time("capture", () -> capture(inputs, folder, device));
    ImmutableMap<String, NetworkMaps> networks =
        clock.time("networks", () -> networks(moments, folder));
    PruningPlan plan = clock.time("select", () -> select(inputs, moments, networks));
    folder.write("plan.json", Json.pretty(PlanJson.of(plan)));
    ImmutableMap<String, Compensation.Fit> fits =
        clock.time("compensate", () -> compensate(inputs, plan, moments, device));
    Equivalence equivalence = clock.time("equality", () -> equality(inputs, plan, device));
    OnnxModel slim =
        clock.time(
            "rewrite", () -> GraphRewriter.rewrite(inputs.dense(), inputs.structure(), plan, fits));
    writeSlim(inputs, folder, plan, slim);

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
    folder.write("report.md", MarkdownReport.render(report));
    folder.write("report.json", Json.pretty(ReportJson.of(report)));
    return report;
  }

  private ImmutableMap<String, Moments> capture(
      RunInputs inputs, RunFolder folder, RuntimeOptions device) throws IOException {
    if (inputs.calibration().isEmpty()) {
      return ImmutableMap.of();
    }
    Threads.set(recipe.threads());
    SelfTest.run();
    if (inputs.skipped() > 0) {
      warn(inputs.skipped() + " calibration samples had no tokens and were skipped");
    }
    Optional<ImmutableMap<String, Moments>> before = captured(folder);
    if (before.isPresent()) {
      listener.note("resumed: the capture of the interrupted run is used");
      return before.get();
    }
    ImmutableMap<String, Moments> moments =
        Capture.run(
            inputs.dense(), inputs.structure().units(), inputs.calibration(), device, listener);
    MomentsFiles.write(folder.moments(), moments, device.deviceName());
    return moments;
  }

  /** The interrupted run's capture; files that are not whole count as none. */
  private static Optional<ImmutableMap<String, Moments>> captured(RunFolder folder) {
    try {
      return folder.resumed() ? MomentsFiles.read(folder.moments()) : Optional.empty();
    } catch (UsageException e) {
      return Optional.empty();
    }
  }

  private ImmutableMap<String, NetworkMaps> networks(
      ImmutableMap<String, Moments> moments, RunFolder folder) throws IOException {
    Selector selector = Selectors.of(recipe.prune());
    if (!selector.needs().contains(Selector.Evidence.NETWORKS)) {
      return ImmutableMap.of();
    }
    Map<String, NetworkMaps> networks = new LinkedHashMap<>();
    listener.start("networks", moments.size(), "units");
    for (Map.Entry<String, Moments> entry : moments.entrySet()) {
      NetworkMaps maps = SpatialIca.decompose(entry.getValue(), recipe.networks(), recipe.seed());
      networks.put(entry.getKey(), maps);
      warnAbout(entry.getKey(), maps);
      listener.advance(1);
    }
    listener.done();
    NetworkFiles.write(folder.networks(), networks);
    return ImmutableMap.copyOf(networks);
  }

  private void warnAbout(String unit, NetworkMaps maps) {
    if (!maps.converged()) {
      warn(
          "ICA of "
              + unit
              + " did not converge in "
              + maps.iterations()
              + " iterations; try fewer components or another nonlinearity");
    }
    if (maps.networks() < maps.requested()) {
      warn(unit + " has only " + maps.networks() + " of " + maps.requested() + " components: rank");
    }
  }

  private PruningPlan select(
      RunInputs inputs, Map<String, Moments> moments, Map<String, NetworkMaps> networks) {
    List<Candidate> candidates = new ArrayList<>();
    for (PrunableUnit unit : inputs.structure().units()) {
      candidates.add(
          new Candidate(
              unit.id(),
              unit.layer(),
              ConsumerWeights.read(inputs.dense(), unit),
              unit.parametersPerChannel(),
              moments.get(unit.id()),
              networks.get(unit.id())));
    }
    return Planner.plan(
        inputs.structure(),
        candidates,
        Selectors.of(recipe.prune()),
        recipe.prune(),
        recipe.seed());
  }

  private ImmutableMap<String, Compensation.Fit> compensate(
      RunInputs inputs, PruningPlan plan, Map<String, Moments> moments, RuntimeOptions device) {
    ImmutableMap.Builder<String, Compensation.Fit> fits = ImmutableMap.builder();
    if (recipe.compensate().method() == CompensationMethod.NONE) {
      return fits.buildOrThrow();
    }
    if (recipe.compensate().sequential()) {
      return SequentialCompensation.fit(
          inputs.dense(),
          inputs.structure(),
          plan,
          inputs.calibration(),
          recipe.compensate().ridge(),
          device,
          listener);
    }
    Map<String, UnitPlan> planned = plan.pruned();
    for (PrunableUnit unit : inputs.structure().units()) {
      UnitPlan unitPlan = planned.get(unit.id());
      Moments unitMoments = moments.get(unit.id());
      if (unitPlan != null && unitMoments != null) {
        fits.put(
            unit.id(),
            Compensation.fit(
                unitMoments,
                ConsumerWeights.read(inputs.dense(), unit),
                unitPlan.kept(),
                recipe.compensate().method(),
                recipe.compensate().ridge()));
      }
    }
    return fits.buildOrThrow();
  }

  private Equivalence equality(RunInputs inputs, PruningPlan plan, RuntimeOptions device) {
    Equivalence equivalence =
        Equivalence.check(
            MaskedModel.of(inputs.dense(), inputs.structure()),
            GraphRewriter.rewrite(inputs.dense(), inputs.structure(), plan, ImmutableMap.of()),
            inputs.structure(),
            plan,
            inputs.sampleBatches(recipe.seed()),
            device);
    if (!equivalence.passed()) {
      throw new IllegalStateException(
          "the rewritten model does not equal the masked one: outputs differ by "
              + equivalence.maxAbsDiff()
              + ", allowed "
              + equivalence.tolerance()
              + "; this is a bug in fnprune, and no slim model was written");
    }
    return equivalence;
  }

  private static void writeSlim(
      RunInputs inputs, RunFolder folder, PruningPlan plan, OnnxModel slim) throws IOException {
    if (slim.parameters() >= inputs.structure().parameters()) {
      throw new IllegalStateException(
          "the slim model has "
              + slim.parameters()
              + " parameters, no fewer than the dense one; raise sparsity or compensate with none");
    }
    folder.clearSlim();
    SlimFolder.write(
        inputs.dense().model(),
        slim,
        inputs.folder(),
        folder.slim(),
        ConfigPatch.files(inputs.folder(), plan));
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
}
