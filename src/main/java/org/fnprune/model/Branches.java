package org.fnprune.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import com.google.common.base.Splitter;
import java.nio.file.Path;
import java.util.List;
import org.fnprune.common.UsageException;

/**
 * How a flat graph says which nodes lie in a branch of an If. Flat graphs have the nodes of all
 * branches beside the others, so that channels can be followed and nodes changed as in any graph:
 *
 * <pre>
 *   y = If(c) then { a = Relu(x); out a } else { b = Neg(x); out b }
 *
 *   a = Relu(x)            marked 0.then
 *   b = Neg(x)             marked 0.else
 *   y = org.fnprune.If(c, a, b)
 * </pre>
 *
 * <p>A path has one step per If around a node, the outermost first: {@code 0.then/2.else}. {@link
 * BranchFlattener} makes such graphs, {@link BranchNester} turns them back into what ONNX Runtime
 * runs.
 */
public final class Branches {

  /** Domain of the operator that stands for an If. */
  public static final String DOMAIN = "org.fnprune";

  static final String OPERATOR = "If";
  static final String THEN = "then_branch";
  static final String ELSE = "else_branch";
  private static final String NUMBER = "number";
  private static final String PATH = "org.fnprune.branch";

  private Branches() {}

  /** Whether a node stands for an If of which the branches lie beside it. */
  public static boolean isChoice(NodeProto node) {
    return node.getDomain().equals(DOMAIN) && node.getOpType().equals(OPERATOR);
  }

  /** Whether two nodes never run both: they lie in the two branches of one If. */
  public static boolean exclude(NodeProto a, NodeProto b) {
    return exclude(path(a), path(b));
  }

  static boolean exclude(String a, String b) {
    List<String> left = steps(a);
    List<String> right = steps(b);
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!left.get(i).equals(right.get(i))) {
        return !left.get(i).isEmpty()
            && !right.get(i).isEmpty()
            && number(left.get(i)) == number(right.get(i));
      }
    }
    return false;
  }

  /** A new node that lies where another does. */
  public static NodeProto beside(NodeProto other, NodeProto node) {
    String path = path(other);
    return path.isEmpty() || !path(node).isEmpty() ? node : marked(node, path);
  }

  /** Where a node lies; empty in the main graph. */
  static String path(NodeProto node) {
    return node.getMetadataPropsList().stream()
        .filter(entry -> entry.getKey().equals(PATH))
        .map(StringStringEntryProto::getValue)
        .findFirst()
        .orElse("");
  }

  /**
   * Refuses a node that says of itself what only flattening says.
   *
   * @throws UsageException when it does
   */
  static void refuseForged(NodeProto node, Path file) {
    if (node.getDomain().equals(DOMAIN) || !path(node).isEmpty()) {
      throw new UsageException(
          file
              + ": node '"
              + node.getName()
              + "' uses marks that fnprune makes for itself ("
              + DOMAIN
              + ")",
          "export the model again, or ask whoever made it");
    }
  }

  static NodeProto marked(NodeProto node, String path) {
    return path.isEmpty()
        ? node
        : node.toBuilder()
            .addMetadataProps(StringStringEntryProto.newBuilder().setKey(PATH).setValue(path))
            .build();
  }

  static NodeProto unmarked(NodeProto node) {
    NodeProto.Builder plain = node.toBuilder().clearMetadataProps();
    node.getMetadataPropsList().stream()
        .filter(entry -> !entry.getKey().equals(PATH))
        .forEach(plain::addMetadataProps);
    return plain.build();
  }

  static AttributeProto number(long number) {
    return Attributes.of(NUMBER, number);
  }

  /** The number of the If that a node stands for. */
  static long number(NodeProto choice) {
    return Attributes.integer(choice, NUMBER, -1);
  }

  /** The number of the If in a step such as {@code 2.else}. */
  static long number(String step) {
    return Long.parseLong(step.substring(0, step.indexOf('.')));
  }

  static String step(long number, String branch) {
    return number + (branch.equals(THEN) ? ".then" : ".else");
  }

  static String inside(String path, String step) {
    return path.isEmpty() ? step : path + "/" + step;
  }

  /** The steps of a path from the main graph inwards. */
  static List<String> steps(String path) {
    return Splitter.on('/').splitToList(path);
  }

  /** The branch around both paths. */
  static String around(String a, String b) {
    List<String> left = steps(a);
    List<String> right = steps(b);
    String common = "";
    for (int i = 0;
        i < Math.min(left.size(), right.size()) && left.get(i).equals(right.get(i));
        i++) {
      common = inside(common, left.get(i));
    }
    return common;
  }

  /** What a tensor is called whose name another branch has already. */
  static String renamed(String tensor, String step) {
    return tensor + "@" + step;
  }

  /** What a tensor was called in its branch. */
  static String original(String tensor, String path) {
    String suffix = "@" + path.substring(path.lastIndexOf('/') + 1);
    return path.isEmpty() || !tensor.endsWith(suffix)
        ? tensor
        : tensor.substring(0, tensor.length() - suffix.length());
  }
}
