package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.fnprune.model.Attributes;
import org.fnprune.model.Branches;

/** The shape of what a node makes, for the operators that transformers are written with. */
final class ShapeInference {

  private final NodeProto node;
  private final int port;
  private final Shapes shapes;

  private ShapeInference(NodeProto node, int port, Shapes shapes) {
    this.node = node;
    this.port = port;
    this.shapes = shapes;
  }

  /** The sizes of output number {@code port}, if they can be told. */
  static Optional<ImmutableList<Size>> of(NodeProto node, int port, Shapes shapes) {
    return new ShapeInference(node, port, shapes).infer();
  }

  private Optional<ImmutableList<Size>> infer() {
    return switch (node.getOpType()) {
      case "Shape" -> shape();
      case "Add",
          "Sub",
          "Mul",
          "Div",
          "Pow",
          "Mod",
          "Max",
          "Min",
          "Sum",
          "Mean",
          "Where",
          "And",
          "Or",
          "Xor",
          "Equal",
          "Less",
          "LessOrEqual",
          "Greater",
          "GreaterOrEqual",
          "BiasGelu",
          "FastGelu",
          "PRelu" ->
          broadcast(node.getInputList());
      case "Range" -> Optional.of(ImmutableList.of(unknown(-1)));
      case "MatMul",
          "FusedMatMul",
          "MatMulInteger",
          "DynamicQuantizeMatMul",
          "MatMulIntegerToFloat" ->
          product(1);
      case "QLinearMatMul" -> product(3);
      case "QLinearAdd", "QLinearMul" ->
          broadcast(ImmutableList.of(node.getInput(0), node.getInput(3)));
      case "Gemm", "FusedGemm" -> gemm(1);
      case "QGemm" -> gemm(3);
      case "MatMulNBits" -> lastIs(Size.of(Attributes.integer(node, "N", 0)));
      case "Reshape" -> reshape();
      case "Flatten" -> flatten();
      case "Transpose" -> transpose();
      case "Unsqueeze" -> unsqueeze();
      case "Squeeze" -> squeeze();
      case "Expand" -> expand();
      case "Concat" -> concat();
      case "Split" -> split();
      case "Slice" -> slice();
      case "Gather" -> gather();
      case "GatherElements" -> input(1);
      case "ConstantOfShape" -> target(node.getInput(0));
      case "Tile" -> input(0).map(s -> fresh(s.size()));
      case "ReduceMean",
          "ReduceSum",
          "ReduceMax",
          "ReduceMin",
          "ReduceProd",
          "ReduceL2",
          "ReduceSumSquare" ->
          reduced();
      case "ArgMax", "ArgMin" -> arg();
      case "Conv" -> convolution();
      case "Attention", "GroupQueryAttention", "MultiHeadAttention" ->
          AttentionShapes.of(node, port, shapes);
      case "EmbedLayerNormalization" -> embedded();
      case "DynamicQuantizeLinear" -> port == 0 ? input(0) : Optional.of(ImmutableList.of());
      case "SkipLayerNormalization", "SkipSimplifiedLayerNormalization" ->
          port == 0 || port == 3 ? input(0) : Optional.empty();
      case "LayerNormalization", "SimplifiedLayerNormalization", "Dropout" ->
          port == 0 ? input(0) : Optional.empty();
      case "If" -> choice();
      case "Loop", "Scan", "NonZero", "TopK", "OneHot", "Einsum", "Pad", "Resize", "Unique" ->
          Optional.empty();
      default -> SAME.contains(node.getOpType()) ? input(0) : Optional.empty();
    };
  }

  /** Operators whose output has the shape of their first input. */
  private static final Set<String> SAME =
      Set.of(
          "Abs",
          "Cast",
          "CastLike",
          "Ceil",
          "Celu",
          "Clip",
          "Cos",
          "CumSum",
          "DequantizeLinear",
          "Elu",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "IsInf",
          "IsNaN",
          "LeakyRelu",
          "Log",
          "LogSoftmax",
          "LpNormalization",
          "Mish",
          "Neg",
          "Not",
          "QLinearLeakyRelu",
          "QLinearSigmoid",
          "QLinearSoftmax",
          "QuantizeLinear",
          "QuickGelu",
          "Reciprocal",
          "Relu",
          "RMSNormalization",
          "RotaryEmbedding",
          "Round",
          "ScatterElements",
          "ScatterND",
          "Selu",
          "Sigmoid",
          "Sign",
          "Sin",
          "Softmax",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Swish",
          "Tanh",
          "ThresholdedRelu",
          "Trilu");

