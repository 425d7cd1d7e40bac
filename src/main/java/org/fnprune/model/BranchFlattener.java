package org.fnprune.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Puts the nodes of both branches of every If beside the others, as {@link Branches} draws it.
 * Their initialisers and declarations join the main graph's. Where both branches use a name, the
 * one that comes first keeps it.
 */
final class BranchFlattener {

  private final GraphProto.Builder flat;
  private final TensorNames taken;
  private final Set<String> defined = new HashSet<>();
  private final Set<String> declared = new HashSet<>();
  private final List<NodeProto> nodes = new ArrayList<>();
  private int choices;

  private BranchFlattener(GraphProto graph) {
    this.flat = graph.toBuilder();
    this.taken = TensorNames.of(graph);
    graph.getInputList().forEach(input -> defined.add(input.getName()));
    defined.addAll(definedIn(graph));
    graph.getValueInfoList().forEach(info -> declared.add(info.getName()));
    graph.getOutputList().forEach(info -> declared.add(info.getName()));
  }

  /** The flat graph, or the very same if it has no If. */
  static GraphProto flatten(GraphProto graph) {
    if (graph.getNodeList().stream().noneMatch(BranchFlattener::isPlainIf)) {
      return graph;
    }
    BranchFlattener flattener = new BranchFlattener(graph);
    graph.getNodeList().forEach(node -> flattener.add(node, "", UnaryOperator.identity()));
    return flattener.flat.clearNode().addAllNode(flattener.nodes).build();
  }

  private static boolean isPlainIf(NodeProto node) {
    return Graph.is(node, "If")
        && node.getAttributeCount() == 2
        && isPlain(node, Branches.THEN)
        && isPlain(node, Branches.ELSE);
  }

  private static boolean isPlain(NodeProto node, String branch) {
    GraphProto graph = graph(node, branch);
    return graph.getInputCount() == 0
        && graph.getSparseInitializerCount() == 0
        && graph.getOutputCount() == node.getOutputCount();
  }

  private static GraphProto graph(NodeProto node, String branch) {
    return Attributes.find(node, branch)
        .map(AttributeProto::getG)
        .orElse(GraphProto.newBuilder().addInput(ValueInfoProto.getDefaultInstance()).build());
  }

  private void add(NodeProto node, String path, UnaryOperator<String> names) {
    if (isPlainIf(node)) {
      choice(node, path, names);
    } else {
      nodes.add(Branches.marked(Renaming.of(node, names), path));
    }
  }

  /**
   * The branch that reads least of the graph around it comes first: of a merged decoder that is the
   * one without a cache, which a capture runs.
   */
  private void choice(NodeProto node, String path, UnaryOperator<String> names) {
    long number = choices++;
    Map<String, List<String>> outputs = new HashMap<>();
    Map<TensorProto, String> matrices = new HashMap<>();
    List.of(Branches.THEN, Branches.ELSE).stream()
        .sorted(Comparator.comparingLong(b -> outside(graph(node, b))))
        .forEach(
            b ->
                outputs.put(
                    b, branch(graph(node, b), path, Branches.step(number, b), names, matrices)));
    NodeProto.Builder choice =
        node.toBuilder()
            .setDomain(Branches.DOMAIN)
            .clearAttribute()
            .addAttribute(Branches.number(number))
            .addAttribute(named(node, Branches.THEN))
            .addAttribute(named(node, Branches.ELSE));
    outputs.getOrDefault(Branches.THEN, List.of()).forEach(choice::addInput);
    outputs.getOrDefault(Branches.ELSE, List.of()).forEach(choice::addInput);
    for (int i = 0; i < node.getOutputCount(); i++) {
      choice.setOutput(i, names.apply(node.getOutput(i)));
    }
    choice.setInput(0, names.apply(node.getInput(0)));
    nodes.add(Branches.marked(choice.build(), path));
  }

  private static long outside(GraphProto graph) {
    Set<String> own = definedIn(graph);
    return graph.getNodeList().stream()
        .flatMap(n -> n.getInputList().stream())
        .filter(input -> !own.contains(input))
        .distinct()
        .count();
  }

  private static Set<String> definedIn(GraphProto graph) {
    Set<String> own = new LinkedHashSet<>();
    graph.getInitializerList().forEach(tensor -> own.add(tensor.getName()));
    graph.getNodeList().forEach(node -> own.addAll(node.getOutputList()));
    own.remove("");
    return own;
  }

  private static AttributeProto named(NodeProto node, String branch) {
    return AttributeProto.newBuilder()
        .setName(branch)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(GraphProto.newBuilder().setName(graph(node, branch).getName()))
        .build();
  }

  /**
   * Adds a branch; returns the names of its outputs.
   *
   * @param matrices names by value of those in the branch before: equal ones are one weight
   */
  private List<String> branch(
      GraphProto branch,
      String path,
      String step,
      UnaryOperator<String> outer,
      Map<TensorProto, String> matrices) {
    Map<String, String> own = new HashMap<>();
    Set<String> there = equalMatrices(branch, matrices, own);
    for (String tensor : definedIn(branch)) {
      if (!there.contains(tensor)) {
        own.put(tensor, defined.add(tensor) ? tensor : taken.fresh(Branches.renamed(tensor, step)));
      }
    }
    UnaryOperator<String> names =
        tensor -> {
          String name = own.get(tensor);
          return name == null ? outer.apply(tensor) : name;
        };
    matrices(branch).forEach((name, matrix) -> matrices.putIfAbsent(matrix, names.apply(name)));
    branch.getInitializerList().stream()
        .filter(tensor -> !there.contains(tensor.getName()))
        .map(tensor -> tensor.toBuilder().setName(names.apply(tensor.getName())))
        .forEach(flat::addInitializer);
    branch.getValueInfoList().forEach(info -> declare(info, names));
    branch.getOutputList().forEach(info -> declare(info, names));
    branch.getNodeList().stream()
        .filter(node -> !there.contains(node.getOutput(0)))
        .forEach(node -> add(node, Branches.inside(path, step), names));
    return branch.getOutputList().stream().map(output -> names.apply(output.getName())).toList();
  }

  /** Finds the matrices of a branch that the other branch has as well. */
  private static Set<String> equalMatrices(
      GraphProto branch, Map<TensorProto, String> matrices, Map<String, String> own) {
    matrices(branch)
        .forEach(
            (name, matrix) ->
                Optional.ofNullable(matrices.get(matrix)).ifPresent(same -> own.put(name, same)));
    return Set.copyOf(own.keySet());
  }

  /** Initialisers and Constant nodes of a branch that hold a matrix, without their names. */
  private static Map<String, TensorProto> matrices(GraphProto branch) {
    Map<String, TensorProto> found = new LinkedHashMap<>();
    branch.getInitializerList().forEach(tensor -> found.put(tensor.getName(), tensor));
    for (NodeProto node : branch.getNodeList()) {
      if (Graph.is(node, "Constant")) {
        Attributes.find(node, "value").ifPresent(a -> found.put(node.getOutput(0), a.getT()));
      }
    }
    found.values().removeIf(t -> t.getDimsList().stream().filter(size -> size > 1).count() < 2);
    found.replaceAll((name, t) -> t.toBuilder().clearName().clearDocString().build());
    return found;
  }

  private void declare(ValueInfoProto info, UnaryOperator<String> names) {
    String name = names.apply(info.getName());
    if (declared.add(name)) {
      flat.addValueInfo(info.toBuilder().setName(name));
    }
  }
}
