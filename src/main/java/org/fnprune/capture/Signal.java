package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import org.fnprune.model.Graph;
import org.fnprune.recipe.Networks.Signals;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.SignalTensor;
import org.fnprune.structure.SignalTensors;
import org.fnprune.structure.UnitKind;

/**
 * A stream of vectors h ∈ R^d, one per token: the last axes of one or more tensors, side by side.
 *
 * @param id unique in a capture: the unit's own id for what enters its projection, {@code
 *     <unit>.features} and {@code <unit>.out} for its other signals
 * @param tensors of the dense graph, in the order in which they are put side by side
 * @param widths of their last axes
 */
public record Signal(String id, ImmutableList<String> tensors, ImmutableIntArray widths) {

  public Signal {
    if (tensors.isEmpty() || tensors.size() != widths.length()) {
      throw new IllegalArgumentException(tensors + " of widths " + widths);
    }
  }

  /** What enters a unit's projection. */
  public static Signal activation(PrunableUnit unit) {
    return new Signal(
        unit.id(), ImmutableList.of(unit.activation()), ImmutableIntArray.of(unit.positions()));
  }

  /**
   * A unit's signals of a kind. Heads, KV groups and outputs have but one: their activation.
   *
   * @throws org.fnprune.common.UsageException when its tensors cannot be told
   */
  public static Signal of(Graph graph, PrunableUnit unit, Signals kind) {
    if (unit.kind() != UnitKind.FFN) {
      return activation(unit);
    }
    ImmutableList<SignalTensor> found = SignalTensors.of(graph, unit, kind);
    return new Signal(
        id(unit, kind),
        found.stream().map(SignalTensor::name).collect(ImmutableList.toImmutableList()),
        ImmutableIntArray.copyOf(found.stream().mapToInt(SignalTensor::width)));
  }

  /** The id of a unit's signals of a kind. */
  public static String id(PrunableUnit unit, Signals kind) {
    if (unit.kind() != UnitKind.FFN) {
      return unit.id();
    }
    return switch (kind) {
      case ACTIVATION -> unit.id();
      case ACTIVATION_AND_UP -> unit.id() + ".features";
      case FFN_OUT -> unit.id() + ".out";
    };
  }

  /** d, the sum of the widths. */
  public int width() {
    return widths.stream().reduce(0, Math::addExact);
  }
}
