package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the command {@code sweep} goes through.
 *
 * @param networks numbers of networks per unit, ascending
 * @param given whether they were asked for; else those that no unit is wide enough for are left out
 * @param sparsities shares of the targets' parameters to mask, ascending, each in (0, 1)
 */
public record SweepOptions(
    ImmutableIntArray networks, boolean given, ImmutableDoubleArray sparsities) {

  /** The flags, without their dashes. */
  public static final String NETWORKS = "networks";

  public static final String SPARSITIES = "sparsities";

  /** What is gone through where nothing is asked for. */
  public static final SweepOptions DEFAULT =
      new SweepOptions(
          ImmutableIntArray.of(8, 16, 32, 64, 128),
          false,
          ImmutableDoubleArray.of(0.1, 0.3, 0.5, 0.7, 0.9));

  private static final int MANY = 1 << 20;

  /**
   * Reads flags.
   *
   * @param flags a flag's text; null where it was not given
   * @throws org.fnprune.common.UsageException for values out of range
   */
  public static SweepOptions read(Function<String, @Nullable String> flags) {
    String networks = flags.apply(NETWORKS);
    String sparsities = flags.apply(SPARSITIES);
    return new SweepOptions(
        networks == null
            ? DEFAULT.networks
            : ImmutableIntArray.copyOf(
                elements(NETWORKS, networks, "10,64,128").stream()
                    .mapToInt(k -> k.integer(1, MANY))
                    .distinct()
                    .sorted()),
        networks != null,
        sparsities == null
            ? DEFAULT.sparsities
            : ImmutableDoubleArray.copyOf(
                elements(SPARSITIES, sparsities, "0.3,0.5,0.7").stream()
                    .mapToDouble(r -> r.fraction("0.5"))
                    .distinct()
                    .sorted()));
  }

  private static ImmutableList<Setting> elements(String flag, String text, String usual) {
    Setting all = Setting.word("--" + flag, Path.of(""), text);
    if (all.elements().isEmpty()) {
      throw all.refuse("must name at least one number", "try --" + flag + " " + usual);
    }
    return all.elements();
  }
}
