package org.fnprune.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.fnprune.data.Datasets;
import org.fnprune.linalg.Matrix;
import org.fnprune.network.NetworkMaps;
import org.fnprune.network.SampleNetworks;
import org.fnprune.recipe.Flag;
import org.fnprune.recipe.Overrides;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.RecipeReader;
import org.fnprune.report.RunReport.ModelFacts;
import org.fnprune.search.Choice;
import org.fnprune.search.Outcome;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.Structure;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.Equivalence;
import org.fnprune.verify.Gate;
import org.fnprune.verify.LatencyResult;
import org.fnprune.verify.Timing;
import org.junit.jupiter.api.Test;

/** The report read as a user reads it, with names and numbers that are hard to print. */
class ReportTextTest {

  private static final Comparison AWKWARD =
      new Comparison("a|b *x* <c>", "macro_f1", true, 0.9, 0.85, -0.05, 0.01, 100, 0.000012);
  private static final Comparison ENDLESS =
      new Comparison(
          "t",
          "perplexity",
          false,
          3.5,
          Double.POSITIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          null,
          1,
          null);

  @Test
  void namesFromOutsideAreEscapedInMarkdown() {
    String text = MarkdownReport.render(report("0.1", AWKWARD));
    assertThat(text)
        .contains(
            "| a\\|b \\*x\\* \\<c\\> | macro\\_f1 ↑ | 0.9000 | 0.8500 | -0.0500 | 0.0100 | 1.20e-05"
                + " |")
        .contains("\n- unit \\<1\\> \\_did\\_ it\n")
        .contains("Δ = slim − dense; Stderr is that of Δ");
  }

  @Test
  void theTerminalShowsNamesAsTheyAre() {
    assertThat(TerminalReport.render(report("0.1", AWKWARD)))
        .contains("a|b *x* <c>")
        .contains("Δ = slim − dense; Stderr is that of Δ")
        .contains("1 warning; see report.md.")
        .endsWith("Gate passed.\n");
  }

  @Test
  void numbersThatAreNoneAreDashes() {
    String text = MarkdownReport.render(report("0.1", ENDLESS));
    assertThat(text)
        .contains("| t | perplexity ↓ | 3.5000 | ∞ | +∞ | – | – |")
        .contains("| layers.0.ffn | ffn | 0 | 4 | 2 | 50.0% | bias | – |")
        .contains("| layers.1.ffn | ffn | 1 | 4 | 2 | 50.0% | least-squares | 0.0100 |")
        .contains("| layers.1.heads | – | – | – | all | – | least-squares | 0.100 |")
        .contains("| layers.2.ffn | ffn | – | 4 | 4 | 100.0% | none | – |");
    assertThat(ReportJson.of(report("0.1", ENDLESS)).toString())
        .contains("\"slim\":null,\"delta\":null,\"stderr\":null,\"n\":1,\"p_value\":null")
        .contains("\"sparsity\":0.0")
        .contains("\"compensation\":\"bias\",\"ridge\":null")
        .contains("\"compensation\":\"least-squares\",\"ridge\":0.01")
        .contains("\"compensation\":\"none\",\"ridge\":null")
        .contains(
            "\"refitted\":[{\"id\":\"layers.1.heads\",\"compensation\":\"least-squares\","
                + "\"ridge\":0.1}]")
        .doesNotContain("NaN");
  }

  @Test
  void aUnitWithoutNetworksHasNoMedianSize() {
    assertThat(MarkdownReport.render(report("0.1", AWKWARD)))
        .contains("| layers.0.ffn | 0 | 32 | 0 | yes | – | – |");
  }

  @Test
  void theVerdictSaysWhetherThereWasAGate() {
    assertThat(MarkdownReport.render(report("0.1", AWKWARD)))
        .contains("**Gate passed**: no task's first metric lost more than 0.1000");
    assertThat(MarkdownReport.render(report("", AWKWARD)))
        .contains("**There was no gate to pass**");
    assertThat(MarkdownReport.render(report("0.01", AWKWARD)))
        .contains("**Gate missed.** a\\|b \\*x\\* \\<c\\>: macro\\_f1 fell from 0.9000 to 0.8500");
    assertThat(TerminalReport.render(report("0.01", AWKWARD))).contains("Gate missed:\n  a|b");
  }

  @Test
  void unitsOfMeasureAreSaid() {
    assertThat(TerminalReport.render(report("", AWKWARD)))
        .containsPattern("file size, bytes +4,000 +2,000 +-50.0%")
        .contains("Dense ms", "Slim ms", "Dense p95 ms", "Slim p95 ms")
        .containsPattern("1 × 64 +2.000 +1.000 +3.000 +1.500 +2.00×");
  }

  private static RunReport report(String maxDrop, Comparison task) {
    Overrides flags =
        Overrides.none()
            .with(Flag.MODEL, "m")
            .with(Flag.OUTPUT, "o")
            .with(Flag.CALIBRATION, "c.txt")
            .with(Flag.SELECTOR, "flap")
            .with(Flag.SPARSITY, "0.5");
    Recipe recipe =
        RecipeReader.fromFlags(maxDrop.isEmpty() ? flags : flags.with(Flag.MAX_DROP, maxDrop));
    PruningPlan plan = new PruningPlan(List.of(unit(0, 2), unit(1, 2), unit(-1, 4)));
    return new RunReport(
        "0.1.0",
        recipe,
        "cpu",
        new ModelFacts("m/model.onnx", 1000, 4000, "aa"),
        new ModelFacts("o/slim/model.onnx", 500, 2000, "bb"),
        new Structure(ImmutableList.of(), ImmutableList.of(), 1000),
        plan,
        new Outcome(
            new Choice(recipe.prune(), 0, false),
            plan,
            ImmutableMap.of("layers.0.ffn", noNetworks()),
            ImmutableList.of(
                new Outcome.Trial(1, new Choice(recipe.prune(), 0, false), 0.25, true)),
            "least <loss>",
            OptionalDouble.of(0.5),
            OptionalDouble.of(0.25),
            ImmutableMap.of()),
        ImmutableMap.of(
            "layers.0.ffn", Double.POSITIVE_INFINITY, "layers.1.ffn", 0.01, "layers.1.heads", 0.1),
        new Equivalence(1e-7, 1e-4, true, 2, 1, 0, ImmutableList.of()),
        ImmutableList.of(task),
        ImmutableList.of(
            new LatencyResult(
                1,
                64,
                new Timing(2, 3, 1.9, 2.1),
                new Timing(1, 1.5, 0.9, 1.1),
                new LatencyResult.Speedup(2, 1.5, 2.5),
                10,
                Optional.of(new LatencyResult.Memory(3000, 2000)))),
        Gate.check(List.of(task), maxDrop.isEmpty() ? null : Double.valueOf(maxDrop)),
        ImmutableList.of(new Datasets.Used(Path.of("c.txt"), 9, 1, "c.txt:3: not UTF-8 text")),
        ImmutableMap.of("read", 1234L),
        ImmutableList.of("unit <1> _did_ it"));
  }

  private static UnitPlan unit(int layer, int kept) {
    String id = "layers." + (layer < 0 ? 2 : layer) + ".ffn";
    int[] first = IntStream.range(0, kept).toArray();
    return new UnitPlan(id, "ffn", layer, "act", -1, 4, 1, ImmutableIntArray.copyOf(first));
  }

  private static NetworkMaps noNetworks() {
    return SampleNetworks.of(Matrix.zeros(0, 4), 32);
  }
}
