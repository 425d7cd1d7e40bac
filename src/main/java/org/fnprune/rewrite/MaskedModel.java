package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fnprune.model.Attributes;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.FloatEnds;
import org.fnprune.structure.Neurons;
import org.fnprune.structure.Projection;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.QuantisedWeight;
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
    return of(dense, structure, ImmutableList.of());
  }

  /**
   * The same for one plan. A weight whose blocks it breaks has the values that the slim model has
   * to round it to; it multiplies the kept positions of the activation, so that all else can be
   * compared exactly.
   */
  public static MaskedModel of(Graph dense, Structure structure, PruningPlan plan) {
    return of(dense, structure, Requantised.of(dense, structure, plan));
  }

  private static MaskedModel of(
      Graph dense, Structure structure, ImmutableList<Requantised.Part> rounded) {
    GraphEditor editor = new GraphEditor(dense);
    ImmutableMap.Builder<String, String> masks = ImmutableMap.builder();
    GraphProto.Builder inputs = GraphProto.newBuilder();
    for (PrunableUnit unit : structure.units()) {
      String mask = editor.freshName("fnprune_mask_" + unit.id());
      inputs.addInput(vector(mask, unit.positions()));
      masks.put(unit.id(), mask);
      multiply(editor, unit, mask);
    }
    rounded.forEach(part -> round(editor, part));
    OnnxModel edited = editor.build();
    GraphProto graph =
        edited.graph().toBuilder().addAllInput(inputs.getInputList()).clearValueInfo().build();
    return new MaskedModel(dense, edited.withGraph(graph), masks.buildOrThrow());
  }

  /** The products that read a weight read what the slim model keeps of it. */
  private static void round(GraphEditor editor, Requantised.Part part) {
    Graph dense = editor.dense();
    QuantisedEditor.cut(
        editor, part.weight(), part.slice().channels().axis(), part.positions().toArray());
    long[] positions = part.positions().stream().asLongStream().toArray();
    String kept = editor.vector(part.slice().storage() + "_kept", positions);
    for (Projection consumer : part.unit().consumers()) {
      boolean reads =
          ConsumerWeights.quantised(dense, consumer)
              .map(weight -> storage(dense, weight).equals(storage(dense, part.weight())))
              .orElse(false);
      if (reads) {
        gather(editor, FloatEnds.maskable(dense, consumer), kept);
        editor.node(consumer.node()).getAttributeBuilderList().stream()
            .filter(attribute -> attribute.getName().equals("K"))
            .forEach(attribute -> attribute.setI(positions.length));
      }
    }
  }

  private static String storage(Graph dense, QuantisedWeight weight) {
    Graph.Use use = weight.integers();
    return dense.storage(dense.node(use.node()).getInput(use.input()));
  }

  private static void gather(GraphEditor editor, Graph.Use entry, String kept) {
    NodeProto.Builder reader = editor.node(entry.node());
    String gathered = editor.freshName(reader.getInput(entry.input()) + "_kept");
    editor.insertBefore(
        entry.node(),
        NodeProto.newBuilder()
            .setOpType("Gather")
            .addInput(reader.getInput(entry.input()))
            .addInput(kept)
            .addOutput(gathered)
            .addAttribute(Attributes.of("axis", -1))
            .build());
    reader.setInput(entry.input(), gathered);
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
            .addAttribute(Attributes.of("to", type.number()))
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
    Map<String, ExtraInput> extra = inputs(structure, Neurons.NONE, 1);
    for (UnitPlan planned : plan.units()) {
      float[] mask = new float[planned.positions()];
      planned.keptPositions().forEach(i -> mask[i] = 1f);
      extra.put(name(planned.id()), new ExtraInput(mask, planned.positions()));
    }
    return extra;
  }

  /**
   * The mask inputs that multiply some neurons and leave all others as they are.
   *
   * @param factor 0 masks them, more than 1 amplifies them
   */
  public Map<String, ExtraInput> inputs(Structure structure, Neurons neurons, float factor) {
    Map<String, ExtraInput> extra = new HashMap<>();
    for (PrunableUnit unit : structure.units()) {
      float[] mask = new float[unit.positions()];
      Arrays.fill(mask, 1f);
      neurons.of(unit.id()).forEach(i -> mask[i] = factor);
      extra.put(name(unit.id()), new ExtraInput(mask, unit.positions()));
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
