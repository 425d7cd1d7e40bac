package org.fnprune.recipe;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.fnprune.recipe.Recipe.Budget;
import org.fnprune.recipe.Recipe.Calibration;
import org.fnprune.recipe.Recipe.Latency;
import org.fnprune.recipe.Recipe.Verify;
import org.jspecify.annotations.Nullable;

/**
 * Writes the resolved recipe, every default spelt out, in a fixed order of keys. {@link
 * RecipeReader} reads an equal recipe back.
 */
public final class RecipeWriter {

  private final StringBuilder yaml = new StringBuilder();

  private RecipeWriter() {}

  /** The recipe as YAML. */
  public static String toYaml(Recipe recipe) {
    return new RecipeWriter().write(recipe);
  }

  /** The section {@code networks} alone, without its head. */
  public static String toYaml(Networks networks) {
    RecipeWriter writer = new RecipeWriter();
    writer.networks(networks);
    return writer.yaml.toString().replaceFirst("^networks:\n", "").indent(-2);
  }

  private String write(Recipe recipe) {
    line("model", quote(recipe.model().toString()));
    line("output", quote(recipe.output().toString()));
    line("seed", recipe.seed());
    line("device", recipe.device().text());
    line("threads", recipe.threads());
    line("memory", recipe.memory() == 0 ? "auto" : recipe.memory());
    line("skip_bad_rows", recipe.skipBadRows());
    calibration(recipe.calibration());
    if (recipe.moments() != null) {
      section("calibration");
      line("  moments", quote(recipe.moments().toString()));
    }
    networks(recipe.networks());
    prune(recipe.prune());
    section("search");
    line("  seconds", recipe.search().seconds());
    section("compensate");
    line("  method", Names.of(recipe.compensate().method()));
    Double ridge = recipe.compensate().ridge();
    line("  ridge", ridge == null ? "auto" : plain(ridge));
    Boolean sequential = recipe.compensate().sequential();
    line("  sequential", sequential == null ? "auto" : sequential);
    verify(recipe.verify());
    return yaml.toString();
  }

  private void calibration(@Nullable Calibration calibration) {
    if (calibration == null) {
      return;
    }
    section("calibration");
    line("  dataset", quoted(calibration.datasets()));
    line("  text", quote(calibration.textField()));
    line("  lines", calibration.lines());
    line("  num_samples", calibration.numSamples());
    line("  sampling", Names.of(calibration.sampling()));
    line("  max_seq_length", calibration.maxSeqLength());
    line("  batch_size", calibration.batchSize());
    Recipe.Retain retain = calibration.retain();
    if (retain != null) {
      section("  retain");
      line("    dataset", quoted(retain.datasets()));
      line("    weight", plain(retain.weight()));
    }
  }

  private void networks(Networks networks) {
    section("networks");
    line("  method", Names.of(networks.method()));
    line("  source", Names.of(networks.signals()));
    line("  components", text(networks.components()));
    line("  threshold", text(networks.threshold()));
    line("  groups", text(networks.groups()));
    line("  grouping", Names.of(networks.grouping()));
    line("  algorithm", Names.of(networks.ica().algorithm()));
    line("  nonlinearity", Names.of(networks.ica().nonlinearity()));
    line("  restarts", networks.ica().restarts());
    line("  tolerance", plain(networks.ica().tolerance()));
    line("  max_iterations", networks.ica().maxIterations());
    line("  keep", Names.of(networks.ica().keep()));
  }

  private static Object text(Networks.Components components) {
    return components instanceof Networks.Components.Estimated estimated
        ? Names.of(estimated.by())
        : ((Networks.Components.Fixed) components).count();
  }

  private static String text(Networks.Threshold threshold) {
    if (threshold instanceof Networks.Threshold.Z z) {
      return quote("z:" + plain(z.z()));
    }
    if (threshold instanceof Networks.Threshold.Ratio ratio) {
      return quote("ratio:" + plain(ratio.ratio()));
    }
    if (threshold instanceof Networks.Threshold.Fdr fdr) {
      return quote("fdr:" + plain(fdr.rate()));
    }
    return "auto";
  }

  private static Object text(Networks.Groups groups) {
    if (groups instanceof Networks.Groups.Field field) {
      return quote("field:" + field.name());
    }
    return groups instanceof Networks.Groups.Shards shards ? shards.count() : "dataset";
  }

  private void prune(Recipe.Prune prune) {
    section("prune");
    line("  targets", prune.targets());
    if (prune.budget() instanceof Budget.Sparsity sparsity) {
      line("  sparsity", plain(sparsity.fraction()));
    } else if (prune.budget() instanceof Budget.Parameters parameters) {
      line("  parameters", plain(parameters.fraction()));
    }
    line("  selector", Names.of(prune.selector()));
    line("  form", Names.of(prune.form()));
    Double share = prune.protectedShare();
    line("  protected_share", share == null ? "auto" : plain(share));
    line("  weighting", Names.of(prune.weighting()));
    Recipe.AllocationRule allocation = prune.allocation();
    line("  allocation", allocation == null ? "auto" : Names.of(allocation));
    line("  protect", "{first: " + prune.protectFirst() + ", last: " + prune.protectLast() + "}");
    line("  max_per_layer", plain(prune.maxPerLayer()));
    line("  round_to", prune.roundTo());
  }

  private void verify(Verify verify) {
    section("verify");
    line("  tasks", quoted(verify.tasks()));
    if (verify.maxDrop() != null) {
      line("  max_drop", plain(verify.maxDrop()));
    }
    if (verify.limit() > 0) {
      line("  limit", verify.limit());
    }
    if (verify.logSamples()) {
      line("  log_samples", true);
    }
    Latency latency = verify.latency();
    if (latency == null) {
      line("  latency", false);
      return;
    }
    section("  latency");
    line("    batch_sizes", latency.batchSizes());
    line("    sequence_length", latency.sequenceLengths());
    line("    runs", latency.runs());
  }

  private static List<String> quoted(List<Path> paths) {
    return paths.stream().map(path -> quote(path.toString())).toList();
  }

  private void section(String key) {
    yaml.append(key).append(":\n");
  }

  private void line(String key, Object value) {
    yaml.append(key).append(": ").append(value).append('\n');
  }

  /** All digits of a number, without an exponent. */
  static String plain(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  /** A double-quoted YAML scalar; letters, digits and printable ASCII stay as they are. */
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
              } else if ((c >= ' ' && c < 0x7f) || Character.isLetterOrDigit(c)) {
                quoted.appendCodePoint(c);
              } else {
                quoted.append(String.format(Locale.ROOT, "\\U%08x", c));
              }
            });
    return quoted.append('"').toString();
  }
}
