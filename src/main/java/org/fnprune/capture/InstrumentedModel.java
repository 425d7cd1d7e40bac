package org.fnprune.capture;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.common.collect.ImmutableList;
import java.util.List;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TensorData;
import org.fnprune.structure.Projection;
import org.fnprune.structure.PrunableUnit;

/**
 * The dense model with a few nodes more, so that it computes the moments of every unit itself:
 *
 * <pre>
 *   mask [b, s] ─ Reshape [t, 1] ─ Cast ─┐
 *   h [.., d] ─ Reshape [t, d] ─ Where(mask, h, 0) ─ Gemm(hᵀ, h) → gram [d, d]
 *   mask [b, s] ─ Reshape [1, t] ─ MatMul(mask, h) → sum [1, d]
 * </pre>
 *
 * <p>The mask is a new input, one for tokens and zero for padding, which may hold anything, NaN
 * too. Everything that the moments do not depend on (the head of the model) is left out.
 *
 * @param model the model to run
 * @param grams output names of Σhhᵀ, in the order of the units
 * @param sums output names of Σh
 */
public record InstrumentedModel(
    OnnxModel model, ImmutableList<String> grams, ImmutableList<String> sums) {

  /** The name of the added mask input. */
  public static final String MASK = "fnprune_token_mask";

  private static final String COLUMN = "fnprune_mask_column";
  private static final String ZERO = "fnprune_zero";
  private static final String ROW = "fnprune_mask_row";

  /** Adds the nodes for {@code units} to a dense model. */
  public static InstrumentedModel of(Graph graph, List<PrunableUnit> units) {
    ModelProto.Builder model = graph.model().edit();
    GraphProto.Builder built = model.getGraphBuilder().clearOutput();
    built.addInput(floatTensor(MASK).setType(matrixType("batch", "sequence")));
    reshape(built, MASK, COLUMN + "_float", -1, 1);
    built.addNode(
        node("Cast", COLUMN, COLUMN + "_float")
            .addAttribute(integer("to", ElementType.BOOL.number())));
    built.addInitializer(TensorData.ofFloats(ZERO, ImmutableList.of(), new float[] {0}).toProto());
    reshape(built, MASK, ROW, 1, -1);
    ImmutableList.Builder<String> grams = ImmutableList.builder();
    ImmutableList.Builder<String> sums = ImmutableList.builder();
    for (int i = 0; i < units.size(); i++) {
      String prefix = "fnprune_unit_" + i;
      addMoments(built, graph, units.get(i), prefix);
      grams.add(prefix + "_gram");
      sums.add(prefix + "_sum");
    }
    model.setGraph(LiveNodes.only(built.build()));
    return new InstrumentedModel(
        new OnnxModel(model.build(), graph.model().file()), grams.build(), sums.build());
  }

  private static void addMoments(
      GraphProto.Builder built, Graph graph, PrunableUnit unit, String prefix) {
    String activation = unit.activation();
    if (elementType(graph, unit) != ElementType.FLOAT) {
      AttributeProto to = integer("to", ElementType.FLOAT.number());
      built.addNode(node("Cast", prefix + "_float", activation).addAttribute(to));
      activation = prefix + "_float";
    }
    reshape(built, activation, prefix + "_rows", -1, unit.width() * (long) unit.unitSize());
    built.addNode(node("Where", prefix + "_masked", COLUMN, prefix + "_rows", ZERO));
    built.addNode(
        node("Gemm", prefix + "_gram", prefix + "_masked", prefix + "_masked", ZERO)
            .addAttribute(integer("transA", 1)));
    built.addNode(node("MatMul", prefix + "_sum", ROW, prefix + "_masked"));
    built.addOutput(floatTensor(prefix + "_gram"));
    built.addOutput(floatTensor(prefix + "_sum"));
  }

  /** The activation has the type of the weight that it meets. */
  private static ElementType elementType(Graph graph, PrunableUnit unit) {
    Projection consumer = unit.consumers().get(0);
    String weight = graph.node(consumer.node()).getInput(consumer.weightInput());
    TensorProto tensor = graph.constant(weight).orElseThrow();
    return ElementType.of(tensor.getDataType(), weight);
  }

  private static void reshape(GraphProto.Builder built, String from, String to, long... shape) {
    String name = to + "_shape";
    built.addInitializer(
        TensorData.ofLongs(name, ImmutableList.of((long) shape.length), shape).toProto());
    built.addNode(node("Reshape", to, from, name));
  }

  private static NodeProto.Builder node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static ValueInfoProto.Builder floatTensor(String name) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(ElementType.FLOAT.number())));
  }

  private static TypeProto matrixType(String rows, String columns) {
    return TypeProto.newBuilder()
        .setTensorType(
            TypeProto.Tensor.newBuilder()
                .setElemType(ElementType.FLOAT.number())
                .setShape(
                    TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(rows))
                        .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(columns))))
        .build();
  }
}
