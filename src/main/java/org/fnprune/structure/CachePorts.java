package org.fnprune.structure;

import java.util.Locale;
import org.fnprune.model.Graph;

/**
 * Inputs and outputs of the model that may get narrower: the keys and values of earlier tokens,
 * which callers only hand from one step to the next ({@code past_key_values.0.key}, {@code
 * present.0.key}).
 */
final class CachePorts {

  /** batch × heads × tokens × head size, or ONNX Runtime's key and value stacked before that. */
  private static final int SMALLEST_RANK = 4;

  private CachePorts() {}

  /**
   * Checks a tensor that carries channels.
   *
   * @throws Blocked when it is an input or output of the model that must stay as it is
   */
  static void check(ChannelPropagation propagation, String tensor) {
    Graph graph = propagation.graph();
    if (isCache(propagation, tensor)) {
      return;
    }
    if (graph.isOutput(tensor)) {
      throw Blocked.atGraphOutput(tensor);
    }
    if (graph.isInput(tensor)) {
      throw new Blocked("its outputs are combined with the graph input '" + tensor + "'");
    }
  }

  private static boolean isCache(ChannelPropagation propagation, String tensor) {
    String name = tensor.toLowerCase(Locale.ROOT);
    boolean named =
        propagation.graph().isInput(tensor)
            ? name.contains("past") || name.contains("cache")
            : name.contains("present") || name.contains("cache") || name.contains("past");
    return named && propagation.shapes().rank(tensor).orElse(0) >= SMALLEST_RANK;
  }
}
