package org.fnprune.recipe;

import java.nio.file.Path;
import java.util.function.Function;
import org.fnprune.common.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * What the command {@code lesion} does to neurons.
 *
 * @param factor that they are multiplied by: 0 masks them, more than 1 amplifies them
 * @param share of all neurons that the union of all supports holds where the recipe has no
 *     threshold, in (0, 1)
 * @param draws of random neurons, to compare with
 * @param randomShare of all neurons that the larger random lesions take, in (0, 1)
 */
public record LesionOptions(double factor, double share, int draws, double randomShare) {

  /** The flags, without their dashes. */
  public static final String AMPLIFY = "amplify";

  public static final String SHARE = "share";
  public static final String DRAWS = "draws";
  public static final String RANDOM_SHARE = "random-share";

  /** Masks, under 2% of the neurons, beside 15% at random (2502.20408, tables 4 to 7). */
  public static final LesionOptions DEFAULT = new LesionOptions(0, 0.02, 3, 0.15);

  private static final int MANY = 1000;

  /**
   * Reads flags.
   *
   * @param flags a flag's text; null where it was not given
   * @param threshold the recipe's
   * @throws UsageException for values out of range and flags without effect
   */
  public static LesionOptions read(
      Function<String, @Nullable String> flags, Networks.Threshold threshold) {
    Setting factor = setting(flags, AMPLIFY);
    Setting share = setting(flags, SHARE);
    Setting draws = setting(flags, DRAWS);
    Setting randomShare = setting(flags, RANDOM_SHARE);
    if (share != null && !(threshold instanceof Networks.Threshold.Budget)) {
      throw new UsageException(
          "flag '--share' does nothing with a threshold of its own",
          "leave it out, or set the threshold to auto");
    }
    if (factor != null && factor.positive(true) == 1) {
      throw factor.refuse("changes nothing", "try 0 (masks) or 2");
    }
    return new LesionOptions(
        factor == null ? DEFAULT.factor : factor.positive(true),
        share == null ? DEFAULT.share : share.fraction("0.02"),
        draws == null ? DEFAULT.draws : draws.integer(1, MANY),
        randomShare == null ? DEFAULT.randomShare : randomShare.fraction("0.15"));
  }

  private static @Nullable Setting setting(Function<String, @Nullable String> flags, String flag) {
    String text = flags.apply(flag);
    return text == null ? null : Setting.word("--" + flag, Path.of(""), text);
  }
}
