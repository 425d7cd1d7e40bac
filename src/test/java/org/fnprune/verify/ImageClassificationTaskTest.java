package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableIntArray;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.fnprune.common.Failures;
import org.fnprune.data.Datasets;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraph;
import org.fnprune.recipe.TaskReader;
import org.fnprune.runtime.RuntimeOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageClassificationTaskTest {

  @TempDir private Path folder;

  private LabelledTask load(String keys) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("task.yaml"),
            "{name: t, type: image-classification, batch_size: 2, " + keys + "}");
    return (LabelledTask)
        Tasks.load(
            TaskReader.read(file),
            new Datasets(false),
            () -> {
              throw new IllegalStateException("images need no tokenizer");
            },
            TextMarks.NONE,
            0);
  }

  private String failure(String keys) {
    return Failures.of(() -> load(keys).evaluate(brightest(new ArrayList<>())))
        .replace(folder + "/", "");
  }

  /** Writes an image of one colour. */
  private void image(String name, int rgb, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, rgb);
      }
    }
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    try (OutputStream out = Files.newOutputStream(file)) {
      ImageIO.write(image, "png", out);
    }
  }

  private void array(String name, String type, String shape, byte[] values) throws IOException {
    String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
    String padded = header + " ".repeat(117 - header.length()) + "\n";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
    out.write(padded.getBytes(StandardCharsets.US_ASCII));
    out.write(values);
    Files.write(folder.resolve(name), out.toByteArray());
  }

  /** The logit of a class is the mean of a channel; classes behind the last channel have 0. */
  private static Model brightest(List<float[]> seen) {
    return FakeModel.ofImages(
        images -> {
          float[] pixels = images.pixels().copy();
          seen.add(pixels);
          int plane = images.height() * images.width();
          float[] logits = new float[images.count() * 7];
          for (int i = 0; i < pixels.length; i++) {
            int image = i / plane / images.channels();
            logits[image * 7 + i / plane % images.channels()] += pixels[i] / plane;
          }
          return FakeModel.logits(logits, images.count(), 7);
        });
  }

  @Test
  void foldersAreClassesAndImagesAreNormalised() throws IOException {
    image("d/b-red/1.png", 0xff0000, 4, 4);
    image("d/c-green/1.png", 0x00ff00, 4, 4);
    image("d/c-green/2.png", 0xff8000, 4, 4);
    image("d/d-blue/x.png", 0x0000ff, 4, 4);
    Files.writeString(folder.resolve("d/d-blue/notes.txt"), "no image");
    List<float[]> seen = new ArrayList<>();
    LabelledTask task = load("dataset: d, mean: [0.5, 0, 0], std: [0.5, 1, 2]");
    TaskScores scores = task.evaluate(brightest(seen));
    // Each class's first image comes first.
    assertThat(IntStream.range(0, 4).mapToObj(i -> task.example(i).get("input").getAsString()))
        .containsExactly("b-red/1.png", "c-green/1.png", "d-blue/x.png", "c-green/2.png");
    assertThat(((Proportion) scores.metrics().get(0)).correct())
        .isEqualTo(ImmutableIntArray.of(1, 1, 1, 0));
    assertThat(scores.metrics().get(1).metric()).isEqualTo("top5");
    assertThat(scores.metrics().get(1).value()).isEqualTo(1);
    float[] first = seen.get(0);
    assertThat(first).hasSize(2 * 3 * 16);
    assertThat(first[0]).isCloseTo(1, within(1e-6f));
    assertThat(first[3 * 16]).isCloseTo(-1, within(1e-6f));
    assertThat(seen.get(1)[2 * 16]).isCloseTo(0.5f, within(1e-6f));
  }

  @Test
  void rowsNameImagesAndClasses() throws IOException {
    image("pictures/1.png", 0x00ff00, 8, 4);
    image("pictures/2.png", 0x0000ff, 4, 8);
    Files.writeString(
        folder.resolve("d.csv"), "file,kind\npictures/1.png,green\npictures/2.png,red\n");
    String keys = "dataset: d.csv, image: file, label: kind, labels: [red, green, a, b, c, d, e]";
    TaskScores scores = load(keys + ", resize: 2, crop: 2").evaluate(brightest(new ArrayList<>()));
    assertThat(scores.metrics().get(0).value()).isEqualTo(0.5);
    assertThat(scores.predictions().apply(1).getAsString()).isEqualTo("a");
    assertThat(failure(keys))
        .isEqualTo(
            "task 't': image pictures/2.png becomes 8 × 4, others 4 × 8"
                + " | set 'crop', or 'resize: [HEIGHT, WIDTH]'");
    assertThat(failure(keys + ", crop: 5"))
        .startsWith("image pictures/1.png is 4 × 8, smaller than crop 5");
    Files.writeString(folder.resolve("e.csv"), "image,label\nno.png,0\n");
    assertThat(failure("dataset: e.csv"))
        .isEqualTo(
            "e.csv:2: image 'no.png' does not exist | paths are relative to the dataset's folder");
  }

  @Test
  void anArrayOfBytesIsRescaledAndOneOfFloatsIsNot() throws IOException {
    byte[] bytes = new byte[2 * 3 * 1 * 2];
    bytes[4] = (byte) 255;
    bytes[6] = 51;
    array("x.npy", "|u1", "(2, 3, 1, 2)", bytes);
    array("y.npy", "|u1", "(2,)", new byte[] {2, 0});
    List<float[]> seen = new ArrayList<>();
    TaskScores scores = load("dataset: x.npy, label: y.npy").evaluate(brightest(seen));
    assertThat(scores.metrics().get(0).value()).isEqualTo(1);
    assertThat(seen.get(0)[4]).isEqualTo(1);
    assertThat(seen.get(0)[6]).isCloseTo(0.2f, within(1e-7f));
    ByteBuffer floats = ByteBuffer.allocate(12 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    floats.asFloatBuffer().put(8, 3);
    array("f.npy", "<f4", "(2, 3, 1, 2)", floats.array());
    load("dataset: f.npy, label: y.npy, mean: 1, std: 2").evaluate(brightest(seen));
    assertThat(seen.get(1)[8]).isEqualTo(1);
    assertThat(seen.get(1)[0]).isEqualTo(-0.5f);
  }

  @Test
  void arraysThatDoNotFitAreRefused() throws IOException {
    array("x.npy", "|u1", "(2, 3, 1, 2)", new byte[12]);
    array("y.npy", "|u1", "(3,)", new byte[3]);
    array("short.npy", "|u1", "(2, 3, 1, 2)", new byte[11]);
    array("flat.npy", "|u1", "(3, 4)", new byte[12]);
    assertThat(failure("dataset: x.npy, label: y.npy"))
        .startsWith("y.npy does not hold 2 class numbers, one for each image");
    assertThat(failure("dataset: short.npy, label: y.npy"))
        .startsWith("cannot read short.npy: its shape [2, 3, 1, 2] needs 12 bytes but 11 follow");
    assertThat(failure("dataset: flat.npy, label: y.npy"))
        .startsWith("flat.npy has shape [3, 4]; wanted: images × channels × height × width");
    assertThat(failure("dataset: x.npy")).contains("label does not exist");
    assertThat(failure("dataset: x.npy, label: y.npy, crop: 2"))
        .contains("resize and crop are for image files");
  }

  @Test
  void aFileThatIsNoImageIsRefused() throws IOException {
    Files.createDirectories(folder.resolve("d/a"));
    Files.writeString(folder.resolve("d/a/1.png"), "text");
    assertThat(failure("dataset: d"))
        .isEqualTo(
            "image d/a/1.png cannot be read: it is no image of a known format"
                + " | allowed: PNG, JPEG, BMP and GIF files");
    assertThat(failure("dataset: d, labels: [b, c]"))
        .startsWith("folder d/a is no class; allowed: b, c");
  }

  @Test
  void pixelsReachTheModelsImageInput() {
    TinyGraph g = TinyGraph.create(1);
    String pixels = g.input("pixel_values", "batch", 1, 2, 2);
    OnnxModel model =
        g.output(
            g.op("Flatten", TinyGraph.integer("axis", 1), g.op("Add", pixels, g.scalar(1))),
            "logits");
    Images images = new Images(2, 1, 2, 2, () -> new float[] {0, 1, 2, 3, 4, 5, 6, 7});
    try (OnnxPredictor predictor = OnnxPredictor.open(model, RuntimeOptions.cpu(1))) {
      Logits logits = predictor.predict(images);
      assertThat(logits.shape().asList()).containsExactly(2, 4);
      assertThat(logits.values().get(5)).isEqualTo(6);
    }
  }

  /** Pillow 12.3: Image.fromarray(uint8).resize((3, 2), BILINEAR), and to (5, 3). */
  @Test
  void resizingIsPillows() {
    float[] image = {0, 50, 100, 255, 10, 60, 110, 5, 20, 70, 120, 200, 90, 80, 30, 250};
    assertThat(Resampling.resize(image, 4, 4, 2, 3)).containsExactly(22, 82, 130, 56, 76, 159);
    assertThat(Resampling.resize(image, 4, 4, 3, 5))
        .containsExactly(3, 38, 78, 126, 180, 15, 50, 90, 112, 103, 69, 75, 67, 110, 235);
  }
}
