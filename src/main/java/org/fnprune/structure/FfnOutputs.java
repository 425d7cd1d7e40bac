package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;

/**
 * Finds units of kind {@code ffn_out}: the outputs of the down projections of {@code ffn} units
 * (arXiv 2502.20408's neurons). What they write to, the residual stream, keeps its width, so
 * nothing behind them needs to be followed:
 *
 * <pre>
 *   h [.., N] · W [N, m] (+ b [m]) = y [.., m]     removing output j takes column j of W and b_j
 * </pre>
 *
 * <p>The bias is the third operand of a Gemm, or of an Add that alone reads the product. One that
 * is added elsewhere, as in a fused skip normalisation, stays whole: it is no part of y.
 */
public final class FfnOutputs {

  private static final Set<String> PRODUCTS = Set.of("MatMul", "Gemm", "FusedMatMul");

  private final Graph graph;
  private final Shapes shapes;

  private FfnOutputs(Graph graph) {
    this.graph = graph;
    this.shapes = new Shapes(graph);
  }

  /** A structure together with the outputs of its feed-forward blocks. */
  public static Structure addTo(Graph graph, Structure structure) {
    FfnOutputs found = new FfnOutputs(graph);
    ImmutableList.Builder<PrunableUnit> units = ImmutableList.builder();
    for (PrunableUnit unit : structure.units()) {
      units.add(unit);
      if (unit.kind() == UnitKind.FFN) {
        for (int i = 0; i < unit.consumers().size(); i++) {
          found.outputs(structure.units(), unit, i).ifPresent(units::add);
        }
      }
    }
    return new Structure(units.build(), structure.refusals(), structure.parameters());
  }

  private Optional<PrunableUnit> outputs(List<PrunableUnit> units, PrunableUnit ffn, int number) {
    Projection down = ffn.consumers().get(number);
    NodeProto node = graph.node(down.node());
    Optional<TensorProto> weight = graph.constant(node.getInput(down.weightInput()));
    if (!PRODUCTS.contains(node.getOpType())
        || weight.filter(MatrixProductRule::isMatrix).isEmpty()
        || shapes.rank(node.getOutput(0)).isEmpty()) {
      return Optional.empty();
    }
    int width = Math.toIntExact(weight.get().getDims(down.transposed() ? 0 : 1));
    ImmutableIntArray outputs = ImmutableIntArray.copyOf(IntStream.range(0, width));
    ChannelAxis last = new ChannelAxis(-1, outputs);
    WeightSlice columns =
        slice(
            new Graph.Use(down.node(), down.weightInput()),
            new ChannelAxis(down.transposed() ? -2 : -1, outputs));
    Optional<Graph.Use> bias = followingBias(node, width);
    if (width == 1 || !isOwn(columns, units) || computesBias(node)) {
      return Optional.empty();
    }
    ImmutableList.Builder<WeightSlice> slices = ImmutableList.<WeightSlice>builder().add(columns);
    if (Graph.is(node, "Gemm") && node.getInputCount() > 2 && spans(node.getInput(2), width)) {
      slices.add(slice(new Graph.Use(down.node(), 2), last));
    }
    bias.ifPresent(use -> slices.add(slice(use, last)));
    String product = node.getOutput(0);
    return Optional.of(
        new PrunableUnit(
            ffn.id().replaceFirst("\\.ffn(?=$|\\.)", ".ffn_out")
                + (number == 0 ? "" : "." + number),
            UnitKind.FFN_OUT,
            ffn.layer(),
            bias.map(use -> graph.node(use.node()).getOutput(0)).orElse(product),
            width,
            1,
            slices.build(),
            ImmutableList.of(),
            ImmutableList.of(),
            bias.isPresent() ? ImmutableMap.of(product, last) : ImmutableMap.of()));
  }

  private WeightSlice slice(Graph.Use use, ChannelAxis axis) {
    String tensor = graph.node(use.node()).getInput(use.input());
    return new WeightSlice(
        use, graph.storage(tensor), axis, OnnxModel.elements(graph.constant(tensor).orElseThrow()));
  }

  /** Nothing else reads the matrix, and no other unit cuts its columns. */
  private boolean isOwn(WeightSlice columns, List<PrunableUnit> units) {
    return graph.usesOfStorage(columns.storage()).size() == 1
        && !graph.leavesMainGraph(columns.storage())
        && units.stream()
            .flatMap(unit -> unit.slices().stream())
            .noneMatch(
                slice ->
                    slice.use().equals(columns.use())
                        && slice.channels().axis() == columns.channels().axis());
  }

  private boolean computesBias(NodeProto node) {
    return Graph.is(node, "Gemm")
        && node.getInputCount() > 2
        && !node.getInput(2).isEmpty()
        && graph.constant(node.getInput(2)).isEmpty();
  }

  private Optional<Graph.Use> followingBias(NodeProto node, int width) {
    String product = node.getOutput(0);
    ImmutableList<Graph.Use> uses = graph.uses(product);
    if (Graph.is(node, "Gemm")
        || uses.size() != 1
        || graph.isOutput(product)
        || !graph.capturedBy(product).isEmpty()) {
      return Optional.empty();
    }
    NodeProto add = graph.node(uses.get(0).node());
    int other = 1 - uses.get(0).input();
    return Graph.is(add, "Add") && add.getInputCount() == 2 && spans(add.getInput(other), width)
        ? Optional.of(new Graph.Use(uses.get(0).node(), other))
        : Optional.empty();
  }

  private boolean spans(String tensor, int width) {
    return graph
        .constant(tensor)
        .filter(t -> t.getDimsCount() == 1 && t.getDims(0) == width)
        .isPresent();
  }
}
