package org.fnprune.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.fnprune.common.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that is made of a finished run folder. */
class RenderingsTest {

  @TempDir private Path folder;

  private RunContents sample(int count, int width) throws IOException {
    SampleReport.folder(folder, count, width);
    return RunContents.read(folder);
  }

  @Test
  void theStoredReportSaysWhatTheRunSaid() throws IOException {
    StoredReport report = sample(3, 40).report();
    assertThat(report).isEqualTo(RunContents.read(folder).report());
    assertThat(report.name()).isEqualTo("m");
    assertThat(report.gated()).isTrue();
    assertThat(report.tasks()).hasSize(2);
    assertThat(report.tasks().get(1).pValue()).isEqualTo(0.03);
    assertThat(report.tasks().get(1).slimStderr()).isEqualTo(0.03);
    assertThat(report.latency().get(0).denseP95Ms()).isEqualTo(3);
    assertThat(report.latency().get(0).noisy()).isFalse();
    assertThat(report.inputs().get(0).sha256()).isEqualTo("0".repeat(64));
    assertThat(Summary.command(report)).isEqualTo("fnprune run 'a b.yaml' --output 'o'\\''clock'");
  }

  @Test
  void networksComeWithKeyNeuronsLesionsAndDrivers() throws IOException {
    UnitNetworks unit = sample(3, 40).networks().get(0);
    assertThat(unit.facts().unit()).isEqualTo("layers.0.ffn");
    assertThat(unit.width()).isEqualTo(40);
    assertThat(unit.networks()).hasSize(3);
    for (UnitNetworks.Network network : unit.networks()) {
      assertThat(network.size()).isEqualTo(unit.facts().sizes().get(network.index()));
      assertThat(network.keptSize())
          .isEqualTo((int) network.support().stream().filter(j -> j < 2).count());
      assertThat(network.lesion()).isNotNull();
      assertThat(network.drivers()).isNotNull();
    }
  }

  /** The sample's plan is FLAP's, though it has networks to show. */
  @Test
  void whetherThePlanGoesByTheNetworksIsSaid() throws IOException {
    SampleReport.folder(folder, 3, 40);
    assertThat(HtmlReport.render(RunContents.read(folder)))
        .contains("The plan does not go by them")
        .doesNotContain("The plan goes by these networks");
    Path file = folder.resolve("report.json");
    Files.writeString(
        file, Files.readString(file).replace("\"by_networks\": false", "\"by_networks\": true"));
    assertThat(HtmlReport.render(RunContents.read(folder)))
        .contains("The plan goes by these networks");
  }

  @Test
  void lesionsOfOtherNetworksAreNotShownAsTheirs() throws IOException {
    SampleReport.folder(folder, 3, 40);
    Path maps = folder.resolve("lesion/networks/layers.0.ffn.maps.npy");
    byte[] bytes = Files.readAllBytes(maps);
    bytes[bytes.length - 1] ^= 1;
    Files.write(maps, bytes);
    assertThat(RunContents.read(folder).networks().get(0).networks())
        .allMatch(network -> network.lesion() == null);
  }

  @Test
  void theStrongestNetworkIsTheOneWhoseLesionCostsMost() throws IOException {
    RunContents run = sample(3, 40);
    assertThat(run.networks().get(0).strongestFirst(run.lesions()).get(0).index()).isEqualTo(2);
  }

  @Test
  void thePageHasEverySectionAndNoMarkupFromOutside() throws IOException {
    String html = HtmlReport.render(sample(3, 40));
    assertThat(html)
        .contains("Gate passed", "50.0% fewer parameters", "Kept width per layer")
        .contains("Functional networks", "Similarity between networks", "Lesions", "Preservation")
        .contains("What was tried", "Warnings", "How it was made", "unit &lt;1&gt; _did_ it")
        .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;")
        .contains("␣&lt;b&gt;", "&lt;i&gt;cat")
        .doesNotContain("<script", "<i>", "<b>");
  }

  @Test
  void nothingIsAskedOfOtherHosts() throws IOException {
    String html = HtmlReport.render(sample(3, 40));
    assertThat(html).doesNotContain("http:", "https:", "url(", "@import", "javascript:");
    assertThat(html).contains("default-src &#39;none&#39;");
  }

  @Test
  void manyNetworksStayUnderTwoMegabytesAndTheRestIsInTables() throws IOException {
    String html = HtmlReport.render(sample(128, 3072));
    assertThat(html.length()).isLessThan(2_000_000);
    assertThat(html).contains("The strongest 9 of 128", "All 128 networks as a table");
  }

