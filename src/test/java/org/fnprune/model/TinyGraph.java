package org.fnprune.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * Builds a tiny language model by hand: token ids {@code input_ids} [b, s] → embedding → whatever a
 * test adds → head → {@code logits}. Nodes of an operator are numbered: {@code MatMul_0}; each
 * node's output has the name of the node.
 */
public final class TinyGraph {

  /** Width of the residual stream. */
  public static final int HIDDEN = 6;

  /** Number of token ids. */
  public static final int VOCABULARY = 11;

  private static final String MICROSOFT = "com.microsoft";

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("tiny");
  private final Map<String, Integer> counts = new HashMap<>();
  private final SplittableRandom random;
  private final ElementType type;
  private final List<String> outputs = new ArrayList<>();
  private int opset = 20;
  private String prefix = "";

  private TinyGraph(ElementType type, long seed) {
    this.type = type;
    this.random = new SplittableRandom(seed);
  }

  /** An empty graph with {@code input_ids}; weights are float32. */
  public static TinyGraph create(long seed) {
    return create(ElementType.FLOAT, seed);
  }

  /** An empty graph with {@code input_ids}, whose weights have another type. */
  public static TinyGraph create(ElementType type, long seed) {
    TinyGraph tiny = new TinyGraph(type, seed);
    tiny.graph.addInput(info("input_ids", ElementType.INT64, "batch", "sequence"));
    return tiny;
  }

  /**
   * The version of the standard operators; 20 when not set. Below 10, all initialisers are inputs
   * as well, as IR version 3 wants it.
   */
  public TinyGraph opset(int version) {
    opset = version;
    return this;
  }

  /** Names of nodes from here on begin with {@code text}, as exporters put the layer in front. */
  public TinyGraph prefix(String text) {
    prefix = text;
    return this;
  }

  /** The embedding of the tokens: the residual stream x [b, s, {@link #HIDDEN}]. */
  public String embedding() {
    return op("Gather", weight("embedding", VOCABULARY, HIDDEN), "input_ids");
  }

  /** A language model head on top of {@code x}. */
  public OnnxModel head(String x) {
    prefix("");
    return output(op("MatMul", x, weight("head", HIDDEN, VOCABULARY)), "logits");
  }

