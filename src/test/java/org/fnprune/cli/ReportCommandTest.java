package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A finished run's reports, made again. */
class ReportCommandTest {

  private static final List<String> RENDERED =
      List.of("report.html", "report.md", "results.json", "results.dense.json", "slim/README.md");

  @TempDir private Path folder;
  private Workplace work;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
    work.recipe("r.yaml", "functional-networks", "least-squares");
    work.write("m/README.md", "---\nlicense: mit\n---\n# m\n");
    work.succeeds("run @/r.yaml --quiet");
  }

  private Map<String, String> rendered() {
    Map<String, String> texts = new LinkedHashMap<>();
    RENDERED.forEach(name -> texts.put(name, work.read("out/" + name)));
    return texts;
  }

  @Test
  void theSameBytesAreWrittenAgain() throws IOException {
    Map<String, String> before = rendered();
    String report = work.read("out/report.json");
    for (String name : RENDERED) {
      Files.delete(work.path("out/" + name));
    }
    assertThat(work.succeeds("report @/out").out())
        .contains("Report: " + work.path("out/report.html"));
    assertThat(rendered()).isEqualTo(before);
    assertThat(work.read("out/report.json")).isEqualTo(report);
  }

  @Test
  void lesionsAndSweepsMadeSinceAreShown() {
    assertThat(work.read("out/report.html")).doesNotContain(">Lesions</h2>", ">Preservation</h2>");
    work.succeeds("lesion @/r.yaml --share 0.5 --quiet");
    work.succeeds("sweep @/r.yaml --networks 2,3 --sparsities 0.5 --quiet");
    work.succeeds("report @/out");
    assertThat(work.read("out/report.html"))
        .contains(">Lesions</h2>", ">Preservation</h2>", "lesion of ");
  }

  @Test
  void jsonIsTheStoredReport() {
    assertThat(JsonParser.parseString(work.succeeds("report @/out --json").out()))
        .isEqualTo(JsonParser.parseString(work.read("out/report.json")));
  }

  @Test
  void theCardsOfBothModelsAreThere() {
    assertThat(work.read("out/slim/README.md")).startsWith("---\nlicense: mit\n");
    assertThat(work.read("out/slim/README.dense.md")).isEqualTo(work.read("m/README.md"));
  }

  @Test
  void aDamagedFileIsNamed() {
    work.write("out/networks/drivers.json", "{\"layers.0.ffn\": 3}");
    work.refuses("report @/out", "@/out/networks/drivers.json is damaged: ", "make it again");
  }
}
