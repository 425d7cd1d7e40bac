package org.fnprune.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ListMultimap;
import com.google.common.collect.MultimapBuilder;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.fnprune.common.UsageException;

/**
 * An indexed view of a model's graph: who makes a tensor, who reads it, and constants. Functions
 * are in place of their calls, and the nodes of an If's branches beside the others ({@link
 * Branches}).
 */
public final class Graph {

  /** Input number {@code input} of node number {@code node}. */
  public record Use(int node, int input) {}

  private final OnnxModel model;
  private final List<NodeProto> nodes;
  private final ImmutableIntArray order;
  private final Map<String, Integer> producers = new HashMap<>();
  private final ImmutableListMultimap<String, Use> uses;
  private final ImmutableListMultimap<String, Integer> captured;
  private final Map<String, TensorProto> constants = new HashMap<>();
  private final Map<String, String> aliases = new HashMap<>();
  private final Map<String, ValueInfoProto> declared = new HashMap<>();
  private final Set<String> inputs = new LinkedHashSet<>();
  private final Set<String> outputs = new HashSet<>();

  private Graph(OnnxModel model) {
    this.model = model;
    this.nodes = model.graph().getNodeList();
    GraphProto graph = model.graph();
    graph.getInitializerList().forEach(this::addInitializer);
    graph.getInputList().stream()
        .filter(input -> !constants.containsKey(input.getName()))
        .forEach(input -> inputs.add(input.getName()));
    graph.getOutputList().forEach(output -> outputs.add(output.getName()));
    graph.getInputList().forEach(info -> declared.put(info.getName(), info));
    graph.getOutputList().forEach(info -> declared.put(info.getName(), info));
    graph.getValueInfoList().forEach(info -> declared.put(info.getName(), info));
    graph.getInitializerList().forEach(this::checkDeclaration);
    ListMultimap<String, Use> readers = MultimapBuilder.hashKeys().arrayListValues().build();
    ListMultimap<String, Integer> inner = MultimapBuilder.hashKeys().arrayListValues().build();
    for (int i = 0; i < nodes.size(); i++) {
      indexNode(i, readers, inner);
    }
    order = NodeOrder.of(nodes, producers);
    uses = ImmutableListMultimap.copyOf(readers);
    checkSources();
    captured = ImmutableListMultimap.copyOf(inner);
  }

  /**
   * Indexes a model.
   *
   * @throws UsageException when a name is defined twice, a node has too few inputs or reads what
   *     nothing writes, nodes wait for each other, or a constant does not hold what its shape says
   */
  public static Graph of(OnnxModel model) {
    return new Graph(model.flat());
  }

  private void checkSources() {
    Set<String> given = new HashSet<>(producers.keySet());
    given.addAll(constants.keySet());
    model.graph().getInputList().forEach(input -> given.add(input.getName()));
    model
        .graph()
        .getSparseInitializerList()
        .forEach(sparse -> given.add(sparse.getValues().getName()));
    for (Map.Entry<String, Use> read : uses.entries()) {
      if (!given.contains(read.getKey())) {
        throw new UsageException(
            "node '"
                + nodes.get(read.getValue().node()).getName()
                + "' reads the tensor '"
                + read.getKey()
                + "', which nothing writes",
            "the file is damaged; export the model again");
      }
    }
  }

  private void addInitializer(TensorProto tensor) {
    if (TensorProto.DataType.forNumber(tensor.getDataType()) == null) {
      throw new UsageException(
          "tensor '"
              + tensor.getName()
              + "' has the type "
              + tensor.getDataType()
              + ", which ONNX does not know",
          "the file is damaged; export the model again");
    }
    if (!model.sliced().containsKey(tensor.getName())) {
      Tensors.checkInside(tensor);
    }
    if (constants.put(tensor.getName(), tensor) != null) {
      throw duplicate(tensor.getName());
    }
  }

  /** ONNX Runtime believes what is declared, we what is there: they must not differ. */
  private void checkDeclaration(TensorProto tensor) {
    ValueInfoProto info = declared.get(tensor.getName());
    if (info != null
        && info.getType().getTensorType().hasShape()
        && info.getType().getTensorType().getShape().getDimCount() != tensor.getDimsCount()) {
      throw new UsageException(
          "the model declares tensor '"
              + tensor.getName()
              + "' with "
              + info.getType().getTensorType().getShape().getDimCount()
              + " axes, but its values have "
              + tensor.getDimsCount(),
          "the file is damaged; export the model again");
    }
  }

  private void indexNode(
      int i, ListMultimap<String, Use> readers, ListMultimap<String, Integer> inner) {
    NodeProto node = nodes.get(i);
    for (int k = 0; k < node.getInputCount(); k++) {
      if (!node.getInput(k).isEmpty()) {
        readers.put(node.getInput(k), new Use(i, k));
      }
    }
    for (String output : node.getOutputList()) {
      if (output.isEmpty()) {
        continue;
      }
      if (producers.put(output, i) != null || constants.containsKey(output)) {
        throw duplicate(output);
      }
    }
    if (is(node, "Constant")) {
      constantOf(node).ifPresent(tensor -> constants.put(node.getOutput(0), tensor));
    } else if (is(node, "Identity") && constants.containsKey(node.getInput(0))) {
      constants.put(node.getOutput(0), constants.get(node.getInput(0)));
      aliases.put(node.getOutput(0), node.getInput(0));
    }
    Subgraphs.reads(node).forEach(name -> inner.put(name, i));
  }

