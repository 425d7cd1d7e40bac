package org.fnprune.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fnprune.common.UsageException;

/**
 * Puts the bodies of model-local functions in place of their calls, in subgraphs too, so that
 * channels can be followed through them. Functions that were written for another version of an
 * operator set than the model's stay calls: their operators may mean something else.
 */
final class FunctionInliner {

  private static final int DEEPEST = 64;

  /** Far above any model; functions that call each other twice could make any number of either. */
  private static final int MOST_NODES = 500_000;

  /**
   * What a call comes to.
   *
   * @param nodes and calls, its own included
   * @param height of the calls within each other
   */
  private record Size(long nodes, int height) {

    Size with(Size part) {
      return new Size(nodes + part.nodes, Math.max(height, part.height));
    }

    boolean isTooMuch() {
      return nodes > MOST_NODES || height > DEEPEST;
    }
  }

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
  private final Map<Key, Size> sizes = new HashMap<>();
  private int calls;

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
    requireSize(model.getGraph().getNodeList(), new HashSet<>());
    inlined.setGraph(expand(model.getGraph()));
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

  /** Counts what the nodes come to before anything is made of them. */
  private Size requireSize(List<NodeProto> nodes, Set<Key> callers) {
    Size sum = new Size(0, 0);
    for (NodeProto node : nodes) {
      FunctionProto function = functions.get(Key.of(node));
      Size size = function == null ? inside(node, callers) : ofCall(function, callers);
      sum = sum.with(size);
      if (function != null && sum.isTooMuch()) {
        throw tooOften(function);
      }
    }
    return sum;
  }

  private Size inside(NodeProto node, Set<Key> callers) {
    Size sum = new Size(1, 0);
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        sum = sum.with(requireSize(attribute.getG().getNodeList(), callers));
      }
      for (GraphProto graph : attribute.getGraphsList()) {
        sum = sum.with(requireSize(graph.getNodeList(), callers));
      }
    }
    return sum;
  }

  private Size ofCall(FunctionProto function, Set<Key> callers) {
    Key key = Key.of(function);
    Size known = sizes.get(key);
    if (known != null) {
      return known;
    }
    if (!callers.add(key) || callers.size() > DEEPEST) {
      throw tooOften(function);
    }
    Size body = requireSize(function.getNodeList(), callers);
    callers.remove(key);
    Size size = new Size(body.nodes() + 1, body.height() + 1);
    sizes.put(key, size);
    return size;
  }

  private static UsageException tooOften(FunctionProto function) {
    return new UsageException(
        "the model's function '" + function.getName() + "' calls itself, or far too often",
        "the file is damaged; export the model again");
  }

  private GraphProto expand(GraphProto graph) {
    List<NodeProto> expanded = new ArrayList<>();
    graph.getNodeList().forEach(node -> expand(node, expanded));
    return graph.toBuilder().clearNode().addAllNode(expanded).build();
  }

  private void expand(NodeProto node, List<NodeProto> expanded) {
    FunctionProto function = functions.get(Key.of(node));
    if (function == null) {
      expanded.add(expandInside(node));
    } else {
      FunctionCall.expand(function, node, ++calls, taken).forEach(inner -> expand(inner, expanded));
    }
  }

  private NodeProto expandInside(NodeProto node) {
    if (node.getAttributeList().stream().noneMatch(a -> a.hasG() || a.getGraphsCount() > 0)) {
      return node;
    }
    NodeProto.Builder expanded = node.toBuilder();
    for (AttributeProto.Builder attribute : expanded.getAttributeBuilderList()) {
      if (attribute.hasG()) {
        attribute.setG(expand(attribute.getG()));
      }
      for (int i = 0; i < attribute.getGraphsCount(); i++) {
        attribute.setGraphs(i, expand(attribute.getGraphs(i)));
      }
    }
    return expanded.build();
  }
}
