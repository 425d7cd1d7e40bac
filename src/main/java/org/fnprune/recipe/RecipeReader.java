package org.fnprune.recipe;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Networks.Groups;
import org.fnprune.recipe.Recipe.AllocationRule;
import org.fnprune.recipe.Recipe.Compensate;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.recipe.Recipe.Prune;
import org.fnprune.recipe.Recipe.SelectorName;
import org.fnprune.recipe.Recipe.Weighting;
import org.jspecify.annotations.Nullable;

/**
 * Turns a YAML file and flags into a validated {@link Recipe}. Flags win; whatever neither says has
 * a default. Relative paths of the file start from its folder, those of flags from the working
 * directory; the recipe's paths are absolute.
 */
public final class RecipeReader {

  private static final int SEARCH_SECONDS = 180;
  private static final int DAY = 86_400;

  private static final long LEAST_MEMORY = 1 << 20;

  private static final ImmutableList<String> TOP =
      ImmutableList.of(
          "model",
          "output",
          "seed",
          "device",
          "threads",
          "memory",
          "skip_bad_rows",
          "calibration",
          "networks",
          "prune",
          "search",
          "compensate",
          "verify");
  private static final ImmutableList<String> COMPENSATE =
      ImmutableList.of("method", "ridge", "sequential");

  /** Selectors that look at weights only. */
  private static final EnumSet<SelectorName> BLIND =
      EnumSet.of(SelectorName.RANDOM, SelectorName.MAGNITUDE);

  private final YamlMapping root;
  private final Overrides flags;
  private final RecipeSource top;

  private RecipeReader(YamlMapping root, Overrides flags) {
    this.root = root.allow(TOP);
    this.flags = flags;
    this.top = new RecipeSource(root, flags);
  }

  /**
   * Reads a recipe file; flags override it.
   *
   * @throws UsageException for anything missing, unknown, of the wrong type or out of range, with
   *     file and line or the flag
   */
  public static Recipe read(Path file, Overrides overrides) {
    return new RecipeReader(YamlFile.read(file, "recipe"), overrides).recipe();
  }

  /**
   * Builds a recipe from flags alone, with the same checks and defaults.
   *
   * @throws UsageException for anything missing or out of range, naming the flag
   */
  public static Recipe fromFlags(Overrides overrides) {
    return new RecipeReader(YamlMapping.absent(Path.of(""), ""), overrides).recipe();
  }

  /**
   * Builds the request of an evaluation from flags.
   *
   * @throws UsageException for anything missing or out of range, naming the flag
   */
  public static EvalRequest evaluation(Overrides overrides) {
    RecipeReader reader = new RecipeReader(YamlMapping.absent(Path.of(""), ""), overrides);
    return reader.evaluation(VerifySection.read(reader.root, overrides));
  }

  /**
   * Builds the request of a comparison of two models from flags.
   *
   * @param slim the second model
   * @throws UsageException for anything missing or out of range, naming the flag
   */
  public static CompareRequest comparison(Overrides overrides, Path slim) {
    RecipeReader reader = new RecipeReader(YamlMapping.absent(Path.of(""), ""), overrides);
    Recipe.Verify verify = VerifySection.read(reader.root, overrides);
    return new CompareRequest(reader.evaluation(verify), slim, verify.maxDrop(), verify.latency());
  }

  private EvalRequest evaluation(Recipe.Verify verify) {
    Setting output = flags.find(Flag.OUTPUT);
    return new EvalRequest(
        required("model", Flag.MODEL).path(),
        device(),
        seed(),
        threads(),
        verify.tasks(),
        verify.limit(),
        skipBadRows(),
        output == null ? null : output.path(),
        verify.logSamples());
  }

  /**
   * Builds the request of a decomposition of an array from flags.
   *
   * @throws UsageException for anything missing or out of range, naming the flag
   */
  public static SignalsRequest signals(Overrides overrides) {
    RecipeReader reader = new RecipeReader(YamlMapping.absent(Path.of(""), ""), overrides);
    return new SignalsRequest(
        reader.required("output", Flag.OUTPUT).path(),
        reader.seed(),
        reader.threads(),
        NetworksSection.read(reader.root, overrides));
  }

  private Recipe recipe() {
    Path model = required("model", Flag.MODEL).path();
    Path output = required("output", Flag.OUTPUT).path();
    CalibrationSection calibration = CalibrationSection.read(root, flags);
    Networks networks = networks(calibration);
    Prune prune = PruneSection.read(root, flags);
    Compensate compensate = compensate(calibration);
    requireText(calibration, prune);
    requireCalibration(calibration, prune, compensate.method());
    return new Recipe(
        model,
        output,
        seed(),
        device(),
        threads(),
        memory(),
        skipBadRows(),
        calibration.text(),
        calibration.moments(),
        networks,
        prune,
        search(),
        compensate,
        VerifySection.read(root, flags));
  }

  private Setting required(String key, Flag flag) {
    Setting setting = top.find(key, flag);
    if (setting != null) {
      return setting;
    }
    if (root.line() > 0) {
      throw root.missing("'" + key + "'");
    }
    throw new UsageException(
        flag.label() + " is missing", "add " + flag.label() + (flag == Flag.OUTPUT ? " DIR" : ""));
  }

