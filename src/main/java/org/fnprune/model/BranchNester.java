package org.fnprune.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ListMultimap;
import com.google.common.collect.Multimaps;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a flat graph back into one with branches, after nodes were added, changed or removed:
 *
 * <ol>
 *   <li>a node lies in the branch that it is marked with, or further out where something outside of
 *       that branch reads it: what measures a tensor of a branch runs that branch always
 *   <li>each branch is made of its nodes, in their order
 *   <li>tensors that were renamed get back the name that they had
 * </ol>
 */
final class BranchNester {

  private final GraphProto flat;
  private final Map<Long, String> choices = new HashMap<>();
  private final Map<String, String> readers = new HashMap<>();
  private final Map<String, String> makers = new HashMap<>();
  private final ListMultimap<String, NodeProto> nodes = ArrayListMultimap.create();
  private final Map<String, ValueInfoProto> infos = new HashMap<>();
  private final Map<String, String> originals = new HashMap<>();

  private BranchNester(GraphProto flat) {
    this.flat = flat;
    flat.getValueInfoList().forEach(info -> infos.put(info.getName(), info));
    flat.getOutputList().forEach(output -> readers.put(output.getName(), ""));
    for (int i = flat.getNodeCount() - 1; i >= 0; i--) {
      place(flat.getNode(i));
    }
    Multimaps.asMap(nodes).values().forEach(Collections::reverse);
    flat.getInitializerList().forEach(tensor -> makers.put(tensor.getName(), ""));
    flat.getInputList().forEach(input -> makers.put(input.getName(), ""));
    makers.forEach(this::restore);
  }

  /** The graph with branches, or the very same if it is not flat. */
  static GraphProto nest(GraphProto flat) {
    boolean plain =
        flat.getNodeList().stream()
            .noneMatch(n -> Branches.isChoice(n) || !Branches.path(n).isEmpty());
    return plain ? flat : new BranchNester(flat).nest();
  }

  private void place(NodeProto node) {
    String path = marked(node);
    for (String output : node.getOutputList()) {
      if (readers.containsKey(output)) {
        path = Branches.around(path, readers.getOrDefault(output, path));
      }
    }
    for (String output : node.getOutputList()) {
      makers.put(output, path);
    }
    nodes.put(path, node);
    if (!Branches.isChoice(node)) {
      String here = path;
      node.getInputList().forEach(input -> read(input, here));
      Subgraphs.reads(node).forEach(name -> read(name, here));
      return;
    }
    choices.put(Branches.number(node), path);
    read(node.getInput(0), path);
    outputs(node, Branches.THEN).forEach(o -> read(o, path(node, Branches.THEN)));
    outputs(node, Branches.ELSE).forEach(o -> read(o, path(node, Branches.ELSE)));
  }

  /** Where a node is marked to lie, as far as the Ifs around it are still there. */
  private String marked(NodeProto node) {
    String path = "";
    for (String step : Branches.steps(Branches.path(node))) {
      String choice = step.isEmpty() ? null : choices.get(Branches.number(step));
      if (choice != null) {
        path = Branches.inside(choice, step);
      }
    }
    return path;
  }

  private void read(String tensor, String path) {
    readers.merge(tensor, path, Branches::around);
  }

  private String path(NodeProto choice, String branch) {
    long number = Branches.number(choice);
    return Branches.inside(choices.getOrDefault(number, ""), Branches.step(number, branch));
  }

  private static List<String> outputs(NodeProto choice, String branch) {
    int count = choice.getOutputCount();
    int from = branch.equals(Branches.THEN) ? 1 : 1 + count;
    return choice.getInputList().subList(from, from + count);
  }

  /** A tensor gets back its name unless something has it that the branch can see. */
  private void restore(String tensor, String path) {
    String original = Branches.original(tensor, path);
    String other = makers.get(original);
    if (!original.equals(tensor) && (other == null || Branches.exclude(other, path))) {
      originals.put(tensor, original);
    }
  }

  private GraphProto nest() {
    GraphProto.Builder main = flat.toBuilder().clearNode().clearValueInfo();
    nodes.get("").forEach(node -> main.addNode(nested(node)));
    flat.getValueInfoList().stream()
        .filter(info -> makers.getOrDefault(info.getName(), "").isEmpty())
        .forEach(main::addValueInfo);
    return main.build();
  }

  private NodeProto nested(NodeProto node) {
    NodeProto plain = Branches.unmarked(node);
    if (!Branches.isChoice(node)) {
      return originals.isEmpty() ? plain : Renaming.of(plain, this::original);
    }
    NodeProto.Builder choice =
        plain.toBuilder()
            .clearDomain()
            .clearInput()
            .addInput(original(node.getInput(0)))
            .clearOutput()
            .clearAttribute();
    node.getOutputList().forEach(output -> choice.addOutput(original(output)));
    return choice
        .addAttribute(branch(node, Branches.THEN))
        .addAttribute(branch(node, Branches.ELSE))
        .build();
  }

  private String original(String tensor) {
    return originals.getOrDefault(tensor, tensor);
  }

  private AttributeProto branch(NodeProto choice, String branch) {
    String path = path(choice, branch);
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName(Attributes.find(choice, branch).orElseThrow().getG().getName());
    nodes.get(path).forEach(node -> graph.addNode(nested(node)));
    Set<String> handedOut = new HashSet<>();
    for (String output : outputs(choice, branch)) {
      boolean own = makers.getOrDefault(output, "").equals(path) && handedOut.add(output);
      String name = own ? output : copied(output, graph);
      graph.addOutput(
          infos.getOrDefault(output, ValueInfoProto.getDefaultInstance()).toBuilder()
              .setName(original(name)));
    }
    for (ValueInfoProto info : flat.getValueInfoList()) {
      if (path.equals(makers.get(info.getName())) && !handedOut.contains(info.getName())) {
        graph.addValueInfo(info.toBuilder().setName(original(info.getName())));
      }
    }
    return AttributeProto.newBuilder()
        .setName(branch)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(graph)
        .build();
  }

  /** A branch may hand out only what it makes. */
  private String copied(String tensor, GraphProto.Builder graph) {
    String copy = tensor + "@" + graph.getName() + graph.getOutputCount();
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Identity")
            .setName(copy)
            .addInput(original(tensor))
            .addOutput(copy));
    return copy;
  }
}
