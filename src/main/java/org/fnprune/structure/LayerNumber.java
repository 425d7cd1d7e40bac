package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the layer number out of names. Exporters keep it in the node's name, in the weight's, or in
 * the dynamo exporter's {@code pkg.torch.onnx.name_scopes}.
 */
final class LayerNumber {

  private static final Pattern IN_NAME =
      Pattern.compile("(?:^|[./_])(?:layers?|h|blocks?|block)[./_](\\d{1,4})(?:$|[./_])");
  private static final String SCOPES = "pkg.torch.onnx.name_scopes";

  private LayerNumber() {}

  /** The layer of a node; −1 when no name says. */
  static int of(NodeProto node, String weight) {
    Stream<String> scopes =
        node.getMetadataPropsList().stream()
            .filter(p -> p.getKey().equals(SCOPES))
            .map(StringStringEntryProto::getValue)
            .map(s -> s.replaceAll("[\\[\\]'\", ]+", "/"));
    return Stream.concat(Stream.of(node.getName(), weight), scopes)
        .map(IN_NAME::matcher)
        .filter(Matcher::find)
        .map(m -> Integer.parseInt(m.group(1)))
        .findFirst()
        .orElse(-1);
  }
}
