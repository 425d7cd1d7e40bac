package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ListMultimap;
import com.google.common.collect.MultimapBuilder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.fnprune.model.Branches;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.SlicedTensor;
import org.fnprune.model.TensorData;

/** Collects changes to a graph and makes the changed graph. Node numbers are the dense graph's. */
final class GraphEditor {

  private final Graph dense;
  private final List<NodeProto.Builder> nodes = new ArrayList<>();
  private final ListMultimap<Integer, NodeProto> before =
      MultimapBuilder.hashKeys().arrayListValues().build();
  private final ListMultimap<Integer, NodeProto> after =
      MultimapBuilder.hashKeys().arrayListValues().build();
  private final Map<String, TensorProto> initializers = new LinkedHashMap<>();
  private final Map<String, SlicedTensor> sliced = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();

  GraphEditor(Graph dense) {
    this.dense = dense;
    for (NodeProto node : dense.nodes()) {
      nodes.add(node.toBuilder());
      names.addAll(node.getOutputList());
      names.add(node.getName());
    }
    GraphProto graph = dense.model().graph();
    graph.getInitializerList().forEach(t -> initializers.put(t.getName(), t));
    graph.getInputList().forEach(i -> names.add(i.getName()));
    names.addAll(initializers.keySet());
  }

  Graph dense() {
    return dense;
  }

  NodeProto.Builder node(int index) {
    return nodes.get(index);
  }

  /** A name that nothing has yet, beginning with {@code base}. */
  String freshName(String base) {
    String name = base;
    for (int i = 1; !names.add(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  /** Gives one node input another constant: in place when nothing else reads the old one. */
  void replace(Graph.Use use, TensorData data) {
    String name = nameFor(use);
    put(data.named(name).toProto());
    node(use.node()).setInput(use.input(), name);
  }

  private String nameFor(Graph.Use use) {
    String tensor = node(use.node()).getInput(use.input());
    boolean own = initializers.containsKey(tensor) && (isNew(tensor) || isOnlyReader(use, tensor));
    return own ? tensor : freshName(tensor + "_pruned");
  }

  /**
   * Whether nothing else reads a tensor, or only what reads a matrix in the other branch of an If:
   * that is cut with this use of it ({@link #share}).
   */
  private boolean isOnlyReader(Graph.Use use, String tensor) {
    boolean matrix =
        dense
            .constant(tensor)
            .map(t -> t.getDimsList().stream().filter(size -> size > 1).count() > 1)
            .orElse(false);
    return !dense.leavesMainGraph(tensor)
        && dense.uses(tensor).stream()
            .filter(other -> !other.equals(use))
            .allMatch(other -> matrix && dense.exclude(other.node(), use.node()));
  }

  /** Lets one node input read what another does by now. */
  void share(Graph.Use from, Graph.Use to) {
    node(to.node()).setInput(to.input(), node(from.node()).getInput(from.input()));
  }

  /** Whether the dense graph has no such tensor: it was made for the one node that reads it. */
  private boolean isNew(String tensor) {
    return dense.uses(tensor).isEmpty() && dense.capturedBy(tensor).isEmpty();
  }

  /**
   * Gives one node input slices of the constant that it reads by now. Of a constant that lies in a
   * file of its own they are cut when the model is written.
   *
   * @param axis negative, counted from the end
   */
  void slice(Graph.Use use, int axis, int[] positions) {
    TensorProto whole = current(use);
    String tensor = node(use.node()).getInput(use.input());
    Optional<SlicedTensor> inFile =
        Optional.ofNullable(sliced.get(tensor)).or(() -> dense.model().inFile(whole));
    if (inFile.isEmpty()) {
      replace(use, dense.model().data(whole).slice(axis, positions));
      return;
    }
    String name = nameFor(use);
    SlicedTensor slices = inFile.get().slice(axis, positions);
    put(slices.declared(name));
    sliced.put(name, slices);
    node(use.node()).setInput(use.input(), name);
  }

  /** The constant that a node input reads by now. */
  TensorProto current(Graph.Use use) {
    String tensor = node(use.node()).getInput(use.input());
    TensorProto changed = initializers.get(tensor);
    return changed != null ? changed : dense.constant(tensor).orElseThrow();
  }

  /** Adds an initialiser, or replaces the one of that name. */
  void put(TensorProto tensor) {
    initializers.put(tensor.getName(), tensor);
    sliced.remove(tensor.getName());
    names.add(tensor.getName());
  }

  /** Adds an initialiser under a name of its own that begins with {@code base}; the name. */
  String add(TensorData tensor, String base) {
    String name = freshName(base);
    put(tensor.named(name).toProto());
    return name;
  }

  /** Adds whole numbers as an initialiser under a name that begins with {@code base}; the name. */
  String vector(String base, long... numbers) {
    return add(TensorData.ofLongs("", ImmutableList.of((long) numbers.length), numbers), base);
  }

  void insertBefore(int index, NodeProto node) {
    before.put(index, Branches.beside(dense.node(index), node));
  }

  void insertAfter(int index, NodeProto node) {
    after.put(index, Branches.beside(dense.node(index), node));
  }

  /** Inserts nodes before all that were inserted after {@code index}. */
  void insertFirstAfter(int index, List<NodeProto> inserted) {
    after
        .get(index)
        .addAll(0, inserted.stream().map(n -> Branches.beside(dense.node(index), n)).toList());
  }

  /** The changed model, without what the changes left unused. */
  OnnxModel build() {
    List<NodeProto> ordered = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      ordered.addAll(before.get(i));
      ordered.add(nodes.get(i).build());
      ordered.addAll(after.get(i));
    }
    ModelProto.Builder model = dense.model().edit();
    GraphProto.Builder graph =
        model
            .getGraphBuilder()
            .clearNode()
            .addAllNode(ordered)
            .clearInitializer()
            .addAllInitializer(initializers.values());
    return new OnnxModel(
        model.setGraph(Orphans.remove(graph, dense)).build(),
        dense.model().file(),
        ImmutableMap.copyOf(sliced));
  }
}
