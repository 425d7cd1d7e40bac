package org.fnprune.fuzz;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.model.ModelFiles;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyAttention;
import org.fnprune.model.TinyGraphs;

/** Reads an .onnx file, beside which lies a file of data, and finds its structure. */
final class ModelFileTarget implements FuzzTarget {

  private static final String DATA = "model.onnx_data";

  /** The most common places of large models' weights. */
  private static final int BYTES = 4096;

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (var model : BaseModels.ALL.subList(0, 6)) {
      seeds.add(model.toByteArray());
    }
    Path folder = Files.createTempDirectory("fnprune-seeds");
    for (OnnxModel model : List.of(TinyGraphs.plain(), TinyAttention.grouped())) {
      Path file = ModelFiles.writeExternal(model, folder.resolve("model.onnx"), DATA);
      seeds.add(Files.readAllBytes(file));
    }
    MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    return seeds;
  }

  @Override
  public void read(byte[] input, Path folder) throws IOException {
    Path file = Files.write(folder.resolve("model.onnx"), input);
    Path data = folder.resolve(DATA);
    if (!Files.exists(data)) {
      Files.write(data, "\0\0\200?".repeat(BYTES).getBytes(StandardCharsets.ISO_8859_1));
    }
    OnnxModel model = OnnxModel.read(ModelFolder.open(file).onnxFile());
    model.checkExternalData();
    model.externalFiles();
    model.located();
    model.opset();
    model.parameters();
    StructureTarget.cut(model);
  }
}
