package org.fnprune.cli;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import org.fnprune.data.TinyTokenizers;

/**
 * Model folders small enough for tests: 16 words, 8 wide, two feed-forward blocks of 16 neurons
 * with a residual connection, seeded weights.
 *
 * <pre>
 * ids → Gather → x ─┬→ MatMul → Add → Relu → MatMul ─→ Add → … → MatMul → logits
 *                   └──────────────────────────────────┘
 * </pre>
 */
public final class TinyModels {

  static final int WORDS = 16;
  static final int POSITIONS = 32;
  private static final int WIDTH = 8;
  private static final int NEURONS = 16;
  private static final int CLASSES = 3;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("tiny");
  private final Random random = new Random(7);
  private String last = "";

  private TinyModels() {}

  /** A folder with a language model: logits are batch × sequence × words. */
  public static Path languageModel(Path folder) throws IOException {
    return write(folder, new TinyModels().blocks(2).languageHead());
  }

  /** A folder with a classifier of three classes: logits are batch × classes. */
  static Path classifier(Path folder) throws IOException {
    return write(folder, new TinyModels().blocks(2).classifierHead());
  }

  /**
   * A folder with a classifier of which three neurons of 16, that fire together, do all the work:
   * they alone tell words 0 to 7 (class 1) from the others (class 0). Each of the other neurons
   * fires at one word and writes nothing.
   */
  static Path planted(Path folder) throws IOException {
    return write(folder, new TinyModels().plantedNetwork());
  }

  /** A folder with a language model that has no feed-forward blocks. */
  static Path headOnly(Path folder) throws IOException {
    return write(folder, new TinyModels().blocks(0).languageHead());
  }

  private static Path write(Path folder, TinyModels tiny) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("model.onnx"), tiny.model().toByteArray());
    TinyTokenizers.words(
        folder, IntStream.range(0, WORDS).mapToObj(i -> "w" + i).toArray(String[]::new));
    Files.writeString(
        folder.resolve("config.json"),
        "{\"vocab_size\": " + WORDS + ", \"n_positions\": " + POSITIONS + ", \"n_inner\": 16}");
    return folder;
  }

  private TinyModels blocks(int count) {
    graph.addInput(value("input_ids", TensorProto.DataType.INT64, "batch", "sequence"));
    node("Gather", "/embed/Gather", "x0", weight("embed", WORDS, WIDTH), "input_ids");
    for (int layer = 0; layer < count; layer++) {
      block(layer);
    }
    last = "x" + count;
    return this;
  }

  /** Hidden axes: one per word, then the word's class, a constant, and what the network writes. */
  private TinyModels plantedNetwork() {
    int kind = WORDS;
    int constant = WORDS + 1;
    int answer = WORDS + 2;
    int width = WORDS + 3;
    float[][] embedding = new float[WORDS][width];
    float[][] up = new float[width][NEURONS];
    float[][] down = new float[NEURONS][width];
    float[][] head = new float[width][2];
    for (int word = 0; word < WORDS; word++) {
      embedding[word][word] = 1;
      embedding[word][kind] = word < WORDS / 2 ? 1 : -1;
      embedding[word][constant] = 1;
    }
    for (int neuron = 0; neuron < NEURONS; neuron++) {
      boolean key = neuron >= 5 && neuron < 8;
      up[key ? kind : neuron][neuron] = key ? neuron : 1;
      down[neuron][answer] = key ? 1 : 0;
    }
    head[constant][0] = 1;
    head[answer][1] = 1;
    graph.addInput(value("input_ids", TensorProto.DataType.INT64, "batch", "sequence"));
    node("Gather", "/embed/Gather", "x0", weight("embed", embedding), "input_ids");
    node("MatMul", "/layers.0/mlp/up/MatMul", "pre", "x0", weight("layers.0.up.w", up));
    node("Relu", "/layers.0/mlp/act/Relu", "act", "pre");
    node("MatMul", "/layers.0/mlp/down/MatMul", "out", "act", weight("layers.0.down.w", down));
    node("Add", "/layers.0/Add", "x1", "x0", "out");
    NodeProto mean = node("ReduceMean", "/pool/ReduceMean", "pooled", "x1");
    graph.setNode(
        graph.getNodeCount() - 1,
        mean.toBuilder().addAttribute(integers("axes", 1)).addAttribute(integer("keepdims", 0)));
    node("MatMul", "/head/MatMul", "logits", "pooled", weight("head", head));
    graph.addOutput(value("logits", TensorProto.DataType.FLOAT, "batch", "classes"));
    return this;
  }

  private String weight(String name, float[][] rows) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .addDims(rows.length)
            .addDims(rows[0].length);
    for (float[] row : rows) {
      for (float value : row) {
        tensor.addFloatData(value);
      }
    }
    graph.addInitializer(tensor);
    return name;
  }

  private TinyModels languageHead() {
    node("MatMul", "/head/MatMul", "logits", last, weight("head", WIDTH, WORDS));
    graph.addOutput(value("logits", TensorProto.DataType.FLOAT, "batch", "sequence", "vocabulary"));
    return this;
  }

  private TinyModels classifierHead() {
    NodeProto mean = node("ReduceMean", "/pool/ReduceMean", "pooled", last);
    graph.setNode(
        graph.getNodeCount() - 1,
        mean.toBuilder().addAttribute(integers("axes", 1)).addAttribute(integer("keepdims", 0)));
    node("MatMul", "/head/MatMul", "logits", "pooled", weight("head", WIDTH, CLASSES));
    graph.addOutput(value("logits", TensorProto.DataType.FLOAT, "batch", "classes"));
    return this;
  }

  private ModelProto model() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build();
  }

  private void block(int layer) {
    String at = "layers." + layer + ".";
    String path = "/layers." + layer + "/mlp/";
    node("MatMul", path + "up/MatMul", at + "up", "x" + layer, weight(at + "up.w", WIDTH, NEURONS));
    node("Add", path + "up/Add", at + "pre", at + "up", weight(at + "up.b", NEURONS));
    node("Relu", path + "act/Relu", at + "act", at + "pre");
    node(
        "MatMul",
        path + "down/MatMul",
        at + "down",
        at + "act",
        weight(at + "down.w", NEURONS, WIDTH));
    node("Add", path + "down/Add", at + "out", at + "down", weight(at + "down.b", WIDTH));
    node("Add", "/layers." + layer + "/Add", "x" + (layer + 1), "x" + layer, at + "out");
  }

  private NodeProto node(String type, String name, String output, String... inputs) {
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(type).setName(name).addOutput(output);
    for (String input : inputs) {
      node.addInput(input);
    }
    graph.addNode(node);
    return node.build();
  }

  private String weight(String name, long... dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
    long count = 1;
    for (long dim : dims) {
      tensor.addDims(dim);
      count *= dim;
    }
    for (long i = 0; i < count; i++) {
      tensor.addFloatData((float) (0.5 * random.nextGaussian()));
    }
    graph.addInitializer(tensor);
    return name;
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static AttributeProto integers(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addInts(value)
        .build();
  }

  private static ValueInfoProto value(String name, TensorProto.DataType type, String... axes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (String axis : axes) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(axis));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }
}
