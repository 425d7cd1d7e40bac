package org.fnprune.fuzz;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/**
 * Models that are almost right: one of {@link BaseModels} with a few nodes, attributes, inputs,
 * shapes or values changed, as the choices say. A valid protobuf comes out in any case, so that the
 * fuzzer spends its time behind the parser.
 */
final class MutatedModels {

  private static final int MOST_CHANGES = 6;

  private static final List<String> OPERATORS = operators();

  private static final List<String> ATTRIBUTES =
      List.of(
          "axis",
          "perm",
          "to",
          "transA",
          "transB",
          "transBatchB",
          "alpha",
          "beta",
          "num_heads",
          "kv_num_heads",
          "q_num_heads",
          "num_outputs",
          "split",
          "allowzero",
          "keepdims",
          "axes",
          "start",
          "end",
          "qkv_hidden_sizes",
          "block_size",
          "N",
          "K",
          "bits",
          "value",
          "activation",
          "rotary_embedding_dim",
          "interleaved",
          "value_ints",
          "upper",
          "unidirectional",
          "do_rotary");

  private final ModelProto.Builder model;
  private final Choices choices;

  private MutatedModels(ModelProto base, Choices choices) {
    this.model = base.toBuilder();
    this.choices = choices;
  }

  /** The model that the choices stand for. */
  static ModelProto of(Choices choices) {
    MutatedModels mutated =
        new MutatedModels(BaseModels.ALL.get(choices.below(BaseModels.ALL.size())), choices);
    for (int i = 0; i < MOST_CHANGES && choices.more(); i++) {
      mutated.change();
    }
    return mutated.model.build();
  }

