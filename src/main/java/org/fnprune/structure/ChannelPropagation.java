package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.Iterables;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.fnprune.model.Graph;

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

  /** A constant that is cut along one of the axes of a layout. */
  record Cut(Graph.Use use, String storage, ChannelLayout layout, long elements) {}

  /** Stands for a node's written numbers where others name an input. */
  private static final int NUMBERS = -1;

  private final Graph graph;
  private final Shapes shapes;
  private final UnionFind channels = new UnionFind();
  private final Map<String, ChannelLayout> marked = new LinkedHashMap<>();
  private final Map<Graph.Use, Cut> cuts = new LinkedHashMap<>();
  private final Map<Graph.Use, PendingEdit> edits = new LinkedHashMap<>();
  private final List<Projection> consumers = new ArrayList<>();
  private final Deque<String> queue = new ArrayDeque<>();
  private final PositionBias bias;
  private boolean attention;
  private boolean grouped;

  ChannelPropagation(Shapes shapes) {
    this.graph = shapes.graph();
    this.shapes = shapes;
    this.bias = new PositionBias(shapes);
  }

  /**
   * Follows the {@code width} columns that leave {@code output} on its last axis.
   *
   * @throws Blocked when a path cannot be proved safe
   */
  void follow(String output, int width) {
    mark(output, ChannelLayout.on(-1, fresh(width)));
    while (!queue.isEmpty()) {
      visit(queue.remove());
    }
    if (consumers.isEmpty()) {
      throw new Blocked("no matrix product consumes its outputs");
    }
  }

  private void visit(String tensor) {
    ChannelLayout layout = layout(tensor);
    CachePorts.check(this, tensor);
    if (!graph.capturedBy(tensor).isEmpty()) {
      NodeProto owner = graph.node(graph.capturedBy(tensor).get(0));
      throw new Blocked(
          owner.getOpType() + " '" + owner.getName() + "' reads '" + tensor + "' in a subgraph");
    }
    graph
        .producer(tensor)
        .ifPresent(i -> reach(i, false, graph.node(i).getOutputList().indexOf(tensor), layout));
    for (Graph.Use use : graph.uses(tensor)) {
      reach(use.node(), true, use.input(), layout);
    }
  }

  private void reach(int index, boolean forward, int port, ChannelLayout layout) {
    NodeProto node = graph.node(index);
    Reach reach = new Reach(this, index, node, forward, port, layout);
    OperatorRules.of(node)
        .orElseThrow(() -> reach.blocked("has no rule for channels passing through it"))
        .reach(reach);
  }

  /** Says that an activation carries channels; channels already there are tied to the new ones. */
  void mark(String tensor, ChannelLayout layout) {
    if (graph.constant(tensor).isPresent()) {
      throw new Blocked("the constant '" + tensor + "' would carry channels");
    }
    requireFit(tensor, layout);
    ChannelLayout before = marked.putIfAbsent(tensor, layout);
    if (before == null) {
      queue.add(tensor);
      return;
    }
    tie("'" + tensor + "'", before, layout);
  }

  /** What the graph says of a tensor's sizes must not contradict what its channels come from. */
  private void requireFit(String tensor, ChannelLayout layout) {
    for (int axis : layout.axes().toArray()) {
      boolean fits =
          shapes.rank(tensor).orElse(-axis) >= -axis
              && shapes
                  .size(tensor, axis)
                  .filter(size -> size.isKnown() && !size.is(layout.size(axis)))
                  .isEmpty();
      if (!fits) {
        throw new Blocked(
            "'" + tensor + "' of sizes " + shapes.of(tensor).orElseThrow() + " carries " + layout);
      }
    }
  }

  private void tie(String what, ChannelLayout before, ChannelLayout now) {
    IntPredicate common = axis -> before.isOn(axis) && now.isOn(axis);
    if (now.axes().stream().noneMatch(common)) {
      throw new Blocked(what + " would carry " + before + " and " + now);
    }
    ChannelLayout a = only(before, common);
    ChannelLayout b = only(now, common);
    if (!a.sizes().equals(b.sizes())) {
      throw new Blocked(what + " would carry " + before + " and " + now);
    }
    for (int i = 0; i < a.ids().length(); i++) {
      channels.union(a.ids().get(i), b.ids().get(i));
    }
  }

  /**
   * Ties all channels that differ only along axes that are not {@code kept}: something combines
   * them.
   *
   * @throws Blocked when no axis is kept, for then all channels are one
   */
  ChannelLayout only(ChannelLayout layout, IntPredicate kept) {
    ChannelLayout left = layout;
    for (int axis : layout.axes().toArray()) {
      if (kept.test(axis)) {
        continue;
      }
      if (left.axes().length() == 1) {
        throw new Blocked("all its channels are combined");
      }
      left = tied(left, axis);
    }
    return left;
  }

  private ChannelLayout tied(ChannelLayout layout, int axis) {
    int a = layout.axes().indexOf(axis);
    int stride = layout.stride(a);
    for (int position = 0; position < layout.ids().length(); position++) {
      if (layout.along(a, position) > 0) {
        channels.union(layout.ids().get(position), layout.ids().get(position - stride));
      }
    }
    return layout.picked(axis, new int[] {0}).without(axis);
  }

  /**
   * Whether an operand that is broadcast has its own position for every one along {@code axis}:
   * axes line up from the end. What cannot be told has.
   */
  boolean spans(String tensor, int axis) {
    if (tensor.isEmpty()) {
      return false;
    }
    return shapes
        .of(tensor)
        .map(s -> s.size() >= -axis && !s.get(s.size() + axis).is(1))
        .orElse(true);
  }

  /**
   * A constant that loses slices with the channels.
   *
   * @throws Blocked when an axis is not as wide as the channels, or it is not a constant
   */
  void cut(Reach reach, int input, ChannelLayout layout) {
    TensorProto constant =
        graph
            .constant(reach.node().getInput(input))
            .orElseThrow(() -> reach.blocked("multiplies two activations (attention)"));
    cut(reach, input, layout, constant.getDimsList());
  }

  /** The same for a constant whose values lie packed, as the tensor of shape {@code dims}. */
  void cut(Reach reach, int input, ChannelLayout layout, List<Long> dims) {
    String tensor = reach.node().getInput(input);
    for (int axis : layout.axes().toArray()) {
      int at = axis + dims.size();
      if (at < 0 || dims.get(at) != layout.size(axis)) {
        throw reach.blocked(
            "has the operand '" + tensor + "' of shape " + dims + ", not " + layout.size(axis));
      }
    }
    long elements = dims.stream().reduce(1L, Math::multiplyExact);
    Graph.Use use = new Graph.Use(reach.index(), input);
    Cut before = cuts.putIfAbsent(use, new Cut(use, graph.storage(tensor), layout, elements));
    if (before != null) {
      tie("'" + tensor + "'", before.layout(), layout);
    } else if (elements > layout.ids().length()) {
      reachOtherBranches(reach, input);
    }
  }

  /**
   * A matrix that both branches of an If use is one weight: what reaches the operator in one branch
   * reaches it in the other.
   */
  private void reachOtherBranches(Reach reach, int input) {
    for (Graph.Use use : graph.usesOfStorage(graph.storage(reach.node().getInput(input)))) {
      NodeProto other = graph.node(use.node());
      boolean same =
          use.input() == input
              && other.getOpType().equals(reach.node().getOpType())
              && graph.exclude(reach.index(), use.node());
      if (same) {
        mark(
            reach.forward() ? other.getInput(reach.port()) : other.getOutput(reach.port()),
            reach.channels());
      }
    }
  }

  /** New channels that nothing is tied to yet. */
  ImmutableIntArray fresh(int count) {
    int first = channels.add(count);
    return ImmutableIntArray.copyOf(IntStream.range(first, first + count));
  }

  /** New channels laid out as others are, but with {@code positions} along one axis. */
  ChannelLayout freshLike(ChannelLayout layout, int axis, int positions) {
    int[] sizes = layout.sizes().toArray();
    sizes[layout.axes().indexOf(axis)] = positions;
    if (positions < 0
        || (long) layout.ids().length() / layout.size(axis) * positions > ChannelLayout.MOST) {
      throw new Blocked("a part of " + positions + " beside its channels is too large");
    }
    return new ChannelLayout(
        layout.axes(),
        ImmutableIntArray.copyOf(sizes),
        fresh(IntStream.of(sizes).reduce(1, Math::multiplyExact)));
  }

  /** The number that stands for a channel and all that is tied to it. */
  int representative(int channel) {
    return channels.find(channel);
  }

  void tie(int a, int b) {
    channels.union(a, b);
  }

  void consume(Projection projection) {
    if (!consumers.contains(projection)) {
      consumers.add(projection);
    }
  }

  /** What must change in a node's written numbers; the first rule to say it decides. */
  void edit(int node, PendingEdit edit) {
    edit(node, NUMBERS, edit);
  }

  /** What must change about one input of a node. */
  void edit(int node, int input, PendingEdit edit) {
    edits.putIfAbsent(new Graph.Use(node, input), edit);
  }

  PositionBias bias() {
    return bias;
  }

  /** The channels meet in a product of two activations. */
  void meetInAttention() {
    attention = true;
  }

  /** One channel is repeated for several readers: a KV head for its query heads. */
  void areRepeated() {
    grouped = true;
  }

  boolean isAttention() {
    return attention;
  }

  boolean isGrouped() {
    return grouped;
  }

  boolean isMarked(String tensor) {
    return marked.containsKey(tensor);
  }

  private ChannelLayout layout(String tensor) {
    ChannelLayout layout = marked.get(tensor);
    if (layout == null) {
      throw new IllegalStateException(tensor + " is not marked");
    }
    return layout;
  }

  Shapes shapes() {
    return shapes;
  }

  Graph graph() {
    return graph;
  }

  Map<String, ChannelLayout> tensors() {
    return marked;
  }

  List<Cut> cuts() {
    return List.copyOf(cuts.values());
  }

  Iterable<PendingEdit> edits() {
    return Iterables.unmodifiableIterable(edits.values());
  }

  Set<Integer> editedNodes() {
    return edits.keySet().stream()
        .filter(use -> use.input() == NUMBERS)
        .map(Graph.Use::node)
        .collect(Collectors.toSet());
  }

  List<Projection> consumers() {
    return consumers;
  }
}
