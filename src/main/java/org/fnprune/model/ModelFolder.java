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

  /**
   * Finds the model that {@code path} names: an .onnx file, or a folder with {@code model.onnx},
   * {@code onnx/model.onnx} or exactly one .onnx file.
   *
   * @throws UsageException when there is none, or more than one to choose from
   */
  public static ModelFolder open(Path path) {
    if (Files.isRegularFile(path)) {
      return new ModelFolder(parent(path), path.toAbsolutePath(), false);
    }
    if (!Files.isDirectory(path)) {
      throw new UsageException(
          "model '" + path + "' does not exist", "give an .onnx file or a folder that has one");
    }
    Path folder = path.toAbsolutePath();
    for (Path usual :
        List.of(folder.resolve("model.onnx"), folder.resolve("onnx").resolve("model.onnx"))) {
      if (Files.isRegularFile(usual)) {
        return new ModelFolder(folder, usual, true);
      }
    }
    List<Path> found = onnxFiles(folder);
    if (found.size() == 1) {
      return new ModelFolder(folder, found.get(0), true);
    }
    throw new UsageException(
        found.isEmpty()
            ? "folder '" + path + "' has no .onnx file"
            : "folder '"
                + path
                + "' has several .onnx files: "
                + found.stream().map(f -> f.getFileName().toString()).toList(),
        found.isEmpty() ? "give an .onnx file or a folder that has one" : "name one of them");
  }

  /** The folder that a file lies in. */
  static Path parent(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent());
  }

  private static List<Path> onnxFiles(Path folder) {
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
        .map(JsonElement::getAsLong);
  }

  /**
   * {@code config.json} as an object, if it is there.
   *
   * @throws UsageException when it is not a JSON object
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

  private static JsonObject readObject(Path file) {
    try {
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
}
