package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.io.CountingOutputStream;
import com.google.common.io.MoreFiles;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.fnprune.common.AtomicFiles;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TensorData;

/**
 * Writes a slim model as a folder that can be deployed in place of the dense one: the same file
 * names, external data where the dense model had it, and every other file of the folder.
 */
public final class SlimFolder {

  /** Smaller tensors stay inside the model file, as other exporters do. */
  private static final int EXTERNAL_FROM_BYTES = 1024;

  /** Protobuf stops at 2 GiB; leave room for the graph. */
  private static final long INLINE_LIMIT_BYTES = 1_800_000_000L;

  private static final int ALIGNMENT = 64;

  private SlimFolder() {}

  /**
   * Writes the folder {@code target}, which must not exist; it appears whole or not at all.
   *
   * @param patched new contents of files such as {@code config.json}, by relative path
   * @throws IOException when writing fails
   */
  public static void write(
      OnnxModel slim, ModelFolder source, Path target, java.util.Map<Path, String> patched)
      throws IOException {
    Path part = target.resolveSibling("." + target.getFileName() + ".part");
    if (Files.exists(part)) {
      MoreFiles.deleteRecursively(part, com.google.common.io.RecursiveDeleteOption.ALLOW_INSECURE);
    }
    Files.createDirectories(part);
    Path onnx = part.resolve(source.root().relativize(source.onnxFile()).toString());
    MoreFiles.createParentDirectories(onnx);
    writeModel(slim, onnx);
    for (Path file : source.otherFiles()) {
      if (!belongsToAModel(file, slim)) {
        Path copy = part.resolve(file.toString());
        MoreFiles.createParentDirectories(copy);
        Files.copy(source.root().resolve(file), copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    for (var entry : patched.entrySet()) {
      AtomicFiles.writeString(part.resolve(entry.getKey().toString()), entry.getValue());
    }
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Model files and their data hold the dense weights: a slim folder must not carry them along. */
  private static boolean belongsToAModel(Path file, OnnxModel slim) {
    String name = file.getFileName().toString();
    return name.endsWith(".onnx")
        || name.endsWith(".onnx_data")
        || name.endsWith(".onnx.data")
        || externalFiles(slim.graph()).contains(name);
  }

  private static Set<String> externalFiles(GraphProto graph) {
    return graph.getInitializerList().stream()
        .filter(t -> t.getDataLocation() == TensorProto.DataLocation.EXTERNAL)
        .flatMap(t -> t.getExternalDataList().stream())
        .filter(e -> e.getKey().equals("location"))
        .map(e -> Path.of(e.getValue()).getFileName().toString())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void writeModel(OnnxModel slim, Path onnx) throws IOException {
    ModelProto proto = slim.proto();
    if (slim.hasExternalData() || proto.getSerializedSize() > INLINE_LIMIT_BYTES) {
      proto = moveWeightsOut(slim, onnx);
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

  /** Streams the weights to one data file, tensor by tensor, and leaves references behind. */
  private static ModelProto moveWeightsOut(OnnxModel slim, Path onnx) throws IOException {
    String location = dataFileName(slim, onnx);
    GraphProto.Builder graph = slim.graph().toBuilder();
    AtomicFiles.write(
        onnx.resolveSibling(location),
        out -> {
          CountingOutputStream counted = new CountingOutputStream(out);
          for (int i = 0; i < graph.getInitializerCount(); i++) {
            TensorProto tensor = graph.getInitializer(i);
            boolean external = tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
            if (external || tensor.getRawData().size() >= EXTERNAL_FROM_BYTES) {
              graph.setInitializer(i, append(slim.data(tensor), location, counted));
            }
          }
        });
    return slim.proto().toBuilder().setGraph(graph).build();
  }

  private static String dataFileName(OnnxModel slim, Path onnx) {
    Set<String> files = externalFiles(slim.graph());
    return files.size() == 1 ? files.iterator().next() : onnx.getFileName() + "_data";
  }

  private static TensorProto append(TensorData data, String location, CountingOutputStream out)
      throws IOException {
    int padding = (int) (-out.getCount() & (ALIGNMENT - 1));
    out.write(new byte[padding]);
    long offset = out.getCount();
    data.bytes().writeTo(out);
    return TensorProto.newBuilder()
        .setName(data.name())
        .setDataType(data.type().number())
        .addAllDims(data.dims())
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", location))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Long.toString(data.bytes().size())))
        .build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