  /** The model, with {@code tensor} as its output {@code name}. */
  public OnnxModel output(String tensor, String name) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Identity")
            .setName("output")
            .addInput(tensor)
            .addOutput(name));
    graph.addOutput(
        ValueInfoProto.newBuilder()
            .setName(name)
            .setType(
                TypeProto.newBuilder()
                    .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.number()))));
    for (String further : outputs) {
      graph.addOutput(
          ValueInfoProto.newBuilder()
              .setName(further)
              .setType(
                  TypeProto.newBuilder()
                      .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.number()))));
    }
    if (opset < 10) {
      graph.getInitializerList().forEach(t -> graph.addInput(declared(t)));
    }
    return new OnnxModel(
        ModelProto.newBuilder()
            .setIrVersion(opset < 10 ? 3 : 9)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1))
            .setGraph(graph)
            .build(),
        null);
  }

  /** Makes a tensor an output of the model, after the logits. */
  public TinyGraph alsoOutput(String tensor) {
    outputs.add(tensor);
    return this;
  }

  /** A float input of the model; a number is a fixed size. */
  public String input(String name, Object... dims) {
    graph.addInput(info(name, type, dims));
    return name;
  }

  /** Gives a tensor another name, under which it is an output of the model as well. */
  public void alsoOutput(String tensor, String name) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Identity")
            .setName(name)
            .addInput(tensor)
            .addOutput(name));
    outputs.add(name);
  }

  /** Adds a node and returns its output's name. */
  public String op(String operator, String... inputs) {
    return op(operator, List.of(), inputs).get(0);
  }

  /** Adds a node with one attribute and returns its output's name. */
  public String op(String operator, AttributeProto attribute, String... inputs) {
    return op(operator, List.of(attribute), inputs).get(0);
  }

  /** Adds a node with attributes and returns its output's name. */
  public List<String> op(String operator, List<AttributeProto> attributes, String... inputs) {
    return op(operator, 1, attributes, inputs);
  }

  /** Adds a node with several outputs and returns their names. */
  public List<String> op(
      String operator, int outputCount, List<AttributeProto> attributes, String... inputs) {
    String domain = isMicrosoft(operator) ? MICROSOFT : "";
    return add(domain, operator, outputCount, attributes, inputs);
  }

  /** Adds a node of ONNX Runtime's own operators; an input "" is left out. */
  public List<String> microsoft(
      String operator, int outputCount, List<AttributeProto> attributes, String... inputs) {
    return add(MICROSOFT, operator, outputCount, attributes, inputs);
  }

  private List<String> add(
      String domain,
      String operator,
      int outputCount,
      List<AttributeProto> attributes,
      String... inputs) {
    String name = prefix + operator + "_" + (counts.merge(operator, 1, Integer::sum) - 1);
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(name)
            .setDomain(domain)
            .addAllInput(List.of(inputs))
            .addAllAttribute(attributes);
    for (int i = 0; i < outputCount; i++) {
      node.addOutput(i == 0 ? name : name + "_out" + i);
    }
    graph.addNode(node);
    return node.getOutputList().stream().map(String::toString).toList();
  }

  private static boolean isMicrosoft(String operator) {
    return switch (operator) {
      case "BiasGelu", "FastGelu", "QuickGelu", "FusedMatMul", "SkipLayerNormalization" -> true;
      default -> false;
    };
  }

  /** A seeded random floating-point initialiser; returns its name. */
  public String weight(String name, int... dims) {
    double scale = dims.length < 2 ? 0.5 : 1 / Math.sqrt(dims[0]);
    return tensor(random(name, scale, dims));
  }

  /** A Constant node with a seeded random matrix; returns its output's name. */
  public String constantNode(String name, int... dims) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Constant")
            .setName(name)
            .addOutput(name)
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("value")
                    .setType(AttributeProto.AttributeType.TENSOR)
                    .setT(random(name, 1, dims).toProto())));
    return name;
  }

  private TensorData random(String name, double scale, int... dims) {
    ImmutableList<Long> shape =
        Arrays.stream(dims).mapToObj(d -> (long) d).collect(ImmutableList.toImmutableList());
    double[] values = new double[Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian() * scale;
    }
    return TensorData.ofDoubles(name, type, shape, values);
  }

  /** A scalar of the model's type; returns its name. */
  public String scalar(double value) {
    String name = "scalar_" + (counts.merge("scalar", 1, Integer::sum) - 1);
    return tensor(TensorData.ofDoubles(name, type, ImmutableList.of(), new double[] {value}));
  }

  /** A vector of integers as an initialiser; returns its name. */
  public String longs(String name, long... values) {
    return tensor(TensorData.ofLongs(name, ImmutableList.of((long) values.length), values));
  }

  /** Any initialiser; returns its name. */
  public String tensor(TensorData data) {
    graph.addInitializer(data.toProto());
    return data.name();
  }

  /** Declares a float tensor's shape, as shape inference does; a number is a fixed size. */
  public TinyGraph declare(String tensor, Object... dims) {
    graph.addValueInfo(info(tensor, type, dims));
    return this;
  }

  /** Lists an initialiser among the model's inputs as well, as exporters did before IR 4. */
  public TinyGraph alsoInput(String initializer) {
    graph.getInitializerList().stream()
        .filter(t -> t.getName().equals(initializer))
        .findFirst()
        .ifPresent(t -> graph.addInput(declared(t)));
    return this;
  }

  private static ValueInfoProto declared(TensorProto tensor) {
    ElementType type = ElementType.of(tensor.getDataType(), tensor.getName());
    return info(tensor.getName(), type, tensor.getDimsList().toArray());
  }

  /** An If whose branches both return {@code tensor} of the outer graph. */
  public String branchesThatRead(String tensor) {
    String condition = op("Equal", longs("zero_a", 0), longs("zero_b", 0));
    AttributeProto yes = graphAttribute("then_branch", subgraph("yes", tensor));
    AttributeProto no = graphAttribute("else_branch", subgraph("no", tensor));
    return op("If", List.of(yes, no), condition).get(0);
  }

  /**
   * A Loop that runs once: its state begins as {@code initial} and becomes what {@code operator}
   * makes of {@code inputs}, of which one may be {@code "state"}.
   */
  public String loop(String initial, String operator, String... inputs) {
    String turns = tensor(TensorData.ofLongs("turns", ImmutableList.of(), new long[] {1}));
    String name = "in_Loop_" + counts.getOrDefault("Loop", 0);
    GraphProto body =
        GraphProto.newBuilder()
            .setName("body")
            .addInput(info("turn", ElementType.INT64))
            .addInput(info("go_on", ElementType.BOOL))
            .addInput(info("state", type))
            .addNode(
                NodeProto.newBuilder().setOpType("Identity").addInput("go_on").addOutput("again"))
            .addNode(
                NodeProto.newBuilder()
                    .setOpType(operator)
                    .setName(name)
                    .addAllInput(List.of(inputs))
                    .addOutput("next"))
            .addOutput(info("again", ElementType.BOOL))
            .addOutput(info("next", type))
            .build();
    return op("Loop", graphAttribute("body", body), turns, "", initial);
  }

  private GraphProto subgraph(String name, String tensor) {
    String result = name + "_" + tensor;
    return GraphProto.newBuilder()
        .setName(name)
        .addNode(NodeProto.newBuilder().setOpType("Identity").addInput(tensor).addOutput(result))
        .addOutput(info(result, type))
        .build();
  }

  private static AttributeProto graphAttribute(String name, GraphProto value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(value)
        .build();
  }

  /** An integer attribute. */
  public static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  /** A text attribute. */
  public static AttributeProto text(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  /** A float attribute. */
  public static AttributeProto real(String name, double value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF((float) value)
        .build();
  }

  /** An attribute that is a list of integers. */
  public static AttributeProto integers(String name, long... values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addAllInts(LongStream.of(values).boxed().toList())
        .build();
  }

  private static ValueInfoProto info(String name, ElementType type, Object... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object dim : dims) {
      TensorShapeProto.Dimension.Builder dimension = shape.addDimBuilder();
      if (dim instanceof Number size) {
        dimension.setDimValue(size.longValue());
      } else {
        dimension.setDimParam(String.valueOf(dim));
      }
    }
    TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type.number());
    if (dims.length > 0) {
      tensor.setShape(shape);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