  private Optional<ImmutableList<Size>> input(int i) {
    return i < node.getInputCount() ? shapes.of(node.getInput(i)) : Optional.empty();
  }

  private Size unknown(int axis) {
    return Shapes.unknown(node.getOutput(port), axis);
  }

  private ImmutableList<Size> fresh(int rank) {
    return IntStream.range(-rank, 0)
        .mapToObj(this::unknown)
        .collect(ImmutableList.toImmutableList());
  }

  /** What the shapes of both branches of a flat graph's If have in common. */
  private Optional<ImmutableList<Size>> choice() {
    if (!Branches.isChoice(node)) {
      return Optional.empty();
    }
    Optional<ImmutableList<Size>> yes = input(1 + port);
    Optional<ImmutableList<Size>> no = input(1 + node.getOutputCount() + port);
    if (yes.isEmpty() || no.isEmpty() || yes.get().size() != no.get().size()) {
      return Optional.empty();
    }
    int rank = yes.get().size();
    return Optional.of(
        IntStream.range(0, rank)
            .mapToObj(
                i ->
                    yes.get().get(i).equals(no.get().get(i)) ? yes.get().get(i) : unknown(i - rank))
            .collect(ImmutableList.toImmutableList()));
  }

  private Optional<ImmutableList<Size>> shape() {
    return input(0)
        .map(
            s -> {
              int start = ShapeValues.clamp(Attributes.integer(node, "start", 0), s.size());
              int end = ShapeValues.clamp(Attributes.integer(node, "end", s.size()), s.size());
              return ImmutableList.of(Size.of(Math.max(0, end - start)));
            });
  }

  private Optional<ImmutableList<Size>> broadcast(List<String> inputs) {
    List<ImmutableList<Size>> operands = new ArrayList<>();
    for (String input : inputs) {
      if (!input.isEmpty()) {
        Optional<ImmutableList<Size>> operand = shapes.of(input);
        if (operand.isEmpty()) {
          return Optional.empty();
        }
        operands.add(operand.get());
      }
    }
    return Optional.of(broadcastSizes(operands));
  }

  private ImmutableList<Size> broadcastSizes(List<ImmutableList<Size>> operands) {
    int rank = operands.stream().mapToInt(List::size).max().orElse(0);
    ImmutableList.Builder<Size> result = ImmutableList.builder();
    for (int axis = -rank; axis < 0; axis++) {
      Size size = Size.of(1);
      for (ImmutableList<Size> operand : operands) {
        if (operand.size() >= -axis) {
          size = broadcast(size, operand.get(operand.size() + axis));
        }
      }
      result.add(size);
    }
    return result.build();
  }

  /**
   * Two sizes that only run time tells can be broadcast when they are equal or one of them is 1.
   * They are taken to be equal, under the plainer name: exporters compute the same batch size and
   * number of tokens in many ways. Where that were wrong, the slim model would not equal the masked
   * one.
   */
  private static Size broadcast(Size a, Size b) {
    if (a.equals(b) || b.is(1) || (a.isKnown() && !a.is(1))) {
      return a;
    }
    return a.is(1) || b.isKnown() || b.isPlainerThan(a) ? b : a;
  }

  private Optional<ImmutableList<Size>> product(int weight) {
    Optional<ImmutableList<Size>> left = input(0);
    Optional<ImmutableList<Size>> right = input(weight);
    if (left.isEmpty() || right.isEmpty() || left.get().size() < 2 || right.get().size() < 2) {
      return Optional.empty();
    }
    ImmutableList<Size> a = left.get();
    ImmutableList<Size> b = right.get();
    boolean transA = Attributes.integer(node, "transA", 0) != 0;
    boolean transB = Attributes.integer(node, "transB", 0) != 0;
    return Optional.of(
        ImmutableList.<Size>builder()
            .addAll(broadcastSizesOfBatch(a.subList(0, a.size() - 2), b.subList(0, b.size() - 2)))
            .add(a.get(a.size() - (transA ? 1 : 2)))
            .add(b.get(b.size() - (transB ? 2 : 1)))
            .build());
  }

