package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.common.collect.ImmutableMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.FloatEnds;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;
import org.fnprune.structure.UnitKind;

/**
 * The dense model with one float input more per unit: a mask over the positions of its channels
 * that is multiplied into the activation, so that any choice of channels can be tried without
 * rewriting.
 *
 * @param dense the model before
 * @param model the model to run
 * @param masks input names by unit id
 */
public record MaskedModel(Graph dense, OnnxModel model, ImmutableMap<String, String> masks) {

  /** Adds masks for all units of a structure. */
  public static MaskedModel of(Graph dense, Structure structure) {
    GraphEditor editor = new GraphEditor(dense);
    ImmutableMap.Builder<String, String> masks = ImmutableMap.builder();
    GraphProto.Builder inputs = GraphProto.newBuilder();
    for (PrunableUnit unit : structure.units()) {
      String mask = editor.freshName("fnprune_mask_" + unit.id());
      inputs.addInput(vector(mask, unit.positions()));
      masks.put(unit.id(), mask);
      multiply(editor, unit, mask);
    }
    OnnxModel edited = editor.build();
    GraphProto graph =
        edited.graph().toBuilder().addAllInput(inputs.getInputList()).clearValueInfo().build();
    return new MaskedModel(dense, edited.withGraph(graph), masks.buildOrThrow());
  }

  private static void multiply(GraphEditor editor, PrunableUnit unit, String mask) {
    if (unit.kind() == UnitKind.FFN_OUT) {
      multiplyOutputs(editor, unit, mask);
      return;
    }
    Graph dense = editor.dense();
    List<Graph.Use> entries =
        unit.consumers().stream().map(c -> FloatEnds.maskable(dense, c)).distinct().toList();
    ElementType type = ConsumerWeights.type(dense, unit.consumers().get(0));
    int at = entries.stream().mapToInt(Graph.Use::node).min().orElseThrow();
    String factor = cast(editor, mask, type, at);
    Map<String, String> masked = new HashMap<>();
    for (Graph.Use entry : entries) {
      NodeProto.Builder reader = editor.node(entry.node());
      String activation = reader.getInput(entry.input());
      String product = masked.get(activation);
      if (product == null) {
        product = editor.freshName(activation + "_masked");
        masked.put(activation, product);
        insertMul(editor, entries, activation, factor, product);
      }
      reader.setInput(entry.input(), product);
    }
  }

  /** Multiplies before the first node that reads {@code activation}: each branch has its own. */
  private static void insertMul(
      GraphEditor editor,
      List<Graph.Use> entries,
      String activation,
      String factor,
      String product) {
    int at =
        entries.stream()
            .filter(
                entry ->
                    editor.dense().node(entry.node()).getInput(entry.input()).equals(activation))
            .mapToInt(Graph.Use::node)
            .min()
            .orElseThrow();
    editor.insertBefore(at, product(activation, factor, product));
  }

  /** Whatever reads the outputs reads them masked. */
  private static void multiplyOutputs(GraphEditor editor, PrunableUnit unit, String mask) {
    int at = editor.dense().producer(unit.activation()).orElseThrow();
    TensorProto weight = editor.current(unit.slices().get(0).use());
    String factor = cast(editor, mask, ElementType.of(weight.getDataType(), weight.getName()), at);
    String whole = editor.freshName(unit.activation() + "_whole");
    editor.node(at).setOutput(0, whole);
    editor.insertAfter(at, product(whole, factor, unit.activation()));
  }

  private static NodeProto product(String activation, String factor, String output) {
    return NodeProto.newBuilder()
        .setOpType("Mul")
        .addInput(activation)
        .addInput(factor)
        .addOutput(output)
        .build();
  }

  private static String cast(GraphEditor editor, String mask, ElementType type, int before) {
    if (type == ElementType.FLOAT) {
      return mask;
    }
    String factor = editor.freshName(mask + "_cast");
    editor.insertBefore(
        before,
        NodeProto.newBuilder()
            .setOpType("Cast")
            .addInput(mask)
            .addOutput(factor)
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("to")
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(type.number()))
            .build());
    return factor;
  }

  private static ValueInfoProto vector(String name, int width) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(ElementType.FLOAT.number())
                        .setShape(
                            TensorShapeProto.newBuilder()
                                .addDim(
                                    TensorShapeProto.Dimension.newBuilder().setDimValue(width)))))
        .build();
  }

  /** The mask inputs that let through what {@code plan} keeps; units not in it stay whole. */
  public Map<String, ExtraInput> inputs(Structure structure, PruningPlan plan) {
    Map<String, ExtraInput> extra = new HashMap<>();
    for (PrunableUnit unit : structure.units()) {
      float[] mask = new float[unit.positions()];
      java.util.Arrays.fill(mask, 1f);
      extra.put(name(unit.id()), new ExtraInput(mask, unit.positions()));
    }
    for (UnitPlan planned : plan.units()) {
      float[] mask = new float[planned.positions()];
      planned.keptPositions().forEach(i -> mask[i] = 1f);
      extra.put(name(planned.id()), new ExtraInput(mask, planned.positions()));
    }
    return extra;
  }

  private String name(String unit) {
    String mask = masks.get(unit);
    if (mask == null) {
      throw new IllegalArgumentException("no mask for unit '" + unit + "'");
    }
    return mask;
  }
}
