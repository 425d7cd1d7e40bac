package org.fnprune;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.fnprune.common.UsageException;
import org.fnprune.model.Graph;

/** Which tokens a model knows. */
final class Vocabulary {

  private Vocabulary() {}

  /** Rows of the table that the token ids are looked up in, where the graph shows it. */
  static OptionalLong rows(Graph graph) {
    return graph.nodes().stream()
        .filter(node -> node.getOpType().equals("Gather") && node.getInputCount() == 2)
        .filter(node -> node.getInput(1).equals("input_ids"))
        .map(node -> graph.constant(node.getInput(0)))
        .flatMap(Optional::stream)
        .filter(table -> table.getDimsCount() == 2)
        .mapToLong(table -> table.getDims(0))
        .min();
  }

  /**
   * Refuses tokens that the model does not know, before anything is run. Where the graph does not
   * show its table, ONNX Runtime refuses them.
   *
   * @param largest id of all tokens
   */
  static void require(Graph graph, int largest, Path tokenizer) {
    OptionalLong rows = rows(graph);
    if (rows.isPresent() && largest >= rows.getAsLong()) {
      throw new UsageException(
          "the text has the token "
              + largest
              + " by "
              + tokenizer
              + ", but the model knows only 0 to "
              + (rows.getAsLong() - 1),
          "put the tokenizer.json that belongs to the model into its folder");
    }
  }
}