  private ImmutableList<Size> broadcastSizesOfBatch(
      ImmutableList<Size> left, ImmutableList<Size> right) {
    int rank = Math.max(left.size(), right.size());
    ImmutableList.Builder<Size> result = ImmutableList.builder();
    for (int axis = -rank; axis < 0; axis++) {
      Size a = left.size() >= -axis ? left.get(left.size() + axis) : Size.of(1);
      Size b = right.size() >= -axis ? right.get(right.size() + axis) : Size.of(1);
      result.add(broadcast(a, b));
    }
    return result.build();
  }

  private Optional<ImmutableList<Size>> gemm(int weight) {
    Optional<ImmutableList<Size>> a = input(0).filter(s -> s.size() == 2);
    Optional<ImmutableList<Size>> b = input(weight).filter(s -> s.size() == 2);
    boolean transA = Attributes.integer(node, "transA", 0) != 0;
    boolean transB = Attributes.integer(node, "transB", 0) != 0;
    return Optional.of(
        ImmutableList.of(
            a.map(s -> s.get(transA ? 1 : 0)).orElse(unknown(-2)),
            b.map(s -> s.get(transB ? 0 : 1)).orElse(unknown(-1))));
  }

  private Optional<ImmutableList<Size>> lastIs(Size last) {
    return input(0)
        .filter(s -> !s.isEmpty())
        .map(
            s ->
                ImmutableList.<Size>builder().addAll(s.subList(0, s.size() - 1)).add(last).build());
  }

  private Optional<ImmutableList<Size>> reshape() {
    if (node.getInputCount() < 2) {
      return Optional.empty();
    }
    Optional<ImmutableList<ShapeElement>> target = shapes.values(node.getInput(1));
    if (target.isEmpty()) {
      return shapes
          .of(node.getInput(1))
          .filter(s -> s.size() == 1 && s.get(0).isKnown())
          .map(s -> fresh((int) s.get(0).factor()));
    }
    Optional<ImmutableList<Size>> from = input(0);
    boolean zeroIsZero = Attributes.integer(node, "allowzero", 0) != 0;
    List<Size> sizes = new ArrayList<>();
    int inferred = -1;
    for (int i = 0; i < target.get().size(); i++) {
      Size size = target.get().get(i).size();
      if (size.is(-1)) {
        inferred = i;
        sizes.add(Size.of(1));
      } else if (size.is(0) && !zeroIsZero) {
        int at = i;
        sizes.add(
            from.filter(s -> s.size() > at)
                .map(s -> s.get(at))
                .orElse(unknown(i - target.get().size())));
      } else {
        sizes.add(size);
      }
    }
    if (inferred >= 0) {
      Size others = sizes.stream().reduce(Size.of(1), Size::times);
      sizes.set(
          inferred,
          from.flatMap(s -> s.stream().reduce(Size.of(1), Size::times).dividedBy(others))
              .orElse(unknown(inferred - sizes.size())));
    }
    return Optional.of(ImmutableList.copyOf(sizes));
  }

  private Optional<ImmutableList<Size>> flatten() {
    return input(0)
        .map(
            s -> {
              int axis = ShapeValues.clamp(Attributes.integer(node, "axis", 1), s.size());
              return ImmutableList.of(
                  s.subList(0, axis).stream().reduce(Size.of(1), Size::times),
                  s.subList(axis, s.size()).stream().reduce(Size.of(1), Size::times));
            });
  }

  private Optional<ImmutableList<Size>> transpose() {
    return input(0)
        .flatMap(
            s -> {
              int[] order = TransposeRule.order(node, s.size());
              return order.length == s.size()
                      && Arrays.stream(order).allMatch(i -> i >= 0 && i < s.size())
                  ? Optional.of(
                      Arrays.stream(order)
                          .mapToObj(s::get)
                          .collect(ImmutableList.toImmutableList()))
                  : Optional.empty();
            });
  }

