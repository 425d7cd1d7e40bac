package org.fnprune.cli;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Changes numbers of a model in place: {@link TinyModels} with values gone wrong. */
final class WeightEdits {

  /** The new value of what was at a row and a column. */
  interface Edit {
    float at(int row, int column, float value);
  }

  private WeightEdits() {}

  /** Changes every value of one initializer; a vector is a single row. */
  static void edit(Path model, String tensor, Edit edit) throws IOException {
    ModelProto.Builder proto = ModelProto.parseFrom(Files.readAllBytes(model)).toBuilder();
    TensorProto.Builder found =
        proto.getGraphBuilder().getInitializerBuilderList().stream()
            .filter(t -> t.getName().equals(tensor))
            .findFirst()
            .orElseThrow();
    int columns = (int) found.getDims(found.getDimsCount() - 1);
    for (int i = 0; i < found.getFloatDataCount(); i++) {
      found.setFloatData(i, edit.at(i / columns, i % columns, found.getFloatData(i)));
    }
    Files.write(model, proto.build().toByteArray());
  }

  /** Sets one value. */
  static void set(Path model, String tensor, int row, int column, float value) throws IOException {
    edit(model, tensor, (r, c, old) -> r == row && c == column ? value : old);
  }
}
