package org.fnprune.structure;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;

/**
 * A group of channels that can be removed one by one, with everything that is tied to them.
 *
 * @param id unique in the model, such as {@code layers.3.ffn}
 * @param layer the layer number; −1 when it cannot be told
 * @param activation the tensor that enters the consuming projections
 * @param width number of channels
 * @param unitSize consecutive positions of the activation that one channel takes: 1 for neurons,
 *     the head size for heads, query heads per group × head size for KV groups
 * @param slices constants that lose slices: producing weights, biases, consuming weights
 * @param edits numbers in the graph that follow from how many channels there are
 * @param consumers the products that the channels enter
 * @param tensors every activation that gets narrower
 */
public record PrunableUnit(
    String id,
    UnitKind kind,
    int layer,
    String activation,
    int width,
    int unitSize,
    ImmutableList<WeightSlice> slices,
    ImmutableList<GraphEdit> edits,
    ImmutableList<Projection> consumers,
    ImmutableMap<String, ChannelAxis> tensors) {

  /** Positions of the activation's last axis: {@code width × unitSize}. */
  public int positions() {
    return Math.multiplyExact(width, unitSize);
  }

  /** Parameters that belong to the unit's channels. */
  public long parameters() {
    return slices.stream().mapToLong(WeightSlice::elements).sum();
  }

  /** Parameters that go with one channel. */
  public long parametersPerChannel() {
    return parameters() / width;
  }
}
