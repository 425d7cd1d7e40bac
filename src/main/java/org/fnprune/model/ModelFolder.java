package org.fnprune.model;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.fnprune.common.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * A model as it is shipped: the .onnx file and the files beside it.
 *
 * @param root the folder that is copied
 * @param onnxFile the model file, inside {@code root} or its {@code onnx} subfolder
 * @param whole whether the user named the folder (everything in it is copied) or only the file
 *     (then only well-known companions are)
 */
public record ModelFolder(Path root, Path onnxFile, boolean whole) {

  private static final ImmutableList<String> COMPANIONS =
      ImmutableList.of(
          "config.json",
          "generation_config.json",
          "genai_config.json",
          "preprocessor_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "tokenizer.model",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "vocab.txt",
          "merges.txt");

  private static final long LARGEST_JSON = 1 << 26;

  /** Graphs of encoder/decoder pairs, the one with most of the weights first. */
  private static final ImmutableList<String> PARTS =
      ImmutableList.of("decoder_model_merged.onnx", "decoder_model.onnx", "encoder_model.onnx");

  /**
   * Finds the model that {@code path} names: an .onnx file, or a folder. Of a folder's graphs the
   * first of these is taken: {@code model.onnx}, {@code onnx/model.onnx}, the decoder that {@code
   * genai_config.json} names, the only .onnx file (in the folder, or else in {@code onnx}), {@code
   * decoder_model_merged.onnx}, {@code decoder_model.onnx}, {@code encoder_model.onnx}. The others
   * stay as they are: see {@link #otherModels}.
   *
   * @throws UsageException when there is none, or more than one to choose from
   */
  public static ModelFolder open(Path path) {
    if (Files.isRegularFile(path)) {
      return new ModelFolder(parent(path), path.toAbsolutePath(), false);
    }
    if (!Files.isDirectory(path)) {
      throw new UsageException(
          "model '" + path + (Files.exists(path) ? "' is not a file" : "' does not exist"),
          "give an .onnx file or a folder that has one");
    }
    Path folder = path.toAbsolutePath();
    return new ModelFolder(folder, mainFile(path, folder), true);
  }

  private static Path mainFile(Path path, Path folder) {
    List<Path> found = onnxFiles(folder);
    List<Path> below = onnxFiles(folder.resolve("onnx"));
    List<Path> choices =
        Stream.of(
                Stream.of(
                    folder.resolve("model.onnx"), folder.resolve("onnx").resolve("model.onnx")),
                genaiFile(folder).stream(),
                only(found),
                found.isEmpty() ? only(below) : Stream.<Path>empty(),
                PARTS.stream()
                    .flatMap(
                        name ->
                            Stream.of(folder.resolve(name), folder.resolve("onnx").resolve(name))))
            .flatMap(s -> s)
            .filter(Files::isRegularFile)
            .toList();
    if (!choices.isEmpty()) {
      return choices.get(0);
    }
    List<Path> all = found.isEmpty() ? below : found;
    throw new UsageException(
        all.isEmpty()
            ? "folder '" + path + "' has no .onnx file"
            : "folder '"
                + path
                + "' has several .onnx files: "
                + all.stream().map(f -> f.getFileName().toString()).toList(),
        all.isEmpty() ? "give an .onnx file or a folder that has one" : "name one of them");
  }

  private static Stream<Path> only(List<Path> files) {
    return files.size() == 1 ? files.stream() : Stream.empty();
  }

  /** The decoder that a GenAI folder names, if it lies inside the folder. */
  private static Optional<Path> genaiFile(Path folder) {
    Path config = folder.resolve("genai_config.json");
    if (!Files.isRegularFile(config)) {
      return Optional.empty();
    }
    @Nullable JsonElement at = readObject(config);
    for (String key : List.of("model", "decoder", "filename")) {
      at = at != null && at.isJsonObject() ? at.getAsJsonObject().get(key) : null;
    }
    if (at == null || !at.isJsonPrimitive()) {
      return Optional.empty();
    }
    String name = at.getAsString();
    return onnxFiles(folder).stream().filter(f -> f.endsWith(name)).findFirst();
  }