  /** The axes of an Unsqueeze, Squeeze or reduction; empty when they cannot be told. */
  private Optional<long[]> axes() {
    if (node.getInputCount() > 1 && !node.getInput(1).isEmpty()) {
      return shapes.numbers(node.getInput(1));
    }
    List<Long> axes = Attributes.integers(node, "axes");
    return axes.isEmpty()
        ? Optional.empty()
        : Optional.of(axes.stream().mapToLong(Long::longValue).toArray());
  }

  private Optional<ImmutableList<Size>> unsqueeze() {
    Optional<ImmutableList<Size>> from = input(0);
    Optional<long[]> axes = axes();
    if (from.isEmpty() || axes.isEmpty()) {
      return Optional.empty();
    }
    int rank = from.get().size() + axes.get().length;
    TreeSet<Integer> added = new TreeSet<>();
    Arrays.stream(axes.get()).forEach(a -> added.add((int) (a < 0 ? a + rank : a)));
    List<Size> sizes = new ArrayList<>(from.get());
    for (int at : added) {
      if (at < 0 || at > sizes.size()) {
        return Optional.empty();
      }
      sizes.add(at, Size.of(1));
    }
    return Optional.of(ImmutableList.copyOf(sizes));
  }

  private Optional<ImmutableList<Size>> squeeze() {
    Optional<ImmutableList<Size>> from = input(0);
    Optional<long[]> axes = axes();
    if (from.isEmpty() || axes.isEmpty()) {
      return Optional.empty();
    }
    int rank = from.get().size();
    Set<Integer> gone = new TreeSet<>();
    Arrays.stream(axes.get()).forEach(a -> gone.add((int) (a < 0 ? a + rank : a)));
    return Optional.of(
        IntStream.range(0, rank)
            .filter(i -> !gone.contains(i))
            .mapToObj(from.get()::get)
            .collect(ImmutableList.toImmutableList()));
  }

  private Optional<ImmutableList<Size>> target(String tensor) {
    return shapes
        .values(tensor)
        .map(v -> v.stream().map(ShapeElement::size).collect(ImmutableList.toImmutableList()))
        .or(
            () ->
                shapes
                    .of(tensor)
                    .filter(s -> s.size() == 1 && s.get(0).isKnown())
                    .map(s -> fresh((int) s.get(0).factor())));
  }

  private Optional<ImmutableList<Size>> expand() {
    Optional<ImmutableList<Size>> from = input(0);
    Optional<ImmutableList<Size>> to = target(node.getInput(1));
    return from.isEmpty() || to.isEmpty()
        ? Optional.empty()
        : Optional.of(broadcastSizes(List.of(from.get(), to.get())));
  }

