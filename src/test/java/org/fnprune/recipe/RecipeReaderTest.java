package org.fnprune.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import org.fnprune.common.Failures;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Recipe.AllocationRule;
import org.fnprune.recipe.Recipe.Budget;
import org.fnprune.recipe.Recipe.Calibration;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.recipe.Recipe.Form;
import org.fnprune.recipe.Recipe.Latency;
import org.fnprune.recipe.Recipe.SelectorName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeReaderTest {

  /** The contract's example. */
  private static final String CONTRACT =
      """
      model: models/polymath            # folder or .onnx; relative to the recipe
      output: runs/polymath-add
      seed: 42
      device: auto
      calibration: {dataset: data/add-train.jsonl, text: text, num_samples: 512, max_seq_length: 128, batch_size: 16}
      networks: {method: spatial-ica, components: 64, nonlinearity: cube, restarts: 10, groups: 1, threshold: auto}
      prune: {targets: [ffn], sparsity: 0.5, selector: functional-networks, allocation: global, protect: {first: 0, last: 0}, round_to: 8}
      compensate: {method: least-squares, ridge: auto, sequential: true}
      verify: {tasks: [tasks/add.yaml], max_drop: 0.01, latency: {batch_sizes: [1, 8], runs: 50}}
      """;

  private static final String MINIMAL =
      """
      model: m
      output: o
      calibration: {dataset: d.jsonl}
      prune: {sparsity: 0.5}
      """;

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("recipe.yaml");
  }

  private Recipe read(String yaml, Overrides flags) throws IOException {
    return RecipeReader.read(Files.writeString(file(), yaml), flags);
  }

  private Recipe read(String yaml) throws IOException {
    return read(yaml, Overrides.none());
  }

  /** The error, with the file's folder cut off. */
  private String failure(String yaml) {
    return Failures.of(() -> read(yaml)).replace(folder + "/", "");
  }

  private static String flagFailure(Flag flag, String value) {
    return Failures.of(() -> RecipeReader.fromFlags(flags().with(flag, value)));
  }

  private static Overrides flags() {
    return Overrides.none()
        .with(Flag.MODEL, "m")
        .with(Flag.OUTPUT, "o")
        .with(Flag.CALIBRATION, "d.jsonl")
        .with(Flag.SPARSITY, "0.3");
  }

  @Test
  void readsTheContractsExample() throws IOException {
    Recipe recipe = read(CONTRACT);
    assertThat(recipe.model()).isEqualTo(folder.resolve("models/polymath"));
    assertThat(recipe.output()).isEqualTo(folder.resolve("runs/polymath-add"));
    assertThat(recipe.seed()).isEqualTo(42);
    assertThat(recipe.device()).isEqualTo(Device.AUTO);
    assertThat(recipe.calibration())
        .isEqualTo(
            new Calibration(
                ImmutableList.of(folder.resolve("data/add-train.jsonl")),
                "text",
                false,
                512,
                Sampling.FIRST,
                128,
                16,
                null));
    assertThat(recipe.networks()).isEqualTo(Networks.of(64));
    assertThat(recipe.prune())
        .isEqualTo(
            new Recipe.Prune(
                ImmutableList.of("ffn"),
                new Budget.Sparsity(0.5),
                SelectorName.FUNCTIONAL_NETWORKS,
                Form.HYBRID,
                null,
                Recipe.Weighting.ENERGY,
                AllocationRule.GLOBAL,
                0,
                0,
                1,
                8));
    assertThat(recipe.compensate())
        .isEqualTo(new Recipe.Compensate(CompensationMethod.LEAST_SQUARES, null, true));
    assertThat(recipe.verify())
        .isEqualTo(
            new Recipe.Verify(
                ImmutableList.of(folder.resolve("tasks/add.yaml")),
                0.01,
                new Latency(ImmutableIntArray.of(1, 8), ImmutableIntArray.of(64), 50),
                0,
                false));
  }

  @Test
  void fillsInEveryDefault() throws IOException {
    Recipe recipe = read(MINIMAL);
    assertThat(recipe.seed()).isEqualTo(42);
    assertThat(recipe.threads()).isZero();
    assertThat(recipe.networks()).isEqualTo(Networks.of(32));
    assertThat(recipe.prune().selector()).isEqualTo(SelectorName.AUTO);
    assertThat(recipe.prune().form()).isEqualTo(Form.HYBRID);
    assertThat(recipe.prune().protectedShare()).isNull();
    assertThat(recipe.prune().beta()).isEqualTo(0.25);
    assertThat(recipe.prune().weighting()).isEqualTo(Recipe.Weighting.ENERGY);
    assertThat(recipe.prune().allocation()).isNull();
    assertThat(recipe.prune().allocationRule()).isEqualTo(AllocationRule.UNIFORM);
    assertThat(recipe.prune().maxPerLayer()).isEqualTo(1);
    assertThat(recipe.prune().roundTo()).isEqualTo(8);
    assertThat(recipe.search()).isEqualTo(new Recipe.Search(180));
    assertThat(recipe.compensate())
        .isEqualTo(new Recipe.Compensate(CompensationMethod.LEAST_SQUARES, null, null));
    assertThat(recipe.compensate().isSequential()).isFalse();
    assertThat(Objects.requireNonNull(recipe.calibration()).retain()).isNull();
    assertThat(recipe.verify().tasks()).isEmpty();
    assertThat(recipe.verify().maxDrop()).isNull();
    assertThat(recipe.verify().latency())
        .isEqualTo(new Latency(ImmutableIntArray.of(1, 8), ImmutableIntArray.of(64), 100));
  }

  @Test
  void recipeAndFlagsAloneGiveTheSameRecipe() throws IOException {
    Recipe typed =
        RecipeReader.fromFlags(
            Overrides.none()
                .with(Flag.MODEL, folder.resolve("m").toString())
                .with(Flag.OUTPUT, folder.resolve("o").toString())
                .with(Flag.CALIBRATION, folder.resolve("d.jsonl").toString())
                .with(Flag.SPARSITY, "0.5"));
    assertThat(typed).isEqualTo(read(MINIMAL));
  }

  @Test
  void flagsOverrideTheFile() throws IOException {
    Overrides flags =
        Overrides.none()
            .with(Flag.SEED, "7")
            .with(Flag.DEVICE, "cuda:1")
            .with(Flag.PARAMETERS, "0.6")
            .with(Flag.SELECTOR, "wanda-sp")
            .with(Flag.RIDGE, "0.1")
            .with(Flag.TASK, "/t/a.yaml")
            .with(Flag.TASK, "/t/b.yaml")
            .with(Flag.LATENCY, "false")
            .with(Flag.LIMIT, "5");
    Recipe recipe = read(CONTRACT, flags);
    assertThat(recipe.seed()).isEqualTo(7);
    assertThat(recipe.device()).isEqualTo(new Device(Device.Kind.CUDA, 1));
    assertThat(recipe.prune().budget()).isEqualTo(new Budget.Parameters(0.6));
    assertThat(recipe.prune().selector()).isEqualTo(SelectorName.WANDA_SP);
    assertThat(recipe.compensate().ridge()).isEqualTo(0.1);
    assertThat(recipe.verify().tasks()).containsExactly(Path.of("/t/a.yaml"), Path.of("/t/b.yaml"));
    assertThat(recipe.verify().latency()).isNull();
    assertThat(recipe.verify().limit()).isEqualTo(5);
  }

  @Test
  void pathsOfFlagsStartFromTheWorkingDirectory() throws IOException {
    Recipe recipe = read(MINIMAL, Overrides.none().with(Flag.OUTPUT, "elsewhere"));
    assertThat(recipe.output()).isEqualTo(Path.of("elsewhere").toAbsolutePath());
    assertThat(recipe.model()).isEqualTo(folder.resolve("m"));
  }

  @Test
  void theLastOfRepeatedFlagsWins() throws IOException {
    Overrides flags = Overrides.none().with(Flag.SEED, "1").with(Flag.SEED, "2");
    assertThat(read(MINIMAL, flags).seed()).isEqualTo(2);
  }

  @Test
  void latencyFalseTurnsItOffAndAFlagTurnsItOnAgain() throws IOException {
    String yaml = MINIMAL + "verify: {latency: false}\n";
    assertThat(read(yaml).verify().latency()).isNull();
    assertThat(read(yaml, Overrides.none().with(Flag.LATENCY, "true")).verify().latency())
        .isEqualTo(new Latency(ImmutableIntArray.of(1, 8), ImmutableIntArray.of(64), 100));
  }

  @Test
  void randomAndMagnitudeWithoutCompensationNeedNoCalibration() throws IOException {
    String yaml =
        "model: m\noutput: o\nprune: {sparsity: 0.5, selector: %s}\ncompensate: {method: none}\n";
    assertThat(read(yaml.replace("%s", "random")).calibration()).isNull();
    assertThat(read(yaml.replace("%s", "magnitude")).calibration()).isNull();
    assertThat(failure(yaml.replace("%s", "flap")))
        .isEqualTo(
            "recipe.yaml: calibration text is missing, but selector 'flap' must see activations"
                + " | give calibration: {dataset: FILE}, or use selector random or magnitude with"
                + " compensation none");
  }

  @Test
  void saysAllThatNeedsCalibration() {
    Overrides flags =
        Overrides.none().with(Flag.MODEL, "m").with(Flag.OUTPUT, "o").with(Flag.SPARSITY, "0.5");
    assertThat(Failures.of(() -> RecipeReader.fromFlags(flags)))
        .isEqualTo(
            "calibration text is missing, but selector 'auto' and compensation"
                + " 'least-squares' must see activations | give --calibration FILE, or use"
                + " selector random or magnitude with compensation none");
  }

  @ParameterizedTest
  @CsvSource({
    "1048576, 1048576",
    "auto, 0",
    "4GiB, 4294967296",
    "4 GiB, 4294967296",
    "4g, 4294967296",
    "500MB, 500000000",
    "512M, 536870912",
    "1.5KiB, 1536",
    "2048k, 2097152",
    "1TB, 1000000000000"
  })
  void memoryIsASize(String size, long bytes) throws IOException {
    if (bytes >= 1 << 20 || bytes == 0) {
      assertThat(read(MINIMAL + "memory: " + size + "\n").memory()).isEqualTo(bytes);
      assertThat(read(MINIMAL, Overrides.none().with(Flag.MEMORY, size)).memory()).isEqualTo(bytes);
    }
    assertThat(read(MINIMAL).memory()).isZero();
    assertThat(size.equals("auto") ? 0 : ByteSize.parse(size).orElseThrow()).isEqualTo(bytes);
  }

  @Test
  void readsWhatTheSearchMayNotChoose() throws IOException {
    Recipe recipe =
        read(
            """
            model: m
            output: o
            calibration: {dataset: d.jsonl, retain: {dataset: [g.txt, h.txt], weight: 0.25}}
            prune: {sparsity: 0.5, protected_share: 0.75, weighting: lesions, allocation: z-score, max_per_layer: 0.8}
            search: {seconds: 7}
            compensate: {ridge: 0.5, sequential: false}
            """);
    assertThat(recipe.prune().beta()).isEqualTo(0.75);
    assertThat(recipe.prune().weighting()).isEqualTo(Recipe.Weighting.LESIONS);
    assertThat(recipe.prune().allocation()).isEqualTo(AllocationRule.Z_SCORE);
    assertThat(recipe.prune().maxPerLayer()).isEqualTo(0.8);
    assertThat(recipe.search().seconds()).isEqualTo(7);
    assertThat(recipe.compensate())
        .isEqualTo(new Recipe.Compensate(CompensationMethod.LEAST_SQUARES, 0.5, false));
    assertThat(Objects.requireNonNull(recipe.calibration()).retain())
        .isEqualTo(
            new Recipe.Retain(
                ImmutableList.of(folder.resolve("g.txt"), folder.resolve("h.txt")), 0.25));
  }

  @Test
  void weightOfTextToRetainNeedsTheText() {
    assertThat(flagFailure(Flag.RETAIN_WEIGHT, "2"))
        .isEqualTo(
            "--retain-weight 2: does nothing without text to retain | add --retain FILE, or leave"
                + " it out");
    assertThat(failure(MINIMAL.replace("d.jsonl", "d.jsonl, retain: {weight: 2}")))
        .isEqualTo(
            "recipe.yaml:3: calibration.retain.weight 2: does nothing without text to retain | add"
                + " 'dataset' to retain, or leave it out");
    assertThat(failure(MINIMAL.replace("d.jsonl", "d.jsonl, retain: {dataset: g, weight: 0}")))
        .startsWith("recipe.yaml:3: calibration.retain.weight 0: ");
  }

  @Test
  void autoIsWhatIsLeftToTheSearch() throws IOException {
    assertThat(
            read(
                MINIMAL.replace(
                        "sparsity: 0.5",
                        "sparsity: 0.5, selector: auto, protected_share: auto, allocation: auto")
                    + "compensate: {ridge: auto, sequential: auto}\n"))
        .isEqualTo(read(MINIMAL));
  }

  @Test
  void flagsReplaceTheKeysOfTheSearch() throws IOException {
    Recipe recipe =
        read(
            MINIMAL,
            Overrides.none()
                .with(Flag.RETAIN, "/g.txt")
                .with(Flag.RETAIN_WEIGHT, "0.1")
                .with(Flag.PROTECTED_SHARE, "0")
                .with(Flag.WEIGHTING, "lesions")
                .with(Flag.ALLOCATION, "curvature")
                .with(Flag.MAX_PER_LAYER, "0.6")
                .with(Flag.SEARCH_SECONDS, "9"));
    assertThat(Objects.requireNonNull(recipe.calibration()).retain())
        .isEqualTo(new Recipe.Retain(ImmutableList.of(Path.of("/g.txt")), 0.1));
    assertThat(recipe.prune().beta()).isZero();
    assertThat(recipe.prune().weighting()).isEqualTo(Recipe.Weighting.LESIONS);
    assertThat(recipe.prune().allocation()).isEqualTo(AllocationRule.CURVATURE);
    assertThat(recipe.prune().maxPerLayer()).isEqualTo(0.6);
    assertThat(recipe.search().seconds()).isEqualTo(9);
  }

  /** What the loss minds is measured on text: moments alone will not do. */
  @ParameterizedTest
  @CsvSource({
    "allocation: sensitivity, allocation 'sensitivity'",
    "allocation: curvature, allocation 'curvature'",
    "weighting: lesions, weighting 'lesions'"
  })
  void whatIsMeasuredOnTextNeedsText(String key, String name) {
    for (String selector : new String[] {"auto", "obs", "magnitude"}) {
      String prune = "prune: {sparsity: 0.5, selector: " + selector + ", " + key + "}\n";
      assertThat(failure("model: m\noutput: o\ncalibration: {moments: c}\n" + prune))
          .isEqualTo(
              "recipe.yaml: "
                  + name
                  + " needs calibration text; captured moments will not do | give a dataset"
                  + " instead of moments");
    }
    assertThat(
            failure(
                "model: m\noutput: o\nprune: {sparsity: 0.5, selector: magnitude, "
                    + key
                    + "}\ncompensate: {method: none}\n"))
        .startsWith(
            "recipe.yaml: calibration text is missing, but " + name + " must see activations");
  }

  private static ImmutableList<Path> datasets(Recipe recipe) {
    return Objects.requireNonNull(recipe.calibration()).datasets();
  }

  @Test
  void severalDatasetsAreAListOrARepeatedFlag() throws IOException {
    String yaml = MINIMAL.replace("d.jsonl", "[d.jsonl, more/e.csv]");
    assertThat(datasets(read(yaml)))
        .containsExactly(folder.resolve("d.jsonl"), folder.resolve("more/e.csv"));
    Overrides flags =
        Overrides.none().with(Flag.CALIBRATION, "/b.txt").with(Flag.CALIBRATION, "/a.txt");
    assertThat(datasets(read(yaml, flags))).containsExactly(Path.of("/b.txt"), Path.of("/a.txt"));
  }

  @Test
  void capturedMomentsStandInForText() throws IOException {
    String yaml = MINIMAL.replace("dataset: d.jsonl", "moments: caught");
    Recipe recipe = read(yaml);
    assertThat(recipe.calibration()).isNull();
    assertThat(recipe.moments()).isEqualTo(folder.resolve("caught"));
    assertThat(read(MINIMAL).moments()).isNull();
    Recipe typed = read(MINIMAL, Overrides.none().with(Flag.MOMENTS, "/elsewhere"));
    assertThat(typed.calibration()).isNull();
    assertThat(typed.moments()).isEqualTo(Path.of("/elsewhere"));
    Recipe text = read(yaml, Overrides.none().with(Flag.CALIBRATION, "/t.txt"));
    assertThat(text.moments()).isNull();
    assertThat(datasets(text)).containsExactly(Path.of("/t.txt"));
  }

  @Test
  void aMomentsFlagLeavesTheFilesTextSettingsUnused() throws IOException {
    String yaml = MINIMAL.replace("d.jsonl", "d.jsonl, batch_size: 4");
    assertThat(read(yaml, Overrides.none().with(Flag.MOMENTS, "/x")).calibration()).isNull();
  }

  @Test
  void whatNeedsTextIsRefusedWithMoments() {
    String yaml = MINIMAL.replace("dataset: d.jsonl", "moments: caught");
    assertThat(failure(yaml.replace("caught", "caught, dataset: d.jsonl")))
        .isEqualTo(
            "recipe.yaml:3: calibration.moments caught: cannot be combined with recipe.yaml:3:"
                + " calibration.dataset d.jsonl | keep one: text is captured now, moments were"
                + " captured before");
    assertThat(failure(yaml.replace("caught", "caught, num_samples: 5")))
        .isEqualTo(
            "recipe.yaml:3: calibration.num_samples 5: does nothing without calibration text"
                + " | give a dataset, or leave it out");
    assertThat(failure(yaml + "compensate: {sequential: true}\n"))
        .isEqualTo(
            "recipe.yaml:5: compensate.sequential true: needs calibration text; captured moments"
                + " will not do | give a dataset instead of moments, or leave sequential out");
    assertThat(failure(yaml + "networks: {groups: 2}\n"))
        .isEqualTo(
            "recipe.yaml: networks in groups needs calibration text; captured moments will not do"
                + " | give a dataset instead of moments");
    assertThat(failure(yaml + "networks: {method: temporal-ica}\n"))
        .startsWith("recipe.yaml: method 'temporal-ica' needs calibration text;");
    assertThat(Failures.of(() -> RecipeReader.fromFlags(flags().with(Flag.MOMENTS, "x"))))
        .startsWith("--moments x: cannot be combined with --calibration [");
  }

  @Test
  void groupsByDatasetNeedSeveral() {
    assertThat(failure(MINIMAL + "networks: {groups: dataset}\n"))
        .isEqualTo(
            "recipe.yaml: groups 'dataset' needs several calibration datasets, but there is one"
                + " | name another dataset, or set groups to a number of shards");
  }

  @Test
  void namesFileAndLineOfAnUnknownKey() {
    String yaml = "model: m\noutput: o\n\nprune:\n  targets: [ffn]\n\n  sparsty: 0.5\n";
    assertThat(failure(yaml))
        .isEqualTo(
            "recipe.yaml:7: unknown key 'sparsty' in 'prune'; allowed: targets, sparsity,"
                + " parameters, selector, form, protected_share, weighting, allocation, protect,"
                + " max_per_layer, round_to | did you mean 'sparsity'?");
    assertThat(failure("model: m\nverfy: {}\n"))
        .startsWith("recipe.yaml:2: unknown key 'verfy'; allowed: model, output,")
        .endsWith(" | did you mean 'verify'?");
    assertThat(failure(MINIMAL + "verify: {latency: {batch: 1}}\n"))
        .startsWith("recipe.yaml:5: unknown key 'batch' in 'verify.latency'; allowed: batch_sizes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          seed: x                           | seed x: must be a whole number of at most 64 bits
          seed: '42'                        | seed '42': must be a whole number of at most 64 bits
          device: gpu                       | device gpu: is not known; allowed: auto, cpu, cuda, cuda:N
          threads: -1                       | threads -1: must be a whole number from 0 to 1024
          memory: 4                         | memory 4: is too little; allowed: at least 1048576 bytes
          memory: lots                      | memory lots: must be a number of bytes or a size such as 4GiB or 500MB
          memory: -1G                       | memory -1G: must be a number of bytes or a size such as 4GiB or 500MB
          memory: 4XB                       | memory 4XB: must be a number of bytes or a size such as 4GiB or 500MB
          memory: 99999999999999T           | memory 99999999999999T: must be a number of bytes or a size such as 4GiB or 500MB
          memory: [1G]                      | memory [1G]: must be a number of bytes or a size such as 4GiB or 500MB
          networks: {components: 0}         | networks.components 0: must be a whole number from 1 to 1048576
          networks: {components: 1.5}       | networks.components 1.5: must be a whole number from 1 to 1048576
          networks: {nonlinearity: tanh}    | networks.nonlinearity tanh: is not known; allowed: logcosh, exp, cube
          networks: [cube]                  | 'networks' must be a mapping of keys to values
          compensate: {method: bias, sequential: true} | compensate.sequential true: needs compensation 'least-squares', not 'bias'
          compensate: {ridge: 0}            | compensate.ridge 0: must be more than 0
          compensate: {ridge: .inf}         | compensate.ridge .inf: must be a finite number, such as 0.5
          compensate: {ridge: 1e999}        | compensate.ridge 1e999: must be a finite number, such as 0.5
          compensate: {method: ols}         | compensate.method ols: is not known; allowed: none, bias, least-squares
          verify: {max_drop: -0.1}          | verify.max_drop -0.1: must be 0 or more
          verify: {max_drop: }              | verify.max_drop has no value
          verify: {limit: 0}                | verify.limit 0: must be a whole number of at least 1
          verify: {latency: 5}              | verify.latency 5: must be true or false
          verify: {latency: {runs: many}}   | verify.latency.runs many: must be a whole number from 1 to 1048576
          verify: {latency: {batch_sizes: [1, 0]}} | verify.latency.batch_sizes 0: must be a whole number from 1 to 1048576
          verify: {latency: {batch_sizes: []}} | verify.latency.batch_sizes []: must hold at least one batch size
          verify: {tasks: {a: b}}           | verify.tasks must be a value or a list, not a mapping
          verify: {tasks: ['']}             | verify.tasks '': must be a text of at least one character
          """)
  void refusesWrongValuesWithTheirLine(String line, String message) {
    assertThat(failure(MINIMAL + line + "\n")).startsWith("recipe.yaml:5: " + message + " |");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sparsity: 1.0            | prune.sparsity 1.0: must lie between 0 and 1, both excluded
          sparsity: 0              | prune.sparsity 0: must lie between 0 and 1, both excluded
          sparsity: half           | prune.sparsity half: must be a finite number, such as 0.5
          sparsity: NaN            | prune.sparsity NaN: must be a finite number, such as 0.5
          parameters: 2            | prune.parameters 2: must lie between 0 and 1, both excluded
          sparsity: [0.5]          | prune.sparsity [0.5]: must be a finite number, such as 0.5
          sparsity: 0.5, selector: wanda | prune.selector wanda: is not known; allowed: auto, functional-networks, random, magnitude, wanda-sp, flap, obs
          sparsity: 0.5, form: all | prune.form all: is not known; allowed: hybrid, coverage, union
          sparsity: 0.5, protected_share: 1.1 | prune.protected_share 1.1: must lie between 0.0 and 1.0
          sparsity: 0.5, weighting: size | prune.weighting size: is not known; allowed: energy, lesions
          sparsity: 0.5, allocation: zscore | prune.allocation zscore: is not known; allowed: uniform, global, z-score, sensitivity, curvature
          sparsity: 0.5, max_per_layer: 0 | prune.max_per_layer 0: lets nothing be removed
          sparsity: 0.5, max_per_layer: 1.5 | prune.max_per_layer 1.5: must lie between 0.0 and 1.0
          sparsity: 0.5, targets: [ffn, head] | prune.targets head: is not known; allowed: ffn, heads, kv_groups, ffn_out
          sparsity: 0.5, targets: [mlp] | prune.targets mlp: is not known; allowed: ffn, heads, kv_groups, ffn_out
          sparsity: 0.5, targets: []  | prune.targets []: must name at least one kind of unit: ffn, heads, kv_groups, ffn_out
          sparsity: 0.5, protect: {first: -1} | prune.protect.first -1: must be a whole number from 0 to 65536
          sparsity: 0.5, round_to: 0  | prune.round_to 0: must be a whole number from 1 to 65536
          sparsity: 0.5, parameters: 0.6 | prune.parameters 0.6: cannot be combined with
          protect: {first: 1}      | one of 'sparsity' and 'parameters' is missing in 'prune'
          """)
  void refusesWrongValuesOfPrune(String keys, String message) {
    String yaml = "model: m\noutput: o\ncalibration: {dataset: d}\nprune: {" + keys + "}\n";
    assertThat(failure(yaml)).startsWith("recipe.yaml:4: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          dataset: []            | calibration.dataset []: must name at least one file
          dataset: [a, ./a]      | calibration.dataset ./a: is listed twice
          dataset: [a, '']       | calibration.dataset '': must be a text of at least one character
          moments: ''            | calibration.moments '': must be a text of at least one character
          """)
  void refusesWrongCalibration(String keys, String message) {
    String yaml = "model: m\noutput: o\ncalibration: {" + keys + "}\nprune: {sparsity: 0.5}\n";
    assertThat(failure(yaml)).startsWith("recipe.yaml:3: " + message);
  }

  @Test
  void namesWhatIsMissing() {
    assertThat(failure("output: o\n")).isEqualTo("recipe.yaml:1: 'model' is missing | add it");
    assertThat(failure("model: m\n")).isEqualTo("recipe.yaml:1: 'output' is missing | add it");
    assertThat(failure("model: m\noutput: o\ncalibration: {text: t}\n"))
        .isEqualTo(
            "recipe.yaml:3: one of 'dataset' and 'moments' is missing in 'calibration' | add it");
    assertThat(failure("model: m\noutput: o\n"))
        .isEqualTo(
            "recipe.yaml: one of 'sparsity' and 'parameters' is missing in 'prune' | add it");
    assertThat(Failures.of(() -> RecipeReader.fromFlags(Overrides.none())))
        .isEqualTo("MODEL is missing | add MODEL");
    assertThat(Failures.of(() -> RecipeReader.fromFlags(Overrides.none().with(Flag.MODEL, "m"))))
        .isEqualTo("--output is missing | add --output DIR");
  }

  @Test
  void errorsOfFlagsNameTheFlag() {
    assertThat(flagFailure(Flag.SPARSITY, "1.5"))
        .isEqualTo("--sparsity 1.5: must lie between 0 and 1, both excluded | try 0.5");
    assertThat(flagFailure(Flag.SELECTOR, "flip"))
        .isEqualTo(
            "--selector flip: is not known; allowed: auto, functional-networks, random,"
                + " magnitude, wanda-sp, flap, obs | did you mean 'flap'?");
    assertThat(flagFailure(Flag.TARGETS, "ffn,head"))
        .isEqualTo(
            "--targets head: is not known; allowed: ffn, heads, kv_groups, ffn_out"
                + " | did you mean 'heads'?");
    assertThat(flagFailure(Flag.PARAMETERS, "0.5"))
        .startsWith("--parameters 0.5: cannot be combined with --sparsity 0.3 |");
    assertThat(flagFailure(Flag.BATCH_SIZE, "99999999999"))
        .startsWith("--batch-size 99999999999: must be a whole number from 1 to 1048576");
  }

  @Test
  void aKeyMayNotComeTwice() {
    assertThat(failure("model: a\noutput: o\nmodel: b\n"))
        .isEqualTo("recipe.yaml:3: key 'model' is already on line 1 | keep one of them");
  }

  @Test
  void refusesWhatIsNotAPlainMapping() {
    assertThat(failure("")).isEqualTo("recipe recipe.yaml is empty | write 'key: value' lines");
    assertThat(failure("- a\n- b\n"))
        .startsWith("recipe.yaml:1: the file must be a mapping of keys to values");
    assertThat(failure("model: [a\noutput: b\n")).startsWith("recipe.yaml:2: not YAML: ");
    assertThat(failure("model: !!java.net.URL [x]\n"))
        .isEqualTo(
            "recipe.yaml:1: tag 'tag:yaml.org,2002:java.net.URL' is not allowed | remove the tag");
    assertThat(failure("a: b\n---\nc: d\n")).contains("not YAML");
    assertThat(failure("model:\n  " + "[".repeat(5000) + "]".repeat(5000)))
        .isEqualTo("recipe.yaml:2: nested more than 16 deep | use plain 'key: value' lines");
    assertThat(failure("? [a]\n: b\n")).startsWith("recipe.yaml:1: a key must be a word");
  }

  @Test
  void refusesFilesThatCannotBeRecipes() throws IOException {
    assertThat(Failures.of(() -> RecipeReader.read(Path.of("nowhere.yaml"), Overrides.none())))
        .isEqualTo("recipe nowhere.yaml does not exist | check the path");
    Files.write(file(), new byte[] {'a', ':', ' ', (byte) 0xff});
    assertThat(Failures.of(() -> RecipeReader.read(file(), Overrides.none())))
        .isEqualTo("recipe " + file() + " is not UTF-8 text | save it as UTF-8");
    assertThat(failure("#".repeat(1 << 20) + "\n"))
        .isEqualTo(
            "recipe recipe.yaml has 1048577 bytes; allowed: at most 1048576"
                + " | is this the right file?");
  }

  @Test
  void manyAliasesAreRefused() {
    String yaml = "a: &x [1]\nb: [" + "*x, ".repeat(60) + "]\n";
    assertThat(failure(yaml)).contains("aliases");
  }

  /** Whatever a file holds, it is either read or refused with a usage error that names it. */
  @Test
  void noTextBreaksTheReader() throws IOException {
    Random random = new Random(3);
    String telling = "{}[]:,-?!&*#|>'\"%@`\n\t 0.e\u0000\u00a0\ud83d";
    int refused = 0;
    for (int i = 0; i < 500; i++) {
      StringBuilder yaml = new StringBuilder(i % 2 == 0 ? MINIMAL : CONTRACT);
      for (int k = random.nextInt(4); k >= 0; k--) {
        char c = telling.charAt(random.nextInt(telling.length()));
        int at = random.nextInt(yaml.length());
        if (random.nextBoolean()) {
          yaml.insert(at, c);
        } else {
          yaml.setCharAt(at, c);
        }
      }
      Files.write(file(), yaml.toString().getBytes(StandardCharsets.UTF_8));
      try {
        assertThat(RecipeReader.read(file(), Overrides.none())).isNotNull();
      } catch (UsageException e) {
        refused++;
        assertThat(e.getMessage()).contains("recipe.yaml").doesNotContain("Exception");
      }
    }
    assertThat(refused).isGreaterThan(100);
  }
}
