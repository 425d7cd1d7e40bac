package org.fnprune.verify;

import com.google.common.primitives.ImmutableDoubleArray;
import org.fnprune.recipe.TaskKind;

/** What is done to pixel values before a model sees them. */
final class Pixels {

  private Pixels() {}

  /**
   * (value · rescale − mean)/std for each channel.
   *
   * @param values channels × height × width, changed in place
   */
  static void normalise(float[] values, int channels, double rescale, TaskKind.Pixels rule) {
    int plane = values.length / channels;
    for (int i = 0; i < values.length; i++) {
      int channel = i / plane;
      values[i] =
          (float) ((values[i] * rescale - of(rule.mean(), channel)) / of(rule.std(), channel));
    }
  }

  /** One value is for all channels. */
  private static double of(ImmutableDoubleArray values, int channel) {
    return values.get(Math.min(channel, values.length() - 1));
  }

  /** Whether the numbers of values fit. */
  static boolean fits(int channels, TaskKind.Pixels rule) {
    return fits(channels, rule.mean()) && fits(channels, rule.std());
  }

  private static boolean fits(int channels, ImmutableDoubleArray values) {
    return values.length() == 1 || values.length() == channels;
  }
}
