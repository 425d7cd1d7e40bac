package org.fnprune.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fnprune.common.UsageException;

/**
 * Puts the bodies of model-local functions in place of their calls, in subgraphs too, so that
 * channels can be followed through them. Functions that were written for another version of an
 * operator set than the model's stay calls: their operators may mean something else.
 */
final class FunctionInliner {

  private static final int DEEPEST = 64;

  /** Far above any model; functions that call each other twice could make any number of either. */
  private static final int MOST_NODES = 2_000_000;

  private record Key(String domain, String name, String overload) {

    static Key of(NodeProto call) {
      return new Key(standard(call.getDomain()), call.getOpType(), call.getOverload());
    }

    static Key of(FunctionProto function) {
      return new Key(standard(function.getDomain()), function.getName(), function.getOverload());
    }
  }

  private final ModelProto model;
  private final Map<Key, FunctionProto> functions = new HashMap<>();
  private final Map<String, Long> versions = new HashMap<>();
  private final TensorNames taken;
  private int calls;
  private int nodes;

  private FunctionInliner(ModelProto model) {
    this.model = model;
    this.taken = TensorNames.of(model.getGraph());
    model.getOpsetImportList().forEach(o -> versions.put(standard(o.getDomain()), o.getVersion()));
  }

  /**
   * The model without functions, or the very same if it has none.
   *
   * @throws UsageException when functions call themselves
   */
  static ModelProto inline(ModelProto model) {
    return model.getFunctionsCount() == 0 ? model : new FunctionInliner(model).inline();
  }

  private static String standard(String domain) {
    return domain.equals("ai.onnx") ? "" : domain;
  }

  private ModelProto inline() {
    ModelProto.Builder inlined = model.toBuilder();
    boolean all = true;
    for (FunctionProto function : model.getFunctionsList()) {
      if (isOfModelsVersions(function)) {
        functions.put(Key.of(function), function);
        addImports(function, inlined);
      } else {
        all = false;
      }
    }
    inlined.setGraph(expand(model.getGraph(), 0));
    return (all ? inlined.clearFunctions() : inlined).build();
  }

  private boolean isOfModelsVersions(FunctionProto function) {
    return function.getOpsetImportList().stream()
        .allMatch(
            o -> {
              Long version = versions.get(standard(o.getDomain()));
              return version == null || version == o.getVersion();
            });
  }

  private void addImports(FunctionProto function, ModelProto.Builder inlined) {
    for (OperatorSetIdProto opset : function.getOpsetImportList()) {
      if (versions.putIfAbsent(standard(opset.getDomain()), opset.getVersion()) == null) {
        inlined.addOpsetImport(opset);
      }
    }
  }

  private GraphProto expand(GraphProto graph, int depth) {
    List<NodeProto> expanded = new ArrayList<>();
    graph.getNodeList().forEach(node -> expand(node, depth, expanded));
    return graph.toBuilder().clearNode().addAllNode(expanded).build();
  }

  private void expand(NodeProto node, int depth, List<NodeProto> expanded) {
    FunctionProto function = functions.get(Key.of(node));
    if (function == null) {
      expanded.add(expandInside(node, depth));
      nodes++;
    } else if (depth > DEEPEST || nodes > MOST_NODES || calls > MOST_NODES) {
      throw new UsageException(
          "the model's function '" + function.getName() + "' calls itself, or far too often",
          "the file is damaged; export the model again");
    } else {
      FunctionCall.expand(function, node, ++calls, taken)
          .forEach(inner -> expand(inner, depth + 1, expanded));
    }
  }

  private NodeProto expandInside(NodeProto node, int depth) {
    if (node.getAttributeList().stream().noneMatch(a -> a.hasG() || a.getGraphsCount() > 0)) {
      return node;
    }
    NodeProto.Builder expanded = node.toBuilder();
    for (AttributeProto.Builder attribute : expanded.getAttributeBuilderList()) {
      if (attribute.hasG()) {
        attribute.setG(expand(attribute.getG(), depth));
      }
      for (int i = 0; i < attribute.getGraphsCount(); i++) {
        attribute.setGraphs(i, expand(attribute.getGraphs(i), depth));
      }
    }
    return expanded.build();
  }
}
