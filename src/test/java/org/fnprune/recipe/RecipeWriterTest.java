package org.fnprune.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.fnprune.recipe.Recipe.AllocationRule;
import org.fnprune.recipe.Recipe.Budget;
import org.fnprune.recipe.Recipe.Calibration;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.recipe.Recipe.Form;
import org.fnprune.recipe.Recipe.Latency;
import org.fnprune.recipe.Recipe.SelectorName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeWriterTest {

  private static final ImmutableList<String> KINDS =
      ImmutableList.of("ffn", "heads", "kv_groups", "ffn_out");

  private static final ImmutableList<String> NAMES =
      ImmutableList.of(
          "text",
          "a b",
          "x: y",
          "# no",
          "'q' \"d\" \\",
          "ümläut ☃ 😀",
          "no",
          "1",
          "\u0085\t\u2028");

  @TempDir Path folder;

  private static <T> T any(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  private static Path path(Random random) {
    return Path.of("/data", NAMES.get(random.nextInt(NAMES.size())));
  }

  private static Recipe recipe(Random random) {
    boolean moments = random.nextInt(4) == 0;
    Budget budget =
        random.nextBoolean()
            ? new Budget.Sparsity(0.001 + 0.99 * random.nextDouble())
            : new Budget.Parameters(1e-5 + 0.99 * random.nextDouble());
    return new Recipe(
        path(random),
        path(random),
        random.nextLong(),
        random.nextBoolean() ? Device.AUTO : new Device(Device.Kind.CUDA, random.nextInt(4)),
        random.nextInt(9),
        random.nextBoolean() ? 0 : (1 << 20) + random.nextLong(1L << 40),
        random.nextBoolean(),
        moments ? null : calibration(random),
        moments ? path(random) : null,
        moments ? Networks.of(1 + random.nextInt(99)) : networks(random),
        new Recipe.Prune(
            ImmutableList.copyOf(KINDS.subList(random.nextInt(2), 2 + random.nextInt(3))),
            budget,
            any(random, SelectorName.values()),
            any(random, Form.values()),
            random.nextBoolean() ? null : random.nextDouble(),
            moments ? Recipe.Weighting.ENERGY : any(random, Recipe.Weighting.values()),
            random.nextInt(4) == 0 ? null : rule(random, moments),
            random.nextInt(3),
            random.nextInt(3),
            1 - random.nextDouble() / 2,
            1 + random.nextInt(64)),
        new Recipe.Search(1 + random.nextInt(999)),
        compensate(random, moments),
        new Recipe.Verify(
            random.nextBoolean()
                ? ImmutableList.of()
                : ImmutableList.of(path(random), path(random)),
            random.nextBoolean() ? null : random.nextDouble(),
            random.nextBoolean()
                ? null
                : new Latency(
                    ImmutableIntArray.of(1, 1 + random.nextInt(64)),
                    ImmutableIntArray.of(128, 1 + random.nextInt(512)),
                    10),
            random.nextInt(3),
            random.nextBoolean()));
  }

  /** Of moments alone no prices can be measured. */
  private static AllocationRule rule(Random random, boolean moments) {
    return moments
        ? any(random, new AllocationRule[] {AllocationRule.GLOBAL, AllocationRule.Z_SCORE})
        : any(random, AllocationRule.values());
  }

  private static Calibration calibration(Random random) {
    return new Calibration(
        ImmutableList.of(Path.of("/d.jsonl"), path(random)),
        NAMES.get(random.nextInt(NAMES.size() - 1)),
        random.nextBoolean(),
        1 + random.nextInt(1000),
        random.nextBoolean() ? Sampling.FIRST : Sampling.RANDOM,
        1 + random.nextInt(4096),
        1 + random.nextInt(64),
        random.nextBoolean()
            ? null
            : new Recipe.Retain(ImmutableList.of(path(random)), 3 * random.nextDouble() + 0.001));
  }

  private static Networks networks(Random random) {
    return new Networks(
        any(random, Networks.Method.values()),
        any(random, Networks.Signals.values()),
        random.nextBoolean()
            ? new Networks.Components.Fixed(1 + random.nextInt(99))
            : new Networks.Components.Estimated(any(random, Networks.Estimator.values())),
        any(
            random,
            new Networks.Threshold[] {
              new Networks.Threshold.Budget(),
              new Networks.Threshold.Z(4 * random.nextDouble()),
              new Networks.Threshold.Ratio(2 * random.nextDouble()),
              new Networks.Threshold.Fdr(random.nextDouble())
            }),
        any(
            random,
            new Networks.Groups[] {
              new Networks.Groups.Shards(1 + random.nextInt(9)),
              new Networks.Groups.Datasets(),
              new Networks.Groups.Field(NAMES.get(random.nextInt(NAMES.size() - 1)))
            }),
        any(random, Networks.Grouping.values()),
        new Networks.Ica(
            any(random, Networks.Algorithm.values()),
            any(random, Networks.Nonlinearity.values()),
            1 + random.nextInt(9),
            1e-9 + 0.1 * random.nextDouble(),
            1 + random.nextInt(999),
            any(random, Networks.Keep.values())));
  }

  @Test
  void whatIsWrittenReadsBackEqual() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      Recipe recipe = recipe(random);
      Path file =
          Files.writeString(folder.resolve("recipe.lock.yaml"), RecipeWriter.toYaml(recipe));
      assertThat(RecipeReader.read(file, Overrides.none())).isEqualTo(recipe);
    }
  }

  @Test
  void spellsOutEveryDefaultInAFixedOrder() {
    Recipe recipe =
        RecipeReader.fromFlags(
            Overrides.none()
                .with(Flag.MODEL, "/m")
                .with(Flag.OUTPUT, "/o")
                .with(Flag.CALIBRATION, "/d.jsonl")
                .with(Flag.SPARSITY, "0.5"));
    assertThat(RecipeWriter.toYaml(recipe))
        .isEqualTo(
            """
            model: "/m"
            output: "/o"
            seed: 42
            device: auto
            threads: 0
            memory: auto
            skip_bad_rows: false
            calibration:
              dataset: ["/d.jsonl"]
              text: "text"
              lines: false
              num_samples: 512
              sampling: first
              max_seq_length: 128
              batch_size: 16
            networks:
              method: spatial-ica
              source: activation
              components: 32
              threshold: auto
              groups: 1
              grouping: stacked
              algorithm: parallel
              nonlinearity: cube
              restarts: 10
              tolerance: 0.0001
              max_iterations: 200
              keep: sparsest
            prune:
              targets: [ffn]
              sparsity: 0.5
              selector: auto
              form: hybrid
              protected_share: auto
              weighting: energy
              allocation: auto
              protect: {first: 0, last: 0}
              max_per_layer: 1
              round_to: 8
            search:
              seconds: 180
            compensate:
              method: least-squares
              ridge: auto
              sequential: auto
            verify:
              tasks: []
              latency:
                batch_sizes: [1, 8]
                sequence_length: [64]
                runs: 100
            """);
  }

  private static Recipe.Compensate compensate(Random random, boolean moments) {
    CompensationMethod method = any(random, CompensationMethod.values());
    return new Recipe.Compensate(
        method,
        random.nextInt(3) == 0 ? null : Math.exp(10 * random.nextGaussian()),
        random.nextInt(3) == 0
            ? null
            : method == CompensationMethod.LEAST_SQUARES && !moments && random.nextBoolean());
  }
}
