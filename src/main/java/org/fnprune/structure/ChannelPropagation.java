package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;

/**
 * Follows the output channels of one weight through the graph, forwards and backwards, until every
 * path ends in a matrix product that makes or consumes them. The idea is DepGraph's (arXiv
 * 2301.12900): all tensors touched form one group, and channels that an operator combines become
 * one.
 *
 * <p>What carries channels is <em>marked</em>; each marked tensor reaches the node that makes it
 * and every node that reads it, and the rule of that node's operator says what happens there. A
 * path that no rule can prove safe ends in {@link Blocked}.
 */
final class ChannelPropagation {

  private final Graph graph;
  private final Ranks ranks;
  private final UnionFind channels = new UnionFind();
  private final Map<String, ChannelAxis> marked = new LinkedHashMap<>();
  private final Map<Graph.Use, WeightSlice> slices = new LinkedHashMap<>();
  private final List<ShapeEdit> shapes = new ArrayList<>();
  private final List<SplitEdit> splits = new ArrayList<>();
  private final List<Projection> consumers = new ArrayList<>();
  private final List<Integer> shapeReaders = new ArrayList<>();
  private final Deque<String> queue = new ArrayDeque<>();

  ChannelPropagation(Graph graph, Ranks ranks) {
    this.graph = graph;
    this.ranks = ranks;
  }

  /**
   * Follows the {@code width} columns that leave {@code output} on its last axis.
   *
   * @throws Blocked when a path cannot be proved safe
   */
  void follow(String output, int width) {
    mark(output, new ChannelAxis(-1, fresh(width)));
    while (!queue.isEmpty()) {
      visit(queue.remove());
    }
    ShapeReaders.check(this, shapeReaders);
    if (consumers.isEmpty()) {
      throw new Blocked("no matrix product consumes its outputs");
    }
  }

  private void visit(String tensor) {
    ChannelAxis axis = marked(tensor);
    if (graph.isOutput(tensor)) {
      throw Blocked.atGraphOutput(tensor);
    }
    if (graph.isInput(tensor)) {
      throw new Blocked("its outputs are combined with the graph input '" + tensor + "'");
    }
    if (!graph.capturedBy(tensor).isEmpty()) {
      NodeProto owner = graph.node(graph.capturedBy(tensor).get(0));
      throw new Blocked(
          owner.getOpType() + " '" + owner.getName() + "' reads '" + tensor + "' in a subgraph");
    }
    graph
        .producer(tensor)
        .ifPresent(i -> reach(i, false, graph.node(i).getOutputList().indexOf(tensor), axis));
    for (Graph.Use use : graph.uses(tensor)) {
      reach(use.node(), true, use.input(), axis);
    }
  }

  private void reach(int index, boolean forward, int port, ChannelAxis axis) {
    NodeProto node = graph.node(index);
    Reach reach = new Reach(this, index, node, forward, port, axis);
    OperatorRules.of(node)
        .orElseThrow(() -> reach.blocked("has no rule for channels passing through it"))
        .reach(reach);
  }

  /** Says that an activation carries channels; channels already there are tied to the new ones. */
  void mark(String tensor, ChannelAxis axis) {
    if (graph.constant(tensor).isPresent()) {
      throw new Blocked("the constant '" + tensor + "' would carry channels");
    }
    ChannelAxis before = marked.putIfAbsent(tensor, axis);
    if (before == null) {
      queue.add(tensor);
      return;
    }
    if (before.axis() != axis.axis() || before.width() != axis.width()) {
      throw new Blocked(
          "'" + tensor + "' would carry channels on axes " + before.axis() + " and " + axis.axis());
    }
    tie(before.channels(), axis.channels());
  }

  private void tie(ImmutableIntArray a, ImmutableIntArray b) {
    for (int i = 0; i < a.length(); i++) {
      channels.union(a.get(i), b.get(i));
    }
  }

  /**
   * An operand of an operator that broadcasts: a constant that spans the channels is cut; what does
   * not span them (a scalar, an axis of size 1) is left alone; an activation is marked.
   */
  void operand(Reach reach, int input, ChannelAxis axis) {
    String tensor = reach.node().getInput(input);
    if (tensor.isEmpty()) {
      return;
    }
    if (graph.constant(tensor).isEmpty()) {
      if (ranks.of(tensor).orElse(-axis.axis()) >= -axis.axis()) {
        mark(tensor, axis);
      }
      return;
    }
    TensorProto constant = graph.constant(tensor).get();
    int at = axis.axis() + constant.getDimsCount();
    if (at < 0 || (constant.getDims(at) == 1 && axis.width() != 1)) {
      return;
    }
    cut(reach, input, axis);
  }

  /**
   * A constant that loses slices with the channels.
   *
   * @throws Blocked when its axis is not as wide as the channels, or it is not a constant
   */
  void cut(Reach reach, int input, ChannelAxis axis) {
    String tensor = reach.node().getInput(input);
    TensorProto constant =
        graph
            .constant(tensor)
            .orElseThrow(() -> reach.blocked("multiplies two activations (attention)"));
    int at = axis.axis() + constant.getDimsCount();
    if (at < 0 || constant.getDims(at) != axis.width()) {
      throw reach.blocked(
          "has the operand '"
              + tensor
              + "' of shape "
              + constant.getDimsList()
              + ", not "
              + axis.width());
    }
    Graph.Use use = new Graph.Use(reach.index(), input);
    WeightSlice before =
        slices.putIfAbsent(
            use, new WeightSlice(use, graph.storage(tensor), axis, OnnxModel.elements(constant)));
    if (before != null) {
      if (before.channels().axis() != axis.axis()) {
        throw reach.blocked("would lose both rows and columns of '" + tensor + "'");
      }
      tie(before.channels().channels(), axis.channels());
    }
  }

  /** New channels that nothing is tied to yet. */
  ImmutableIntArray fresh(int count) {
    int first = channels.add(count);
    return ImmutableIntArray.copyOf(IntStream.range(first, first + count));
  }

  /** The number that stands for a channel and all that is tied to it. */
  int representative(int channel) {
    return channels.find(channel);
  }

  void consume(Projection projection) {
    if (!consumers.contains(projection)) {
      consumers.add(projection);
    }
  }

  void edit(ShapeEdit edit) {
    if (shapes.stream().noneMatch(e -> e.node() == edit.node())) {
      shapes.add(edit);
    }
  }

  void edit(SplitEdit edit) {
    splits.add(edit);
  }

  void shapeIsReadBy(int node) {
    shapeReaders.add(node);
  }

  /** Whether {@code axis} of {@code tensor} is known to carry channels. */
  boolean carries(String tensor, int axis) {
    ChannelAxis there = marked.get(tensor);
    return there != null && there.axis() == axis;
  }

  boolean isMarked(String tensor) {
    return marked.containsKey(tensor);
  }

  private ChannelAxis marked(String tensor) {
    ChannelAxis axis = marked.get(tensor);
    if (axis == null) {
      throw new IllegalStateException(tensor + " is not marked");
    }
    return axis;
  }

  /** What a tensor's shape is computed from. */
  ShapeExpression shapeExpressions() {
    return new ShapeExpression(graph, ranks);
  }

  OptionalInt rank(String tensor) {
    return ranks.of(tensor);
  }

  Graph graph() {
    return graph;
  }

  Map<String, ChannelAxis> tensors() {
    return marked;
  }

  List<WeightSlice> slices() {
    return List.copyOf(slices.values());
  }

  List<ShapeEdit> shapes() {
    return shapes;
  }

  List<SplitEdit> splits() {
    return splits;
  }

  List<Projection> consumers() {
    return consumers;
  }
}
