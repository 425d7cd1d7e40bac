package org.fnprune.verify;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Npy;
import org.fnprune.linalg.NpyItems;
import org.fnprune.recipe.TaskDefinition;
import org.fnprune.recipe.TaskKind;

/**
 * Images in a {@code .npy} file of images × channels × height × width, their classes in another.
 * Whole numbers are pixels from 0 to 255 and are rescaled, floats are not.
 *
 * @param golds the class of each image
 */
record ImageArray(NpyItems items, ImmutableIntArray golds, TaskKind.Pixels rule)
    implements ImageSource {

  private static final int AXES = 4;

  /**
   * Reads the headers and the classes.
   *
   * @throws UsageException when either is no such array
   */
  static ImageArray open(TaskDefinition definition, TaskKind.ImageClassification kind) {
    Path labels = Objects.requireNonNull(definition.dataset().getParent()).resolve(kind.label());
    if (!Files.isRegularFile(labels)) {
      throw new UsageException(
          "task '" + definition.name() + "': labels file " + labels + " does not exist",
          "name the .npy file with the class of each image: 'label: labels.npy'");
    }
    if (!kind.pixels().resize().isEmpty() || kind.pixels().crop() > 0) {
      throw new UsageException(
          "task '" + definition.name() + "': resize and crop are for image files, not for arrays",
          "save the array in the model's size");
    }
    try {
      NpyItems items = NpyItems.open(definition.dataset());
      double[] classes = Npy.read(labels).toArray();
      requireFit(items, labels, classes, kind.pixels());
      return new ImageArray(
          items,
          ImmutableIntArray.copyOf(Arrays.stream(classes).mapToInt(c -> (int) c)),
          kind.pixels());
    } catch (IOException e) {
      throw new UsageException(
          "task '" + definition.name() + "': " + e.getMessage(), "check the files", e);
    }
  }

  private static void requireFit(
      NpyItems items, Path labels, double[] classes, TaskKind.Pixels rule) {
    if (items.shape().length() != AXES || !Pixels.fits(items.shape().get(1), rule)) {
      throw new UsageException(
          items.file()
              + " has shape "
              + items.shape()
              + "; wanted: images × channels × height × width, with a mean and std of each channel",
          "transpose it with numpy.moveaxis(array, -1, 1) if channels come last");
    }
    if (classes.length != items.count()
        || Arrays.stream(classes).anyMatch(c -> c < 0 || c != Math.rint(c))) {
      throw new UsageException(
          labels + " does not hold " + items.count() + " class numbers, one for each image",
          "save the class of each image: 0, 1, …");
    }
  }

  @Override
  public int count() {
    return items.count();
  }

  @Override
  public String name(int index) {
    return String.valueOf(index);
  }

  @Override
  public int gold(int index) {
    return golds.get(index);
  }

  @Override
  public Picture picture(int index) {
    try {
      float[] values = items.item(index);
      int channels = items.shape().get(1);
      Pixels.normalise(values, channels, items.isInteger() ? rule.rescale() : 1, rule);
      return new Picture(channels, items.shape().get(2), items.shape().get(3), () -> values);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
