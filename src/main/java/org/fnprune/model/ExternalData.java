package org.fnprune.model;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.fnprune.common.UsageException;

/**
 * Reads tensor data kept outside the model file. Nothing that the model says about it is trusted:
 * the file must lie in the model's folder or beside the model file's real path (hub caches are
 * symbolic links), and offset and length within the file, before anything is allocated.
 */
final class ExternalData {

  private static final Set<String> KEYS = Set.of("location", "offset", "length", "checksum");

  private ExternalData() {}

  /**
   * Reads the bytes of one tensor.
   *
   * @param modelFile the .onnx file that the tensor belongs to
   * @param expected bytes that the tensor's shape and type ask for
   * @throws UsageException when the reference is not a safe, complete range of a file
   */
  static ByteString read(TensorProto tensor, Path modelFile, long expected) {
    FileRange range = range(tensor, modelFile, expected);
    if (expected > Integer.MAX_VALUE) {
      throw broken(tensor.getName(), "its " + expected + " bytes are more than 2 GiB");
    }
    try (FileChannel channel = FileChannel.open(range.file())) {
      return readFully(channel, range.offset(), (int) range.length());
    } catch (IOException e) {
      throw unreadable(tensor, modelFile, e);
    }
  }

  /**
   * Where one tensor's bytes are, checked to be there without reading them.
   *
   * @throws UsageException when the reference is not a safe, complete range of a file
   */
  static FileRange range(TensorProto tensor, Path modelFile, long expected) {
    Map<String, String> entries = entries(tensor);
    Path file = file(tensor, modelFile);
    long offset = number(tensor, entries, "offset", 0);
    long length = number(tensor, entries, "length", expected);
    if (length != expected) {
      throw broken(
          tensor.getName(), "its length is " + length + " bytes, its shape asks for " + expected);
    }
    try {
      long size = Files.size(file);
      if (offset > size || length > size - offset) {
        throw broken(
            tensor.getName(),
            offset + " + " + length + " bytes lie beyond the " + size + " of " + file);
      }
    } catch (IOException e) {
      throw unreadable(tensor, modelFile, e);
    }
    return new FileRange(file, offset, length);
  }

  private static UsageException unreadable(TensorProto tensor, Path modelFile, IOException e) {
    return new UsageException(
        "external data of tensor '" + tensor.getName() + "' cannot be read: " + e.getMessage(),
        "check the files beside " + modelFile,
        e);
  }

  private static ByteString readFully(FileChannel channel, long offset, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    FileRange.read(channel, offset, buffer);
    return UnsafeByteOperations.unsafeWrap(buffer.flip());
  }

  private static Map<String, String> entries(TensorProto tensor) {
    Map<String, String> entries = new HashMap<>();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      if (!KEYS.contains(entry.getKey())) {
        throw broken(tensor.getName(), "unknown key '" + entry.getKey() + "'; allowed: " + KEYS);
      }
      if (entries.put(entry.getKey(), entry.getValue()) != null) {
        throw broken(tensor.getName(), "key '" + entry.getKey() + "' is given twice");
      }
    }
    return entries;
  }

  /** A tensor that refers to another location. */
  static TensorProto at(Path location, TensorProto tensor) {
    TensorProto.Builder moved = tensor.toBuilder();
    for (StringStringEntryProto.Builder entry : moved.getExternalDataBuilderList()) {
      if (entry.getKey().equals("location")) {
        entry.setValue(location.toString().replace('\\', '/'));
      }
    }
    return moved.build();
  }

  /** The file that a tensor's data lies in, checked to be inside the model's folder. */
  static Path file(TensorProto tensor, Path modelFile) {
    return resolve(tensor.getName(), entries(tensor).getOrDefault("location", ""), modelFile);
  }

  private static Path resolve(String tensor, String location, Path modelFile) {
    try {
      Path relative = Path.of(location);
      if (location.isEmpty() || relative.isAbsolute() || location.contains("\\")) {
        throw broken(tensor, "location '" + location + "' is not a relative path");
      }
      for (Path part : relative) {
        if (part.toString().equals("..")) {
          throw broken(tensor, "location '" + location + "' leaves the model's folder");
        }
      }
      Path folder = ModelFolder.parent(modelFile);
      Path realFolder = ModelFolder.parent(modelFile.toRealPath());
      Path beside = folder.resolve(relative);
      Path file = Files.isRegularFile(beside) ? beside : realFolder.resolve(relative);
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw broken(tensor, "'" + location + "' is not a regular file");
      }
      if (!Files.exists(file)) {
        throw new UsageException(
            "external data file " + beside + " of tensor '" + tensor + "' does not exist",
            "copy it beside the .onnx file");
      }
      Path real = file.toRealPath();
      if (!real.startsWith(folder.toRealPath()) && !real.startsWith(realFolder)) {
        throw broken(tensor, "'" + location + "' links to " + real + ", outside the folder");
      }
      if (real.equals(modelFile.toRealPath())) {
        throw broken(tensor, "'" + location + "' is the model file itself");
      }
      requireOneName(tensor, real);
      return real;
    } catch (InvalidPathException | IOException e) {
      throw new UsageException(
          "external data location '" + location + "' of tensor '" + tensor + "' cannot be used",
          "it must name a file beside the .onnx file",
          e);
    }
  }

  /**
   * Refuses hard links, which may be names of a file outside the folder: that cannot be told from
   * them. Systems that do not count names are trusted.
   */
  private static void requireOneName(String tensor, Path file) throws IOException {
    Object names;
    try {
      names = Files.getAttribute(file, "unix:nlink");
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return;
    }
    if (names instanceof Integer count && count > 1) {
      throw new UsageException(
          "external data file "
              + file
              + " of tensor '"
              + tensor
              + "' has "
              + count
              + " names (hard links), and the others may lie outside the folder",
          "replace it by a copy of itself: cp FILE COPY && mv COPY FILE");
    }
  }

  private static long number(
      TensorProto tensor, Map<String, String> entries, String key, long fallback) {
    String text = entries.get(key);
    if (text == null) {
      return fallback;
    }
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, as negative numbers are.
    }
    throw broken(tensor.getName(), key + " '" + text + "' is not a number of bytes");
  }

  private static UsageException broken(String tensor, String what) {
    return new UsageException(
        "external data of tensor '" + tensor + "' is not usable: " + what,
        "export the model again, or ask whoever made it");
  }
}
