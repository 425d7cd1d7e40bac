package org.fnprune.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fnprune.report.SampleReport.AWKWARD;

import java.io.IOException;
import java.nio.file.Path;
import org.fnprune.verify.Comparison;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report read as a user reads it, with names and numbers that are hard to print. */
class ReportTextTest {

  /** A run folder without networks, lesions and the like. */
  @TempDir private static Path folder;

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
  void namesFromOutsideAreEscapedInMarkdown() throws IOException {
    String text = markdown(report("0.1", AWKWARD));
    assertThat(text)
        .contains(
            "| a\\|b \\*x\\* \\<c\\> | macro\\_f1 ↑ | 0.9000 | 0.8500 | -0.0500 | 0.0100 | 1.20e-05"
                + " |")
        .contains("\n- unit \\<1\\> \\_did\\_ it\n")
        .contains("Δ = slim − dense; Stderr is that of Δ");
  }

  @Test
  void theTerminalShowsNamesAsTheyAre() throws IOException {
    assertThat(TerminalReport.render(report("0.1", AWKWARD)))
        .contains("a|b *x* <c>")
        .contains("Δ = slim − dense; Stderr is that of Δ")
        .contains("1 warning; see report.html.")
        .endsWith("Gate passed.\n");
  }

  @Test
  void numbersThatAreNoneAreDashes() throws IOException {
    String text = markdown(report("0.1", ENDLESS));
    assertThat(text)
        .contains("| t | perplexity ↓ | 3.5000 | not finite | not finite | – | – |")
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
  void aUnitWithoutNetworksHasNoMedianSize() throws IOException {
    assertThat(markdown(report("0.1", AWKWARD)))
        .contains("| layers.0.ffn | 0 | 32 | 0 | yes | – | – |");
  }

  @Test
  void theVerdictSaysWhetherThereWasAGate() throws IOException {
    assertThat(markdown(report("0.1", AWKWARD)))
        .contains("**Gate passed**: no task's first metric lost more than 0.1000");
    assertThat(markdown(report("", AWKWARD))).contains("**There was no gate to pass**");
    assertThat(markdown(report("0.01", AWKWARD)))
        .contains("**Gate missed.** a\\|b \\*x\\* \\<c\\>: macro\\_f1 fell from 0.9000 to 0.8500");
    assertThat(TerminalReport.render(report("0.01", AWKWARD))).contains("Gate missed:\n  a|b");
  }

  @Test
  void unitsOfMeasureAreSaid() throws IOException {
    assertThat(TerminalReport.render(report("", AWKWARD)))
        .containsPattern("file size, bytes +4,000 +2,000 +-50.0%")
        .contains("Dense ms", "Slim ms", "Dense p95 ms", "Slim p95 ms")
        .containsPattern("1 × 64 +2.000 +1.000 +3.000 +1.500 +2.00×");
  }

  private static RunReport report(String maxDrop, Comparison task) {
    return SampleReport.of(maxDrop, task);
  }

  private static String markdown(RunReport report) throws IOException {
    return MarkdownReport.render(RunContents.of(ReportJson.of(report), folder));
  }
}
