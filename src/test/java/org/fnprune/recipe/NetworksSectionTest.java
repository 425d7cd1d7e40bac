package org.fnprune.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.fnprune.common.Failures;
import org.fnprune.recipe.Networks.Algorithm;
import org.fnprune.recipe.Networks.Components;
import org.fnprune.recipe.Networks.Estimator;
import org.fnprune.recipe.Networks.Grouping;
import org.fnprune.recipe.Networks.Groups;
import org.fnprune.recipe.Networks.Ica;
import org.fnprune.recipe.Networks.Keep;
import org.fnprune.recipe.Networks.Method;
import org.fnprune.recipe.Networks.Nonlinearity;
import org.fnprune.recipe.Networks.Signals;
import org.fnprune.recipe.Networks.Threshold;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NetworksSectionTest {

  private static final String MINIMAL =
      """
      model: m
      output: o
      calibration: {dataset: [d.jsonl, e.jsonl]}
      prune: {sparsity: 0.5}
      """;

  @TempDir Path folder;

  private Recipe recipe(String yaml, Overrides flags) throws IOException {
    Path file = Files.writeString(folder.resolve("recipe.yaml"), MINIMAL + yaml);
    return RecipeReader.read(file, flags);
  }

  private Networks networks(String keys) throws IOException {
    return recipe("networks: {" + keys + "}\n", Overrides.none()).networks();
  }

  private static Networks flag(Flag flag, String value) {
    return RecipeReader.fromFlags(
            Overrides.none()
                .with(Flag.MODEL, "m")
                .with(Flag.OUTPUT, "o")
                .with(Flag.CALIBRATION, "d.jsonl")
                .with(Flag.CALIBRATION, "e.jsonl")
                .with(Flag.SPARSITY, "0.5")
                .with(flag, value))
        .networks();
  }

  @Test
  void everyKeyIsRead() throws IOException {
    assertThat(
            networks(
                """
                method: temporal-ica, source: activation-and-up, components: 7, threshold: 'z:3.5',
                  groups: 4, grouping: separate, algorithm: deflation, nonlinearity: exp,
                  restarts: 5, tolerance: 1e-6, max_iterations: 999, keep: centrotypes"""))
        .isEqualTo(
            new Networks(
                Method.TEMPORAL_ICA,
                Signals.ACTIVATION_AND_UP,
                new Components.Fixed(7),
                new Threshold.Z(3.5),
                new Groups.Shards(4),
                Grouping.SEPARATE,
                new Ica(Algorithm.DEFLATION, Nonlinearity.EXP, 5, 1e-6, 999, Keep.CENTROTYPES)));
  }

  @Test
  void everyFlagIsRead() {
    assertThat(flag(Flag.METHOD, "temporal-ica").method()).isEqualTo(Method.TEMPORAL_ICA);
    assertThat(flag(Flag.SOURCE, "ffn-out").signals()).isEqualTo(Signals.FFN_OUT);
    assertThat(flag(Flag.COMPONENTS, "minka").components())
        .isEqualTo(new Components.Estimated(Estimator.MINKA));
    assertThat(flag(Flag.THRESHOLD, "fdr:0.05").threshold()).isEqualTo(new Threshold.Fdr(0.05));
    assertThat(flag(Flag.GROUPS, "dataset").groups()).isEqualTo(new Groups.Datasets());
    assertThat(flag(Flag.GROUPING, "separate").grouping()).isEqualTo(Grouping.SEPARATE);
    assertThat(flag(Flag.ALGORITHM, "deflation").ica().algorithm()).isEqualTo(Algorithm.DEFLATION);
    assertThat(flag(Flag.NONLINEARITY, "logcosh").ica().nonlinearity())
        .isEqualTo(Nonlinearity.LOGCOSH);
    assertThat(flag(Flag.RESTARTS, "3").ica().restarts()).isEqualTo(3);
    assertThat(flag(Flag.TOLERANCE, "0.01").ica().tolerance()).isEqualTo(0.01);
    assertThat(flag(Flag.MAX_ITERATIONS, "1").ica().maxIterations()).isEqualTo(1);
    assertThat(flag(Flag.KEEP, "centrotypes").ica().keep()).isEqualTo(Keep.CENTROTYPES);
  }

  @ParameterizedTest
  @EnumSource(Signals.class)
  void everySourceHasItsName(Signals signals) throws IOException {
    assertThat(networks("source: " + Names.of(signals)).signals()).isEqualTo(signals);
  }

  @Test
  void componentsAreANumberOrAnEstimator() throws IOException {
    assertThat(networks("components: 64").components()).isEqualTo(new Components.Fixed(64));
    assertThat(networks("components: auto").components())
        .isEqualTo(new Components.Estimated(Estimator.PESEL));
    assertThat(networks("components: pesel").components())
        .isEqualTo(new Components.Estimated(Estimator.PESEL));
    assertThat(networks("components: minka").components())
        .isEqualTo(new Components.Estimated(Estimator.MINKA));
  }

  @Test
  void thresholdsAreARuleAndItsNumber() throws IOException {
    assertThat(networks("threshold: auto").threshold()).isEqualTo(new Threshold.Budget());
    assertThat(networks("threshold: z:3").threshold()).isEqualTo(new Threshold.Z(3));
    assertThat(networks("threshold: 3").threshold()).isEqualTo(new Threshold.Z(3));
    assertThat(networks("threshold: .5").threshold()).isEqualTo(new Threshold.Z(0.5));
    assertThat(networks("threshold: ratio:1").threshold()).isEqualTo(new Threshold.Ratio(1));
    assertThat(networks("threshold: fdr:0.05").threshold()).isEqualTo(new Threshold.Fdr(0.05));
  }

  @Test
  void groupsAreShardsDatasetsOrAField() throws IOException {
    assertThat(networks("groups: 4").groups()).isEqualTo(new Groups.Shards(4));
    assertThat(networks("groups: field:domain").groups()).isEqualTo(new Groups.Field("domain"));
    assertThat(networks("groups: 'field: my:field '").groups())
        .isEqualTo(new Groups.Field(" my:field "));
    assertThat(networks("groups: 'dataset'").groups()).isEqualTo(new Groups.Datasets());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          method: ica             | method ica: is not known; allowed: spatial-ica, temporal-ica | choose one of these
          method: spatial         | method spatial: is not known; allowed: spatial-ica, temporal-ica | did you mean 'spatial-ica'?
          source: up              | source up: is not known; allowed: activation, activation-and-up, ffn-out | choose one of these
          source: ffn_out         | source ffn_out: is not known; allowed: activation, activation-and-up, ffn-out | did you mean 'ffn-out'?
          components: many        | components many: is not known; allowed: a whole number, auto, pesel, minka | try auto or 64
          components: [3]         | components [3]: is not known; allowed: a whole number, auto, pesel, minka | try auto or 64
          components: 0           | components 0: must be a whole number from 1 to 1048576 | raise it to 1 or more
          components: -3          | components -3: must be a whole number from 1 to 1048576 | raise it to 1 or more
          components: 1.5         | components 1.5: must be a whole number from 1 to 1048576 | write it in digits
          components: '64'        | components '64': must be a whole number from 1 to 1048576 | take off the quotes
          threshold: best         | threshold best: is not known; allowed: auto, z:NUMBER, ratio:NUMBER, fdr:RATE | try auto or z:3
          threshold: -1           | threshold -1: must be more than 0 | try 0.01
          threshold: 3sigma       | threshold 3sigma: must be a finite number, such as 0.5 | write it with a decimal point: 0.5
          threshold: z:0          | threshold z: 0: must be more than 0 | try 0.01
          threshold: z:x          | threshold z: x: must be a finite number, such as 0.5 | write it with a decimal point: 0.5
          threshold: z            | threshold z: '': must be a finite number, such as 0.5 | write it with a decimal point: 0.5
          threshold: ratio:-1     | threshold ratio: -1: must be more than 0 | try 0.01
          threshold: fdr:1        | threshold fdr: 1: must lie between 0 and 1, both excluded | try 0.05
          threshold: fdr:0        | threshold fdr: 0: must lie between 0 and 1, both excluded | try 0.05
          groups: 0               | groups 0: must be a whole number from 1 to 1048576 | raise it to 1 or more
          groups: 2.5             | groups 2.5: must be a whole number from 1 to 1048576 | write it in digits
          groups: datasets        | groups datasets: is not known; allowed: a whole number, dataset, field:NAME | try 4
          groups: field           | groups field: '': must be a text of at least one character | give it a text, or leave it out
          groups: 'field:'        | groups field: '': must be a text of at least one character | give it a text, or leave it out
          grouping: union         | grouping union: is not known; allowed: stacked, separate | choose one of these
          algorithm: symmetric    | algorithm symmetric: is not known; allowed: parallel, deflation | choose one of these
          nonlinearity: tanh      | nonlinearity tanh: is not known; allowed: logcosh, exp, cube | choose one of these
          restarts: 0             | restarts 0: must be a whole number from 1 to 1048576 | raise it to 1 or more
          tolerance: 0            | tolerance 0: must lie between 0 and 1, both excluded | try 0.0001
          tolerance: 1            | tolerance 1: must lie between 0 and 1, both excluded | try 0.0001
          max_iterations: 0       | max_iterations 0: must be a whole number from 1 to 1048576 | raise it to 1 or more
          keep: best              | keep best: is not known; allowed: sparsest, centrotypes | choose one of these
          """)
  void wrongValuesAreRefusedWithTheirLineOrFlag(String entry, String message, String help) {
    assertThat(Failures.of(() -> networks(entry)).replace(folder + "/", ""))
        .isEqualTo("recipe.yaml:5: networks." + message + " | " + help);
    int colon = entry.indexOf(':');
    String key = entry.substring(0, colon);
    String value = entry.substring(colon + 1).strip();
    if (!value.startsWith("'") && !value.startsWith("[")) {
      Flag flag = Flag.valueOf(key.toUpperCase(Locale.ROOT));
      assertThat(Failures.of(() -> flag(flag, value)))
          .isEqualTo("--" + flag.option() + message.substring(message.indexOf(' ')) + " | " + help);
    }
  }

  @Test
  void unknownKeysAreRefused() {
    assertThat(Failures.of(() -> networks("signals: activation")).replace(folder + "/", ""))
        .startsWith(
            "recipe.yaml:5: unknown key 'signals' in 'networks'; allowed: method, source,"
                + " components, threshold, groups, grouping, algorithm, nonlinearity, restarts,"
                + " tolerance, max_iterations, keep | ");
  }
}