  private static UsageException duplicate(String name) {
    return new UsageException(
        "the model defines the tensor '" + name + "' twice",
        "the file is damaged; export the model again");
  }

  private static Optional<TensorProto> constantOf(NodeProto node) {
    if (node.getAttributeCount() != 1) {
      return Optional.empty();
    }
    AttributeProto attribute = node.getAttribute(0);
    TensorProto.Builder tensor = TensorProto.newBuilder();
    switch (attribute.getName()) {
      case "value" -> {
        Tensors.checkInside(attribute.getT());
        tensor.mergeFrom(attribute.getT());
      }
      case "value_int" ->
          tensor.setDataType(ElementType.INT64.number()).addInt64Data(attribute.getI());
      case "value_ints" ->
          tensor
              .setDataType(ElementType.INT64.number())
              .addDims(attribute.getIntsCount())
              .addAllInt64Data(attribute.getIntsList());
      case "value_float" ->
          tensor.setDataType(ElementType.FLOAT.number()).addFloatData(attribute.getF());
      case "value_floats" ->
          tensor
              .setDataType(ElementType.FLOAT.number())
              .addDims(attribute.getFloatsCount())
              .addAllFloatData(attribute.getFloatsList());
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(tensor.setName(node.getOutput(0)).build());
  }

  /** Whether a node is the standard operator {@code type}. */
  public static boolean is(NodeProto node, String type) {
    return node.getOpType().equals(type)
        && (node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx"));
  }

  /** Whether two nodes never run both: they lie in the two branches of one If. */
  public boolean exclude(int a, int b) {
    return Branches.exclude(nodes.get(a), nodes.get(b));
  }

  /** The model this graph belongs to, flat. */
  public OnnxModel model() {
    return model;
  }

  /** All nodes, in the file's order. */
  public List<NodeProto> nodes() {
    return nodes;
  }

  /** The numbers of all nodes, each after those whose results it reads. */
  public ImmutableIntArray order() {
    return order;
  }

  /** One node. */
  public NodeProto node(int index) {
    return nodes.get(index);
  }

  /** The number of the node that makes a tensor; empty for inputs and initialisers. */
  public Optional<Integer> producer(String tensor) {
    return Optional.ofNullable(producers.get(tensor));
  }

  /** Every place of the main graph that reads a tensor. */
  public ImmutableList<Use> uses(String tensor) {
    return uses.get(tensor);
  }

  /** Nodes (If, Loop, …) whose subgraphs read a tensor of this graph. */
  public ImmutableList<Integer> capturedBy(String tensor) {
    return captured.get(tensor);
  }

  /** The constant behind a tensor: an initialiser, a Constant node, or an Identity of either. */
  public Optional<TensorProto> constant(String tensor) {
    return Optional.ofNullable(constants.get(tensor));
  }

  /** The values of the constant behind a tensor. */
  public Optional<TensorData> constantData(String tensor) {
    return constant(tensor).map(model::data);
  }

  /** The tensor that really stores a constant, with Identity nodes followed. */
  public String storage(String tensor) {
    String name = tensor;
    while (aliases.containsKey(name)) {
      name = aliases.get(name);
    }
    return name;
  }

  /** Every use of the constant stored in {@code storage}, also through Identity nodes. */
  public List<Use> usesOfStorage(String storage) {
    ImmutableList.Builder<Use> all = ImmutableList.builder();
    for (String name : namesOf(storage)) {
      uses(name).stream().filter(use -> !is(nodes.get(use.node()), "Identity")).forEach(all::add);
    }
    return all.build();
  }

  /** A constant's name and those that Identity nodes give it. */
  private List<String> namesOf(String storage) {
    List<String> names = new ArrayList<>(List.of(storage));
    for (int i = 0; i < names.size(); i++) {
      for (Use use : uses(names.get(i))) {
        if (is(nodes.get(use.node()), "Identity")) {
          names.add(nodes.get(use.node()).getOutput(0));
        }
      }
    }
    return names;
  }

  /**
   * Whether the constant stored in {@code storage} is read in a subgraph or is an output of the
   * model, also through Identity nodes: it cannot be changed for the nodes that use it alone.
   */
  public boolean leavesMainGraph(String storage) {
    return namesOf(storage).stream()
        .anyMatch(name -> isOutput(name) || !capturedBy(name).isEmpty());
  }

  /** Whether a tensor is an input of the model. */
  public boolean isInput(String tensor) {
    return inputs.contains(tensor);
  }

  /** The names of the model's inputs. */
  public ImmutableSet<String> inputs() {
    return ImmutableSet.copyOf(inputs);
  }

  /** Whether a tensor is an output of the model. */
  public boolean isOutput(String tensor) {
    return outputs.contains(tensor);
  }

  /** What the file declares about a tensor's type and shape, if anything. */
  public Optional<ValueInfoProto> declared(String tensor) {
    return Optional.ofNullable(declared.get(tensor));
  }
}
