package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.common.collect.ImmutableList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.TensorData;

/**
 * The shapes of a graph's tensors as far as the file tells, and the values of the small
 * whole-number tensors that exporters compute shapes with. One pass in the order of the graph;
 * sizes that only run time tells are named unknowns, so that a Reshape can be proved to keep rows
 * as rows.
 */
public final class Shapes {

  private static final int LONGEST_VECTOR = 64;

  private final Graph graph;
  private final Map<String, ImmutableList<Size>> sizes = new HashMap<>();
  private final Map<String, ImmutableList<ShapeElement>> values = new HashMap<>();

  /**
   * Walks once over a graph.
   *
   * @throws org.fnprune.common.UsageException when a node cannot be computed
   */
  public Shapes(Graph graph) {
    this.graph = graph;
    graph.inputs().forEach(input -> declared(input).ifPresent(s -> sizes.put(input, s)));
    for (int index : graph.order().asList()) {
      NodeProto node = graph.node(index);
      NodeAxes.check(node, this);
      for (int i = 0; i < node.getOutputCount(); i++) {
        infer(node, i);
      }
    }
  }

  private void infer(NodeProto node, int port) {
    String output = node.getOutput(port);
    if (output.isEmpty() || graph.constant(output).isPresent()) {
      return;
    }
    Optional<ImmutableList<Size>> inferred = ShapeInference.of(node, port, this);
    Optional<ImmutableList<Size>> told = declared(output);
    inferred
        .map(found -> told.map(t -> refined(found, t)).orElse(found))
        .or(() -> told)
        .ifPresent(found -> sizes.put(output, found));
    ShapeValues.of(node, port, this)
        .filter(v -> v.size() <= LONGEST_VECTOR)
        .ifPresent(v -> values.put(output, v));
  }

  private static ImmutableList<Size> refined(ImmutableList<Size> found, ImmutableList<Size> told) {
    if (found.size() != told.size()) {
      return found;
    }
    return IntStream.range(0, found.size())
        .mapToObj(
            i -> !found.get(i).isKnown() && told.get(i).isKnown() ? told.get(i) : found.get(i))
        .collect(ImmutableList.toImmutableList());
  }

  private Optional<ImmutableList<Size>> declared(String tensor) {
    return graph
        .declared(tensor)
        .map(ValueInfoProto::getType)
        .filter(type -> type.hasTensorType() && type.getTensorType().hasShape())
        .map(
            type -> {
              List<Dimension> dims = type.getTensorType().getShape().getDimList();
              ImmutableList.Builder<Size> told = ImmutableList.builder();
              for (int i = 0; i < dims.size(); i++) {
                Dimension dim = dims.get(i);
                told.add(
                    dim.hasDimValue() && dim.getDimValue() > 0
                        ? Size.of(dim.getDimValue())
                        : dim.getDimParam().isEmpty()
                            ? unknown(tensor, i - dims.size())
                            : Size.unknown(dim.getDimParam()));
              }
              return told.build();
            });
  }

  /** A size that nothing else is equal to, for one axis of a tensor, counted from the end. */
  static Size unknown(String tensor, int axis) {
    return Size.unknown(tensor + "[" + axis + "]");
  }

  /** The sizes of a tensor's axes; empty when not even their number can be told. */
  Optional<ImmutableList<Size>> of(String tensor) {
    return graph
        .constant(tensor)
        .map(
            t ->
                t.getDimsList().stream()
                    .map(dim -> Size.of(dim))
                    .collect(ImmutableList.toImmutableList()))
        .or(() -> Optional.ofNullable(sizes.get(tensor)));
  }

  /** The number of axes of a tensor, if it can be told. */
  public OptionalInt rank(String tensor) {
    return of(tensor).map(s -> OptionalInt.of(s.size())).orElse(OptionalInt.empty());
  }

  /** The size of an axis counted from the end, if the tensor has it and it can be told. */
  Optional<Size> size(String tensor, int axis) {
    return of(tensor).filter(s -> s.size() >= -axis).map(s -> s.get(s.size() + axis));
  }

  /** The number of elements of a vector, if it can be told. */
  public OptionalInt length(String vector) {
    return of(vector)
        .filter(s -> s.size() == 1 && s.get(0).isKnown())
        .map(s -> OptionalInt.of(Math.toIntExact(s.get(0).factor())))
        .orElse(OptionalInt.empty());
  }

  /** The elements of a small tensor of whole numbers (one for a scalar), if they can be told. */
  Optional<ImmutableList<ShapeElement>> values(String tensor) {
    return graph
        .constant(tensor)
        .filter(
            t ->
                t.getDimsCount() <= 1
                    && (t.getDimsCount() == 0 || t.getDims(0) <= LONGEST_VECTOR)
                    && (t.getDataType() == ElementType.INT64.number()
                        || t.getDataType() == ElementType.INT32.number()))
        .map(t -> written(graph.model().data(t)))
        .or(() -> Optional.ofNullable(values.get(tensor)));
  }

  /** The numbers of a small constant, wherever they are written. */
  Optional<long[]> numbers(String tensor) {
    return values(tensor)
        .filter(v -> v.stream().allMatch(e -> e.size().isKnown()))
        .map(v -> v.stream().mapToLong(e -> e.size().factor()).toArray());
  }

  private static ImmutableList<ShapeElement> written(TensorData data) {
    ImmutableList.Builder<ShapeElement> elements = ImmutableList.builder();
    for (long value : data.toLongs()) {
      elements.add(ShapeElement.written(value));
    }
    return elements.build();
  }

  Graph graph() {
    return graph;
  }
}
