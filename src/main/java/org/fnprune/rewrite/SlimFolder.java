package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.fnprune.common.AtomicFiles;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;

/**
 * Writes a slim model as a folder that can be deployed in place of the dense one: the same file
 * names, external data where the dense model had it, and every other file of the folder.
 *
 * <p>The dense model's {@code README.md} says what is not true of the slim one: it becomes {@code
 * README.dense.md}, and one that already is, from a model before that, {@code
 * README.dense.dense.md}.
 */
public final class SlimFolder {

  /** Protobuf stops at 2 GiB; leave room for the graph. */
  private static final long INLINE_LIMIT_BYTES = 1_800_000_000L;

  /** The slim model's card, which is written once its figures are known. */
  public static final String CARD = "README.md";

  /** What the dense model's card is called beside it. */
  public static final String DENSE_CARD = "README.dense.md";

  private SlimFolder() {}

  /**
   * Writes the folder {@code target}, which must not exist; it appears whole or not at all.
   *
   * @param dense the model that {@code source} holds; its data files are not copied
   * @param patched new contents of files such as {@code config.json}, by relative path
   * @throws IOException when writing fails
   */
  public static void write(
      OnnxModel dense, OnnxModel slim, ModelFolder source, Path target, Map<Path, String> patched)
      throws IOException {
    stage(dense, slim, source, source.otherFiles(), target, patched).publish();
  }

  /**
   * Writes the folder beside {@code target}, in place of one that was staged before, so that it can
   * be checked before it is put in its place.
   *
   * @param others the source's {@link ModelFolder#otherFiles()}, when its model was read
   * @throws IOException when writing fails
   */
  public static StagedFolder stage(
      OnnxModel dense,
      OnnxModel slim,
      ModelFolder source,
      List<Path> others,
      Path target,
      Map<Path, String> patched)
      throws IOException {
    Path part = target.resolveSibling("." + target.getFileName() + ".part");
    if (Files.exists(part)) {
      MoreFiles.deleteRecursively(part, RecursiveDeleteOption.ALLOW_INSECURE);
    }
    Files.createDirectories(part);
    Path onnx = part.resolve(source.root().relativize(source.onnxFile()).toString());
    MoreFiles.createParentDirectories(onnx);
    writeModel(dense, slim.nested(), onnx);
    Set<String> dataFiles = fileNames(dense);
    for (Path file : others) {
      if (!source.holdsThisModel(file) && !dataFiles.contains(file.getFileName().toString())) {
        Path copy = part.resolve(nameInSlim(file.toString()));
        MoreFiles.createParentDirectories(copy);
        Files.copy(source.root().resolve(file), copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    for (var entry : patched.entrySet()) {
      AtomicFiles.writeString(part.resolve(entry.getKey().toString()), entry.getValue());
    }
    return StagedFolder.of(part, onnx, target);
  }

  private static String nameInSlim(String file) {
    return file.matches("README(\\.dense)*\\.md") ? file.replaceFirst("md$", "dense.md") : file;
  }

  private static void writeModel(OnnxModel dense, OnnxModel slim, Path onnx) throws IOException {
    ModelProto proto = slim.proto();
    if (dense.hasExternalData() || proto.getSerializedSize() > INLINE_LIMIT_BYTES) {
      proto = WeightFile.moveOut(slim, onnx, weightFile(dense, onnx));
    }
    ModelProto written = proto;
    AtomicFiles.write(
        onnx,
        out -> {
          CodedOutputStream coded = CodedOutputStream.newInstance(out);
          coded.useDeterministicSerialization();
          written.writeTo(coded);
          coded.flush();
        });
  }

  /** The dense model's own name for it, if there is just one. */
  private static String weightFile(OnnxModel dense, Path onnx) {
    Set<String> files = fileNames(dense);
    return files.size() == 1 ? files.iterator().next() : onnx.getFileName() + "_data";
  }

  private static Set<String> fileNames(OnnxModel model) {
    return model.externalLocations().stream()
        .map(location -> Path.of(location).getFileName().toString())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
