package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import org.fnprune.Pipeline;
import org.fnprune.common.Hashes;
import org.fnprune.recipe.Recipe;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wherever a run stops, the next one goes on, and comes to the same bytes. */
class InterruptedRunTest {

  private static final int PLACES = 24;

  @TempDir private Path folder;
  private Workplace work;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
  }

  @ParameterizedTest
  @CsvSource({
    "functional-networks, least-squares",
    "functional-networks, none",
    "auto, least-squares",
    "random, bias"
  })
  void everyPlaceIsOneToGoOnFrom(String selector, String compensation) throws IOException {
    work.recipe("r.yaml", selector, compensation);
    FaultyListener undisturbed = FaultyListener.after(0);
    run(undisturbed);
    ImmutableMap<String, String> expected = files();
    int places = Math.min(PLACES, undisturbed.told());
    for (int place = 1; place <= places; place++) {
      MoreFiles.deleteRecursively(work.path("out"), RecursiveDeleteOption.ALLOW_INSECURE);
      int event = place * undisturbed.told() / places;
      assertThatThrownBy(() -> run(FaultyListener.after(event)))
          .isInstanceOf(FaultyListener.Fault.class);
      assertThat(work.path("out/report.json")).doesNotExist();
      run(FaultyListener.after(0));
      assertThat(files()).as("stopped at event " + event).isEqualTo(expected);
    }
  }

  private void run(FaultyListener listener) throws IOException {
    Pipeline.run(Recipe.read(work.path("r.yaml")), false, ImmutableList.of("run"), listener);
  }

  /** All files, but of reports not how long things took, nor what is rendered from them. */
  private ImmutableMap<String, String> files() throws IOException {
    ImmutableMap.Builder<String, String> files = ImmutableMap.builder();
    for (String name : work.files("out")) {
      if (name.equals("report.json")) {
        JsonObject report = JsonParser.parseString(work.read("out/" + name)).getAsJsonObject();
        report.remove("timings");
        files.put(name, report.toString());
      } else if (!name.matches("report\\.(md|html)")) {
        files.put(name, Hashes.sha256(work.path("out/" + name)));
      }
    }
    return files.buildOrThrow();
  }
}
