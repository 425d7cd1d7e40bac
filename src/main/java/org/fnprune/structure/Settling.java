package org.fnprune.structure;

import com.google.common.primitives.ImmutableIntArray;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Turns layouts into the one axis along which channels can be cut out, once all that ties channels
 * to each other is known, and numbers them 0 … width − 1.
 */
final class Settling {

  private final ChannelPropagation found;
  private final Map<Integer, Integer> numbers = new HashMap<>();
  private final Map<String, ChannelAxis> axes = new HashMap<>();

  Settling(ChannelPropagation found) {
    this.found = found;
  }

  /** Numbers the channels in the order in which a layout has them first. */
  void number(ChannelLayout layout) {
    layout.ids().stream()
        .map(found::representative)
        .forEach(c -> numbers.putIfAbsent(c, numbers.size()));
  }

  int width() {
    return numbers.size();
  }

  /**
   * The axis that a layout's channels differ along, with their numbers.
   *
   * @throws Blocked when they differ along no axis or more than one, or are not all numbered
   */
  ChannelAxis axis(ChannelLayout layout) {
    int varying = -1;
    for (int i = 0; i < layout.axes().length(); i++) {
      if (varies(layout, i)) {
        if (varying >= 0) {
          throw new Blocked(
              "its channels are spread over the axes "
                  + layout.axes().get(varying)
                  + " and "
                  + layout.axes().get(i));
        }
        varying = i;
      }
    }
    if (varying < 0) {
      if (width() > 1) {
        throw new Blocked("a whole tensor belongs to one of its channels");
      }
      varying = 0;
    }
    ImmutableIntArray.Builder channels = ImmutableIntArray.builder();
    for (int i = 0; i < layout.sizes().get(varying); i++) {
      Integer number =
          numbers.get(found.representative(layout.ids().get(i * layout.stride(varying))));
      if (number == null) {
        throw new Blocked("some of its channels never reach the consuming product");
      }
      channels.add(number);
    }
    return new ChannelAxis(layout.axes().get(varying), channels.build());
  }

  private boolean varies(ChannelLayout layout, int i) {
    int stride = layout.stride(i);
    for (int position = 0; position < layout.ids().length(); position++) {
      if (layout.along(i, position) > 0
          && found.representative(layout.ids().get(position))
              != found.representative(layout.ids().get(position - stride))) {
        return true;
      }
    }
    return false;
  }

  /** The channels of an activation, if it carries any. */
  Optional<ChannelAxis> of(String tensor) {
    ChannelAxis known = axes.get(tensor);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<ChannelAxis> axis = Optional.ofNullable(found.tensors().get(tensor)).map(this::axis);
    axis.ifPresent(a -> axes.put(tensor, a));
    return axis;
  }

  /** Whether an axis of a tensor gets shorter. */
  boolean isPruned(ShapeElement.Dim dim) {
    return of(dim.tensor()).map(a -> a.axis() == dim.axis()).orElse(false);
  }

  /** Whether a number is computed at run time from a size that gets smaller. */
  boolean isComputedFromPruned(ShapeElement element) {
    return element.sources().stream().anyMatch(this::isPruned);
  }
}