  @Test
  void aFolderWithTheReportAloneIsRendered() throws IOException {
    SampleReport.folder(folder, 3, 40);
    Path alone = Files.createDirectory(folder.resolve("alone"));
    Files.copy(folder.resolve("report.json"), alone.resolve("report.json"));
    String html = HtmlReport.render(RunContents.read(alone));
    assertThat(html).contains("layers.0.ffn: 3 networks").doesNotContain("NaN");
  }

  @Test
  void intervalsPeaksAndNoiseAreShownWhereTheyWereMeasured() throws IOException {
    SampleReport.folder(folder, 3, 40);
    Path file = folder.resolve("report.json");
    assertThat(ReportSchema.validate(Files.readString(file))).isEmpty();
    assertThat(HtmlReport.render(RunContents.read(folder)))
        .contains(
            "2.000 (1.900–2.100)", "1.95 to 2.05", "peak memory of 1 × 64, bytes", "3,000,000")
        .doesNotContain("too noisy to tell");
    String noisy = Files.readString(file).replace("\"noisy\": false", "\"noisy\": true");
    Files.writeString(file, noisy.replaceAll("(?m)^ *\"(dense|slim)_peak_bytes\".*\n", ""));
    // What is left must still be JSON: the peaks were the last fields.
    Files.writeString(file, Files.readString(file).replaceAll("(\"runs\": 10),\\s*\\}", "$1}"));
    assertThat(ReportSchema.validate(Files.readString(file))).isEmpty();
    assertThat(HtmlReport.render(RunContents.read(folder)))
        .contains("1.95 to 2.05, too noisy to tell", "The machine was too busy")
        .doesNotContain("peak memory of");
  }

  @Test
  void whatIsNoRunIsRefused() throws IOException {
    assertThatThrownBy(() -> RunContents.read(folder))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("is not the folder of a finished run: it has no report.json");
    Files.writeString(folder.resolve("report.json"), "{\"schema\": 1}");
    assertThatThrownBy(() -> RunContents.read(folder))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("report.json is damaged: ");
  }

  @Test
  void theModelCardNamesBaseMethodResultsAndLimits() throws IOException {
    StoredReport report = sample(3, 40).report();
    String card = ModelCard.render(report, Optional.empty());
    // Nothing that the machine has a say in: two runs give one slim folder.
    assertThat(card).doesNotContain("peak memory", " ms");
    assertThat(card)
        .startsWith("---\nlibrary_name: onnx\n")
        .contains("# m, slimmed\n", "## Base model", "## Method", "## Results", "## Limits")
        .contains("| topics | accuracy ↑ | 0.9800 | 0.9700 | -0.0100 | 0.0040 | 0.0300 | 500 |")
        .contains("\\<script\\>", "- unit \\<1\\> \\_did\\_ it\n")
        .doesNotContainPattern("[^\\\\]<script");
  }

  @Test
  void theModelCardPassesTheLicenceOn() throws IOException {
    StoredReport report = sample(3, 40).report();
    String dense = "---\ntags: [x]\nlicense: apache-2.0\n---\n# Dense\nlicense: mit\n";
    assertThat(ModelCard.render(report, Optional.of(dense)))
        .startsWith("---\nlicense: apache-2.0\n")
        .contains("[README.dense.md](README.dense.md)");
    assertThat(ModelCard.render(report, Optional.of("license: mit\n"))).doesNotContain("mit\n");
  }

  @Test
  void resultsAreThoseOfTheHarness() throws IOException {
    StoredReport report = sample(3, 40).report();
    JsonObject slim = ResultsJson.ofSlim(report);
    assertThat(slim.keySet())
        .contains(
            "results", "configs", "versions", "n-shot", "higher_is_better", "n-samples", "config");
    JsonObject topics = slim.getAsJsonObject("results").getAsJsonObject("topics");
    assertThat(topics.toString())
        .isEqualTo("{\"alias\":\"topics\",\"acc,none\":0.97,\"acc_stderr,none\":0.03}");
    assertThat(slim.getAsJsonObject("n-samples").getAsJsonObject("topics").toString())
        .isEqualTo("{\"original\":500,\"effective\":500}");
    assertThat(slim.getAsJsonObject("higher_is_better").getAsJsonObject("topics").toString())
        .isEqualTo("{\"acc\":true}");
    assertThat(slim.getAsJsonObject("versions").keySet())
        .containsExactly(SampleReport.HOSTILE, "topics");
    JsonObject dense = ResultsJson.ofDense(report).getAsJsonObject("results");
    assertThat(dense.getAsJsonObject("topics").get("acc,none").getAsDouble()).isEqualTo(0.98);
  }
}