  private Optional<ImmutableList<Size>> concat() {
    List<ImmutableList<Size>> parts = new ArrayList<>();
    for (String input : node.getInputList()) {
      Optional<ImmutableList<Size>> part = shapes.of(input);
      if (part.isEmpty() || part.get().isEmpty()) {
        return Optional.empty();
      }
      parts.add(part.get());
    }
    int rank = parts.get(0).size();
    int axis = ShapeValues.clamp(Attributes.integer(node, "axis", 0), rank - 1 + 1);
    int at = axis >= rank ? rank - 1 : axis;
    if (parts.stream().anyMatch(p -> p.size() != rank)) {
      return Optional.empty();
    }
    List<Size> sizes = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int here = i;
      List<Size> along = parts.stream().map(p -> p.get(here)).toList();
      sizes.add(i == at ? sum(along, i - rank) : agreed(along));
    }
    return Optional.of(ImmutableList.copyOf(sizes));
  }

  private Size sum(List<Size> parts, int axis) {
    Optional<Size> sum = Optional.of(Size.of(0));
    for (Size part : parts) {
      sum = sum.flatMap(s -> s.plus(part));
    }
    return sum.orElse(unknown(axis));
  }

  private static Size agreed(List<Size> sizes) {
    return sizes.stream().filter(Size::isKnown).findFirst().orElse(sizes.get(0));
  }

  private Optional<ImmutableList<Size>> split() {
    return input(0)
        .map(
            s -> {
              long axis = Attributes.integer(node, "axis", 0);
              int at = (int) (axis < 0 ? axis + s.size() : axis);
              List<Size> sizes = new ArrayList<>(s);
              sizes.set(at, part(s.get(at), at - s.size()));
              return ImmutableList.copyOf(sizes);
            });
  }

  private Size part(Size whole, int axis) {
    Optional<long[]> sizes =
        node.getInputCount() > 1 && !node.getInput(1).isEmpty()
            ? shapes.numbers(node.getInput(1))
            : Optional.of(
                Attributes.integers(node, "split").stream().mapToLong(Long::longValue).toArray());
    if (sizes.isEmpty()) {
      return unknown(axis);
    }
    if (sizes.get().length > port) {
      return Size.of(sizes.get()[port]);
    }
    return whole.dividedBy(Size.of(node.getOutputCount())).orElse(unknown(axis));
  }

  private Optional<ImmutableList<Size>> slice() {
    return input(0)
        .map(
            s -> {
              List<Size> sizes = new ArrayList<>(s);
              for (int i = 0; i < sizes.size(); i++) {
                int axis = i - sizes.size();
                if (SliceBounds.touches(node, axis, s.size(), shapes)) {
                  sizes.set(i, sliced(s.get(i), axis, s.size()));
                }
              }
              return ImmutableList.copyOf(sizes);
            });
  }

  private Size sliced(Size size, int axis, int rank) {
    return size.isKnown()
        ? SliceBounds.of(node, axis, (int) size.factor(), rank, shapes)
            .map(b -> Size.of(b.positions().length))
            .orElse(unknown(axis))
        : unknown(axis);
  }

  private Optional<ImmutableList<Size>> gather() {
    Optional<ImmutableList<Size>> from = input(0);
    Optional<ImmutableList<Size>> indices = input(1);
    if (from.isEmpty() || indices.isEmpty() || from.get().isEmpty()) {
      return Optional.empty();
    }
    long axis = Attributes.integer(node, "axis", 0);
    int at = (int) (axis < 0 ? axis + from.get().size() : axis);
    return Optional.of(
        ImmutableList.<Size>builder()
            .addAll(from.get().subList(0, at))
            .addAll(indices.get())
            .addAll(from.get().subList(at + 1, from.get().size()))
            .build());
  }

  private Optional<ImmutableList<Size>> reduced() {
    Optional<ImmutableList<Size>> from = input(0);
    Optional<long[]> axes = axes();
    boolean keep = Attributes.integer(node, "keepdims", 1) == 1;
    if (from.isEmpty() || axes.isEmpty()) {
      return Optional.empty();
    }
    int rank = from.get().size();
    Set<Integer> gone = new TreeSet<>();
    Arrays.stream(axes.get()).forEach(a -> gone.add((int) (a < 0 ? a + rank : a)));
    return Optional.of(
        IntStream.range(0, rank)
            .filter(i -> keep || !gone.contains(i))
            .mapToObj(i -> gone.contains(i) ? Size.of(1) : from.get().get(i))
            .collect(ImmutableList.toImmutableList()));
  }

  private Optional<ImmutableList<Size>> arg() {
    boolean keep = Attributes.integer(node, "keepdims", 1) == 1;
    return input(0).map(s -> fresh(keep ? s.size() : s.size() - 1));
  }

  private Optional<ImmutableList<Size>> convolution() {
    OptionalInt rank = shapes.rank(node.getInput(1));
    Optional<ImmutableList<Size>> weight = input(1);
    if (rank.isEmpty() || weight.isEmpty()) {
      return Optional.empty();
    }
    List<Size> sizes = new ArrayList<>(fresh(rank.getAsInt()));
    sizes.set(0, input(0).map(s -> s.get(0)).orElse(sizes.get(0)));
    sizes.set(1, weight.get().get(0));
    return Optional.of(ImmutableList.copyOf(sizes));
  }

  /** Token ids [b, s] become vectors [b, s, H] of the word embedding, and a mask [b]. */
  private Optional<ImmutableList<Size>> embedded() {
    return input(0)
        .filter(ids -> ids.size() == 2)
        .map(
            ids ->
                port == 1
                    ? ImmutableList.of(ids.get(0))
                    : ImmutableList.of(
                        ids.get(0),
                        ids.get(1),
                        shapes.size(node.getInput(2), -1).orElse(unknown(-1))));
  }
}