  private long seed() {
    Setting seed = top.find("seed", Flag.SEED);
    return seed == null ? 42 : seed.longInteger();
  }

  private int threads() {
    return top.integer("threads", Flag.THREADS, 0, 1024, 0);
  }

  private boolean skipBadRows() {
    return top.bool("skip_bad_rows", Flag.SKIP_BAD_ROWS, false);
  }

  private long memory() {
    Setting memory = top.find("memory", Flag.MEMORY);
    return memory == null || memory.text().equals("auto") ? 0 : memory.bytes(LEAST_MEMORY);
  }

  /** Groups and courses are of text; captured moments know nothing of either. */
  private Networks networks(CalibrationSection calibration) {
    Networks networks = NetworksSection.read(root, flags);
    if (networks.groups() instanceof Groups.Datasets
        && calibration.text() != null
        && calibration.text().datasets().size() < 2) {
      throw new UsageException(
          where() + "groups 'dataset' needs several calibration datasets, but there is one",
          "name another dataset, or set groups to a number of shards");
    }
    if (calibration.moments() != null) {
      if (!networks.groups().equals(new Groups.Shards(1))) {
        throw needsText("networks in groups");
      }
      if (networks.method() == Networks.Method.TEMPORAL_ICA) {
        throw needsText("method 'temporal-ica'");
      }
    }
    return networks;
  }

  /** What the loss minds is measured with the model on text. */
  private void requireText(CalibrationSection calibration, Prune prune) {
    if (calibration.moments() != null) {
      measured(prune)
          .findFirst()
          .ifPresent(
              what -> {
                throw needsText(what);
              });
    }
  }

  private static Stream<String> measured(Prune prune) {
    AllocationRule rule = prune.allocationRule();
    return Stream.concat(
        rule.isPriced() ? Stream.of("allocation '" + Names.of(rule) + "'") : Stream.of(),
        prune.weighting() == Weighting.LESIONS
            ? Stream.of("weighting '" + Names.of(prune.weighting()) + "'")
            : Stream.of());
  }

  private UsageException needsText(String what) {
    return new UsageException(
        where() + what + " needs calibration text; captured moments will not do",
        "give a dataset instead of moments");
  }

  private String where() {
    return root.line() == 0 ? "" : root.file() + ": ";
  }

  private Device device() {
    Setting setting = top.find("device", Flag.DEVICE);
    if (setting == null) {
      return Device.AUTO;
    }
    return Device.parse(setting.string())
        .orElseThrow(
            () -> setting.refuse("is not known; allowed: auto, cpu, cuda, cuda:N", "try auto"));
  }

  private Compensate compensate(CalibrationSection calibration) {
    RecipeSource source = new RecipeSource(root.mapping("compensate", COMPENSATE), flags);
    Setting sequential = source.find("sequential", Flag.SEQUENTIAL);
    Setting ridge = source.find("ridge", Flag.RIDGE);
    CompensationMethod method =
        source.oneOf(
            "method",
            Flag.COMPENSATE,
            Names.all(CompensationMethod.class),
            CompensationMethod.LEAST_SQUARES);
    if (isYes(sequential) && method != CompensationMethod.LEAST_SQUARES) {
      throw requireNonNull(sequential)
          .refuse(
              "needs compensation 'least-squares', not '" + Names.of(method) + "'",
              "leave sequential out");
    }
    if (isYes(sequential) && calibration.moments() != null) {
      throw requireNonNull(sequential)
          .refuse(
              "needs calibration text; captured moments will not do",
              "give a dataset instead of moments, or leave sequential out");
    }
    return new Compensate(
        method,
        isSaid(ridge) ? requireNonNull(ridge).positive(false) : null,
        isSaid(sequential) ? requireNonNull(sequential).bool() : null);
  }

  private static boolean isYes(@Nullable Setting sequential) {
    return isSaid(sequential) && requireNonNull(sequential).bool();
  }

  private static boolean isSaid(@Nullable Setting setting) {
    return setting != null && !setting.text().equals("auto");
  }

  private Recipe.Search search() {
    RecipeSource source =
        new RecipeSource(root.mapping("search", ImmutableList.of("seconds")), flags);
    return new Recipe.Search(
        source.integer("seconds", Flag.SEARCH_SECONDS, 1, DAY, SEARCH_SECONDS));
  }

  private void requireCalibration(
      CalibrationSection calibration, Prune prune, CompensationMethod method) {
    List<String> users = new ArrayList<>();
    if (!BLIND.contains(prune.selector())) {
      users.add("selector '" + Names.of(prune.selector()) + "'");
    }
    measured(prune).forEach(users::add);
    if (method != CompensationMethod.NONE) {
      users.add("compensation '" + Names.of(method) + "'");
    }
    if (calibration.text() == null && calibration.moments() == null && !users.isEmpty()) {
      throw new UsageException(
          where()
              + "calibration text is missing, but "
              + String.join(" and ", users)
              + " must see activations",
          "give "
              + (where().isEmpty() ? "--calibration FILE" : "calibration: {dataset: FILE}")
              + ", or use selector random or magnitude with compensation none");
    }
  }
}
