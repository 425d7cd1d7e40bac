package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.common.Json;
import org.fnprune.network.KeyNeurons;
import org.fnprune.recipe.LesionOptions;
import org.fnprune.recipe.Recipe;
import org.fnprune.report.LesionFiles;
import org.fnprune.report.LesionReport;
import org.fnprune.report.Lesioned;
import org.fnprune.select.RandomNeurons;
import org.fnprune.structure.Neurons;
import org.fnprune.structure.Structure;

/**
 * What a model loses with its functional networks (arXiv 2502.20408, tables 4 to 7): each network's
 * key neurons are masked or amplified, then those of all networks, then as many random ones of
 * every unit, then a share of all neurons at random.
 */
public final class Lesion {

  /** The command's name, and the folder in the recipe's output that it writes. */
  public static final String COMMAND = "lesion";

  private record Planned(Lesioned.What what, Neurons neurons) {}

  private Lesion() {}

  /**
   * Scores all lesions in one loaded session and writes {@code lesion.json}, {@code lesion.csv} and
   * {@code lesion.svg} beside moments and networks.
   *
   * @param force whether an earlier result may be replaced
   * @throws org.fnprune.common.UsageException when recipe, model or data are unusable
   */
  public static LesionReport run(
      Recipe recipe, LesionOptions options, boolean force, Pipeline.Listener listener)
      throws IOException {
    return MaskRun.start(
        recipe, COMMAND, inputs -> {}, force, listener, run -> lesions(run, options));
  }

  private static MaskRun.Result<LesionReport> lesions(MaskRun run, LesionOptions options) {
    Recipe recipe = run.recipe();
    Structure structure = run.inputs().structure();
    KeyNeurons key =
        KeyNeurons.ofShare(run.networks(), recipe.networks().threshold(), options.share());
    ImmutableList<Lesioned> lesions =
        run.each(
            "lesions",
            planned(run, key, options),
            planned ->
                new Lesioned(
                    planned.what(),
                    planned.neurons().count(),
                    run.tasks().scaled(planned.neurons(), options.factor())));
    if (key.union().count() == 0) {
      run.listener().warn("no network has key neurons at this threshold; lower it");
    }
    LesionReport report =
        new LesionReport(
            Version.current(),
            recipe,
            options,
            run.device(),
            structure,
            run.tasks().dense(),
            lesions,
            run.listener().warnings());
    return new MaskRun.Result<>(
        report,
        ImmutableMap.of(
            "lesion.csv", LesionFiles.csv(report),
            "lesion.svg", LesionFiles.svg(report),
            "lesion.json", Json.pretty(LesionFiles.json(report))));
  }

  private static List<Planned> planned(MaskRun run, KeyNeurons key, LesionOptions options) {
    Structure structure = run.inputs().structure();
    List<Planned> planned = new ArrayList<>();
    key.networks()
        .forEach(
            (unit, networks) ->
                networks.forEach(
                    network -> {
                      ImmutableIntArray support = network.support();
                      planned.add(
                          new Planned(
                              new Lesioned.Network(
                                  unit, network.index(), network.cut().tau(), support),
                              new Neurons(ImmutableMap.of(unit, support))));
                    }));
    Neurons all = key.union();
    planned.add(new Planned(new Lesioned.AllNetworks(), all));
    for (int draw = 0; draw < options.draws(); draw++) {
      planned.add(
          new Planned(
              new Lesioned.RandomAsMany(draw),
              RandomNeurons.asMany(structure, all, run.seedOfDraw(draw))));
    }
    int share = (int) Math.round(options.randomShare() * Neurons.countOf(structure));
    for (int draw = 0; draw < options.draws(); draw++) {
      planned.add(
          new Planned(
              new Lesioned.RandomShare(draw),
              RandomNeurons.ofAll(structure, share, run.seedOfDraw(draw))));
    }
    return planned;
  }
}
