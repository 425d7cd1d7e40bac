package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.fnprune.model.Attributes;
import org.fnprune.model.Branches;

/** The shape of what a node makes, for the operators that transformers are written with. */
final class ShapeInference {

  private final NodeProto node;
  private final int port;
  private final NodeOutput made;
  private final ProductShapes products;
  private final AxisShapes axes;
  private final PartShapes parts;

  private ShapeInference(NodeOutput made) {
    this.node = made.node();
    this.port = made.port();
    this.made = made;
    this.products = new ProductShapes(made);
    this.axes = new AxisShapes(made);
    this.parts = new PartShapes(made);
  }

  /** The sizes of output number {@code port}, if they can be told. */
  static Optional<ImmutableList<Size>> of(NodeProto node, int port, Shapes shapes) {
    return new ShapeInference(new NodeOutput(node, port, shapes)).infer();
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
          products.broadcast(node.getInputList());
      case "Range" -> Optional.of(ImmutableList.of(made.unknown(-1)));
      case "MatMul",
          "FusedMatMul",
          "MatMulInteger",
          "DynamicQuantizeMatMul",
          "MatMulIntegerToFloat" ->
          products.product(1);
      case "QLinearMatMul" -> products.product(3);
      case "QLinearAdd", "QLinearMul" ->
          products.broadcast(ImmutableList.of(node.getInput(0), node.getInput(3)));
      case "Gemm", "FusedGemm" -> products.gemm(1);
      case "QGemm" -> products.gemm(3);
      case "MatMulNBits" -> products.lastIs(Size.of(Attributes.integer(node, "N", 0)));
      case "Reshape" -> axes.reshape();
      case "Flatten" -> axes.flatten();
      case "Transpose" -> axes.transpose();
      case "Unsqueeze" -> axes.unsqueeze();
      case "Squeeze" -> axes.squeeze();
      case "Expand" -> axes.expand();
      case "Concat" -> parts.concat();
      case "Split" -> parts.split();
      case "Slice" -> parts.slice();
      case "Gather" -> parts.gather();
      case "Pad" -> parts.pad();
      case "GatherElements" -> made.input(1);
      case "ConstantOfShape" -> axes.target(node.getInput(0));
      case "Tile" -> made.input(0).map(s -> made.fresh(s.size()));
      case "ReduceMean",
          "ReduceSum",
          "ReduceMax",
          "ReduceMin",
          "ReduceProd",
          "ReduceL2",
          "ReduceSumSquare" ->
          axes.reduced();
      case "ArgMax", "ArgMin" -> axes.arg();
      case "Conv" -> products.convolution();
      case "Attention", "GroupQueryAttention", "MultiHeadAttention" -> AttentionShapes.of(made);
      case "EmbedLayerNormalization" -> embedded();
      case "DynamicQuantizeLinear" -> port == 0 ? made.input(0) : Optional.of(ImmutableList.of());
      case "SkipLayerNormalization", "SkipSimplifiedLayerNormalization" ->
          port == 0 || port == 3 ? made.input(0) : Optional.empty();
      case "LayerNormalization", "SimplifiedLayerNormalization", "Dropout" ->
          port == 0 ? made.input(0) : Optional.empty();
      case "If" -> choice();
      case "Loop", "Scan", "NonZero", "TopK", "OneHot", "Einsum", "Resize", "Unique" ->
          Optional.empty();
      default -> SAME.contains(node.getOpType()) ? made.input(0) : Optional.empty();
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

  /** What the shapes of both branches of a flat graph's If have in common. */
  private Optional<ImmutableList<Size>> choice() {
    if (!Branches.isChoice(node)) {
      return Optional.empty();
    }
    Optional<ImmutableList<Size>> yes = made.input(1 + port);
    Optional<ImmutableList<Size>> no = made.input(1 + node.getOutputCount() + port);
    if (yes.isEmpty() || no.isEmpty() || yes.get().size() != no.get().size()) {
      return Optional.empty();
    }
    int rank = yes.get().size();
    return Optional.of(
        IntStream.range(0, rank)
            .mapToObj(
                i ->
                    yes.get().get(i).equals(no.get().get(i))
                        ? yes.get().get(i)
                        : made.unknown(i - rank))
            .collect(ImmutableList.toImmutableList()));
  }

  private Optional<ImmutableList<Size>> shape() {
    return made.input(0)
        .map(
            s -> {
              int start = ShapeValues.clamp(Attributes.integer(node, "start", 0), s.size());
              int end = ShapeValues.clamp(Attributes.integer(node, "end", s.size()), s.size());
              return ImmutableList.of(Size.of(Math.max(0, end - start)));
            });
  }

  /** Token ids [b, s] become vectors [b, s, H] of the word embedding, and a mask [b]. */
  private Optional<ImmutableList<Size>> embedded() {
    return made.input(0)
        .filter(ids -> ids.size() == 2 && made.has(2))
        .map(
            ids ->
                port == 1
                    ? ImmutableList.of(ids.get(0))
                    : ImmutableList.of(
                        ids.get(0),
                        ids.get(1),
                        made.shapes().size(node.getInput(2), -1).orElse(made.unknown(-1))));
  }
}
