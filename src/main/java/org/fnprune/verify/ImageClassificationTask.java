package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonObject;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.util.Locale;
import java.util.stream.IntStream;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.TaskDefinition;
import org.fnprune.recipe.TaskKind;

/**
 * Sorts images into classes: whether the right one has the largest logit, and one of the five
 * largest. Images are read in batches, so that only one is in memory.
 */
final class ImageClassificationTask extends LoadedTask implements LabelledTask {

  private static final int TOP = 5;

  private final ImageSource source;
  private final Labels labels;
  private final int count;

  private ImageClassificationTask(
      TaskDefinition definition, ImageSource source, Labels labels, int limit) {
    super(definition, 0);
    this.source = source;
    this.labels = labels;
    this.count = limit > 0 ? Math.min(limit, source.count()) : source.count();
  }

  /**
   * Finds the images and their classes.
   *
   * @throws UsageException for an unusable dataset
   */
  static ImageClassificationTask load(
      TaskDefinition definition, TaskKind.ImageClassification kind, TaskInputs inputs) {
    ImageSource source = source(definition, kind, inputs);
    if (source.count() == 0) {
      throw new UsageException(
          "task '" + definition.name() + "': no images in " + definition.dataset(),
          "put one folder per class there, with PNG, JPEG, BMP or GIF files");
    }
    return new ImageClassificationTask(
        definition, source, new Labels(kind.labels()), inputs.limit());
  }

  private static ImageSource source(
      TaskDefinition definition, TaskKind.ImageClassification kind, TaskInputs inputs) {
    boolean array = definition.dataset().toString().toLowerCase(Locale.ROOT).endsWith(".npy");
    if (array) {
      return ImageArray.open(definition, kind);
    }
    if (!Pixels.fits(ImageFile.CHANNELS, kind.pixels())) {
      throw new UsageException(
          "task '"
              + definition.name()
              + "': mean and std need one number, or one for each of red,"
              + " green and blue",
          "write [0.5, 0.5, 0.5]");
    }
    if (Files.isDirectory(definition.dataset())) {
      return ImageFiles.ofFolder(definition, kind);
    }
    return ImageFiles.ofRows(definition, kind, inputs);
  }

  @Override
  public int longest() {
    return 0;
  }

  @Override
  public JsonObject example(int index) {
    return SampleLog.example(SampleLog.text(source.name(index)), labels.json(source.gold(index)));
  }

  @Override
  public TaskScores evaluate(Model model) {
    int[] said = new int[count];
    int[] before = new int[count];
    for (int start = 0; start < count; start += batchSize()) {
      int size = Math.min(batchSize(), count - start);
      Logits logits = model.predict(images(start, size));
      LogitRows.requireImageClassifier(name(), size, logits);
      int classes = logits.classes();
      labels.requireClasses(name(), classes);
      for (int row = 0; row < size; row++) {
        int gold = source.gold(start + row);
        requireClass(start + row, gold, classes);
        said[start + row] = LogitRows.argmax(logits.values(), row * classes, classes);
        before[start + row] = before(logits.values(), row * classes, classes, gold);
      }
    }
    return new TaskScores(
        name(),
        ImmutableList.of(
            Proportion.of("top1", count, i -> said[i] == source.gold(i)),
            Proportion.of("top5", count, i -> said[i] >= 0 && before[i] < TOP)),
        i -> labels.json(said[i]),
        LogitRows.missing(said));
  }

  private void requireClass(int index, int gold, int classes) {
    if (gold >= classes) {
      throw new UsageException(
          "task '"
              + name()
              + "': image "
              + source.name(index)
              + " is of class "
              + gold
              + ", but the model has "
              + classes
              + " classes: 0 to "
              + (classes - 1),
          "does the dataset belong to this model?");
    }
  }

  /** Classes that come before the right one: with a larger logit, or an equal one and first. */
  private static int before(FloatBuffer values, int start, int classes, int gold) {
    float own = values.get(start + gold);
    return (int)
        IntStream.range(0, classes)
            .filter(c -> values.get(start + c) > own || (values.get(start + c) == own && c < gold))
            .count();
  }

  private Images images(int start, int size) {
    ImmutableList<ImageSource.Picture> pictures =
        IntStream.range(start, start + size)
            .mapToObj(source::picture)
            .collect(ImmutableList.toImmutableList());
    ImageSource.Picture first = pictures.get(0);
    for (int i = 1; i < size; i++) {
      ImageSource.Picture other = pictures.get(i);
      if (other.height() != first.height() || other.width() != first.width()) {
        throw new UsageException(
            "task '"
                + name()
                + "': image "
                + source.name(start + i)
                + " becomes "
                + other.height()
                + " × "
                + other.width()
                + ", others "
                + first.height()
                + " × "
                + first.width(),
            "set 'crop', or 'resize: [HEIGHT, WIDTH]'");
      }
    }
    return new Images(
        size,
        first.channels(),
        first.height(),
        first.width(),
        () -> {
          int each = first.channels() * first.height() * first.width();
          float[] all = new float[Math.multiplyExact(size, each)];
          for (int i = 0; i < size; i++) {
            System.arraycopy(pictures.get(i).values().copy(), 0, all, i * each, each);
          }
          return all;
        });
  }
}