  /** Every base model as it is, and changed at random. */
  static List<byte[]> seeds() {
    Random random = new Random(1);
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < BaseModels.ALL.size(); i++) {
      seeds.add(new byte[] {(byte) i});
      byte[] changed = new byte[12];
      random.nextBytes(changed);
      changed[0] = (byte) i;
      seeds.add(changed);
    }
    return seeds;
  }

  private static List<String> operators() {
    TreeSet<String> operators = new TreeSet<>();
    BaseModels.ALL.forEach(
        model -> model.getGraph().getNodeList().forEach(node -> operators.add(node.getOpType())));
    operators.addAll(
        List.of(
            "Abs",
            "BatchNormalization",
            "CastLike",
            "CumSum",
            "Dropout",
            "Einsum",
            "Flatten",
            "GatherElements",
            "GatherND",
            "GroupNormalization",
            "InstanceNormalization",
            "LayerNormalization",
            "Pad",
            "QAttention",
            "RMSNormalization",
            "Range",
            "ReduceSum",
            "ScatterND",
            "SimplifiedLayerNormalization",
            "Size",
            "SkipLayerNormalization",
            "SkipSimplifiedLayerNormalization",
            "Squeeze",
            "Tile",
            "TopK",
            "Unsqueeze",
            "Where"));
    return List.copyOf(operators);
  }

  private void change() {
    GraphProto.Builder graph = graph(model.getGraphBuilder());
    if (graph.getNodeCount() == 0) {
      return;
    }
    int at = choices.below(graph.getNodeCount());
    NodeProto.Builder node = graph.getNodeBuilder(at);
    switch (choices.below(20)) {
      case 0 -> node.setOpType(OPERATORS.get(choices.below(OPERATORS.size())));
      case 1 -> rewire(graph, node);
      case 2 -> node.addInput(tensor(graph));
      case 3 -> shorten(node);
      case 4 -> rename(graph, node);
      case 5, 6 -> attribute(node);
      case 7 -> node.clearAttribute();
      case 8, 9 -> shape(graph);
      case 10, 11 -> values(graph);
      case 12 -> type(graph);
      case 13 -> graph.addNode(choices.below(graph.getNodeCount() + 1), node.build());
      case 14 -> graph.removeNode(at);
      case 15 -> declare(graph);
      case 16 -> opset();
      case 17 -> function(node);
      case 18 -> graph.addOutput(ValueInfoProto.newBuilder().setName(tensor(graph)));
      default -> constant(graph, node);
    }
  }

  /** The main graph, or now and then one inside a node. */
  private GraphProto.Builder graph(GraphProto.Builder main) {
    for (NodeProto.Builder node : main.getNodeBuilderList()) {
      for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
        if (attribute.hasG() && choices.below(3) == 1) {
          return attribute.getGBuilder();
        }
      }
    }
    return main;
  }

  /** The name of any tensor of a graph, or of none. */
  private String tensor(GraphProto.Builder graph) {
    int kind = choices.below(8);
    if (kind == 0 && graph.getInitializerCount() > 0) {
      return graph.getInitializer(choices.below(graph.getInitializerCount())).getName();
    }
    if (kind == 1 && graph.getInputCount() > 0) {
      return graph.getInput(choices.below(graph.getInputCount())).getName();
    }
    if (kind == 2) {
      return "";
    }
    NodeProto node = graph.getNode(choices.below(graph.getNodeCount()));
    return node.getOutputCount() == 0
        ? "nothing"
        : node.getOutput(choices.below(node.getOutputCount()));
  }

  private void rewire(GraphProto.Builder graph, NodeProto.Builder node) {
    if (node.getInputCount() > 0) {
      node.setInput(choices.below(node.getInputCount()), tensor(graph));
    }
  }

  private void shorten(NodeProto.Builder node) {
    List<String> inputs = List.copyOf(node.getInputList());
    List<String> outputs = List.copyOf(node.getOutputList());
    if (choices.below(3) == 2) {
      node.clearOutput().addAllOutput(outputs.subList(0, choices.below(outputs.size() + 1)));
    } else {
      node.clearInput().addAllInput(inputs.subList(0, choices.below(inputs.size() + 1)));
    }
  }

  private void rename(GraphProto.Builder graph, NodeProto.Builder node) {
    if (choices.yes() || node.getOutputCount() == 0) {
      node.addOutput(tensor(graph));
    } else {
      node.setOutput(choices.below(node.getOutputCount()), tensor(graph));
    }
  }

  private void attribute(NodeProto.Builder node) {
    AttributeProto.Builder attribute;
    if (node.getAttributeCount() > 0 && choices.below(3) > 0) {
      attribute = node.getAttributeBuilder(choices.below(node.getAttributeCount()));
    } else {
      attribute =
          node.addAttributeBuilder()
              .setName(ATTRIBUTES.get(choices.below(ATTRIBUTES.size())))
              .setType(AttributeProto.AttributeType.INT);
    }
    switch (choices.below(5)) {
      case 0 -> attribute.setI(choices.number());
      case 1 -> {
        attribute.setType(AttributeProto.AttributeType.INTS).clearInts();
        for (int i = choices.below(6); i > 0; i--) {
          attribute.addInts(choices.number());
        }
      }
      case 2 -> {
        if (attribute.getIntsCount() > 0) {
          attribute.setInts(choices.below(attribute.getIntsCount()), choices.number());
        }
      }
      case 3 ->
          attribute.setF((float) choices.number()).setType(AttributeProto.AttributeType.FLOAT);
      default -> attribute.setS(ByteString.copyFromUtf8("both"));
    }
  }

  private void shape(GraphProto.Builder graph) {
    if (graph.getInitializerCount() == 0) {
      return;
    }
    TensorProto.Builder tensor =
        graph.getInitializerBuilder(choices.below(graph.getInitializerCount()));
    switch (choices.below(5)) {
      case 0 -> tensor.addDims(choices.number());
      case 1 -> tensor.clearDims();
      case 2 -> {
        if (tensor.getDimsCount() > 1) {
          List<Long> turned = new ArrayList<>(tensor.getDimsList());
          java.util.Collections.reverse(turned);
          tensor.clearDims().addAllDims(turned);
        }
      }
      case 3 -> tensor.addDims(1);
      default -> {
        if (tensor.getDimsCount() > 0) {
          tensor.setDims(choices.below(tensor.getDimsCount()), choices.number());
        }
      }
    }
  }

  /** Changes whole numbers; those of shapes and bounds are what can go wrong. */
  private void values(GraphProto.Builder graph) {
    List<TensorProto.Builder> numbers =
        graph.getInitializerBuilderList().stream()
            .filter(t -> t.getDataType() == TensorProto.DataType.INT64_VALUE && t.hasRawData())
            .toList();
    if (numbers.isEmpty()) {
      return;
    }
    TensorProto.Builder tensor = numbers.get(choices.below(numbers.size()));
    byte[] raw = tensor.getRawData().toByteArray();
    if (raw.length >= Long.BYTES) {
      ByteBuffer.wrap(raw)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(Long.BYTES * choices.below(raw.length / Long.BYTES), choices.number());
      tensor.setRawData(ByteString.copyFrom(raw));
    }
  }

  private void type(GraphProto.Builder graph) {
    if (graph.getInitializerCount() > 0) {
      TensorProto.Builder tensor =
          graph.getInitializerBuilder(choices.below(graph.getInitializerCount()));
      switch (choices.below(3)) {
        case 0 -> tensor.setDataType(choices.below(30));
        case 1 -> tensor.clearRawData();
        default -> tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL);
      }
    }
  }

  private void declare(GraphProto.Builder graph) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int i = choices.below(6); i > 0; i--) {
      if (choices.yes()) {
        shape.addDimBuilder().setDimValue(choices.number());
      } else {
        shape.addDimBuilder().setDimParam("d" + choices.below(3));
      }
    }
    ValueInfoProto.Builder info =
        ValueInfoProto.newBuilder()
            .setName(tensor(graph))
            .setType(
                TypeProto.newBuilder()
                    .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape)));
    if (choices.yes() && graph.getInputCount() > 0) {
      graph.addInput(info);
    } else {
      graph.addValueInfo(info);
    }
  }

  private void opset() {
    if (choices.yes()) {
      model.setIrVersion(choices.number());
    } else if (model.getOpsetImportCount() > 0) {
      model.setOpsetImport(
          0, OperatorSetIdProto.newBuilder().setVersion(choices.below(30)).build());
    }
  }

  /** Puts a node into a function of its own; now and then one that calls itself. */
  private void function(NodeProto.Builder node) {
    String name = "function_" + model.getFunctionsCount();
    FunctionProto.Builder function =
        FunctionProto.newBuilder()
            .setName(name)
            .setDomain("local")
            .addAllOpsetImport(model.getOpsetImportList())
            .addAllOutput(node.getOutputList())
            .addNode(node);
    node.getInputList().stream()
        .filter(input -> !input.isEmpty())
        .distinct()
        .forEach(function::addInput);
    NodeProto call =
        NodeProto.newBuilder()
            .setName(node.getName())
            .setOpType(name)
            .setDomain("local")
            .addAllInput(function.getInputList())
            .addAllOutput(node.getOutputList())
            .build();
    if (choices.below(4) == 3) {
      function.addNode(call);
    }
    model.addFunctions(function).addOpsetImportBuilder().setDomain("local").setVersion(1);
    node.clear().mergeFrom(call);
  }

  /** Makes one input of a node a constant of its own. */
  private void constant(GraphProto.Builder graph, NodeProto.Builder node) {
    String name = "made_" + graph.getInitializerCount();
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name);
    int count = choices.below(5);
    if (choices.yes()) {
      tensor.setDataType(TensorProto.DataType.INT64_VALUE);
      for (int i = 0; i < count; i++) {
        tensor.addInt64Data(choices.number());
      }
      tensor.addDims(count);
    } else {
      tensor.setDataType(TensorProto.DataType.FLOAT_VALUE);
      for (int i = 0; i < count; i++) {
        tensor.addFloatData((float) choices.number());
      }
      if (count != 1) {
        tensor.addDims(count);
      }
    }
    if (node.getInputCount() > 0) {
      node.setInput(choices.below(node.getInputCount()), name);
    }
    graph.addInitializer(tensor);
  }
}