  /** The folder that a file lies in. */
  static Path parent(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent());
  }

  private static List<Path> onnxFiles(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.getFileName().toString().endsWith(".onnx")).sorted().toList();
    } catch (IOException e) {
      throw new UsageException(
          "folder '" + folder + "' cannot be listed: " + e.getMessage(),
          "check its permissions",
          e);
    }
  }

  /** The tokenizer's file, if the folder has one. */
  public Optional<Path> tokenizer() {
    return companion("tokenizer.json");
  }

  /** A file beside the model, or in the folder above an {@code onnx} subfolder. */
  public Optional<Path> companion(String name) {
    return Stream.of(onnxFile.resolveSibling(name), root.resolve(name))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** An integer of {@code config.json}, if it is there. */
  public Optional<Long> configNumber(String key) {
    return config()
        .map(c -> c.get(key))
        .filter(v -> v.isJsonPrimitive() && v.getAsJsonPrimitive().isNumber())
        .map(v -> whole(key, v));
  }

  private Long whole(String key, JsonElement value) {
    try {
      return value.getAsBigDecimal().longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw new UsageException(
          root.resolve("config.json") + ": " + key + " " + value + " is not a whole number",
          "mend or remove the file",
          e);
    }
  }

  /**
   * {@code config.json} as an object, if it is there.
   *
   * @throws UsageException when it is not a JSON object, or larger than 64 MiB
   */
  public Optional<JsonObject> config() {
    return json("config.json");
  }

  /**
   * A companion as an object, if it is there.
   *
   * @throws UsageException when it is not a JSON object
   */
  public Optional<JsonObject> json(String name) {
    return companion(name).map(ModelFolder::readObject);
  }

  /**
   * {@code genai_config.json} as an object, if it is there.
   *
   * @throws UsageException when it is not a JSON object
   */
  public Optional<JsonObject> genaiConfig() {
    return companion("genai_config.json").map(ModelFolder::readObject);
  }

  private static JsonObject readObject(Path file) {
    try {
      if (Files.size(file) > LARGEST_JSON) {
        throw new UsageException(
            file + " has " + Files.size(file) + " bytes; allowed: at most " + LARGEST_JSON,
            "is this the right file?");
      }
      return JsonParser.parseString(Files.readString(file, StandardCharsets.UTF_8))
          .getAsJsonObject();
    } catch (JsonParseException | IllegalStateException | IOException e) {
      throw new UsageException(
          file + " is not a readable JSON object: " + e.getMessage(), "mend or remove the file", e);
    }
  }

  /**
   * The files to copy beside a slim model, relative to {@link #root()}: all but the model itself.
   *
   * @throws IOException when the folder cannot be listed
   */
  public List<Path> otherFiles() throws IOException {
    if (!whole) {
      return COMPANIONS.stream()
          .filter(name -> Files.isRegularFile(root.resolve(name)))
          .map(Path::of)
          .toList();
    }
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .filter(f -> !f.equals(onnxFile))
          .map(root::relativize)
          .sorted()
          .toList();
    }
  }

  /**
   * Other graphs of a whole folder, such as the encoder of a decoder, relative to {@link #root()}:
   * they are copied as they are.
   *
   * @throws IOException when the folder cannot be listed
   */
  public List<Path> otherModels() throws IOException {
    return otherFiles().stream()
        .filter(f -> f.getFileName().toString().endsWith(".onnx") && !holdsThisModel(f))
        .toList();
  }

  /**
   * Whether a file holds the dense weights of this very model, which a slim folder must not carry
   * along: its data, or it in another type ({@code model_fp16.onnx}).
   */
  public boolean holdsThisModel(Path file) {
    String name = file.getFileName().toString();
    String own = onnxFile.getFileName().toString();
    String stem = own.replaceFirst("\\.onnx$", "");
    boolean model = name.matches("(?s).*\\.onnx([._]data.*)?");
    return model && (name.startsWith(stem + "_") || name.startsWith(own));
  }
}
