package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;

/**
 * The dense model with a few nodes more, so that it computes the moments of every unit itself: Σh
 * and Σhhᵀ over the tokens of a batch. What they do not depend on (the head of the model) is left
 * out.
 *
 * @param model the model to run; takes {@link Taps#MASK} besides its own inputs
 * @param grams output names of Σhhᵀ, d × d, in the order of the units
 * @param sums output names of Σh, 1 × d
 */
record InstrumentedModel(OnnxModel model, ImmutableList<String> grams, ImmutableList<String> sums) {

  /** Adds the nodes for {@code units} to a dense model. */
  static InstrumentedModel of(Graph graph, List<Signal> units) {
    Taps taps = new Taps(graph.model());
    ImmutableList.Builder<String> grams = ImmutableList.builder();
    ImmutableList.Builder<String> sums = ImmutableList.builder();
    for (int i = 0; i < units.size(); i++) {
      Signal unit = units.get(i);
      String rows = "fnprune_unit_" + i;
      taps.rows(unit.tensors().get(0), unit.width(), rows);
      taps.outputProduct(rows + "_gram", rows, rows);
      taps.outputSum(rows + "_sum", rows);
      grams.add(rows + "_gram");
      sums.add(rows + "_sum");
    }
    return new InstrumentedModel(taps.build(), grams.build(), sums.build());
  }
}
