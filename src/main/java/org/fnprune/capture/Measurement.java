package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.PrimitiveSink;
import com.google.common.primitives.ImmutableLongArray;
import java.io.IOException;
import java.util.Map;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Numbers;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.runtime.PinnedOutputs;

/**
 * Something that a graph computes of one signal's rows, batch by batch, and that adds up outside.
 * Its names in the graph begin with the name of the rows.
 */
interface Measurement {

  /**
   * Adds the nodes that compute it.
   *
   * @param rows n × d
   */
  void addTo(Taps taps, String rows);

  /** Inputs that it needs, the same for every batch. */
  default Map<String, ExtraInput> inputs() {
    return ImmutableMap.of();
  }

  /** The outputs for a batch and their shapes. */
  ImmutableMap<String, ImmutableLongArray> outputs(TokenBatch batch);

  /** Pieces of work that add one batch; they may run at the same time. */
  ImmutableList<Runnable> add(TokenBatch batch, PinnedOutputs outputs);

  /** Feeds a hash with all that its result depends on, but for the rows and the text. */
  void identify(PrimitiveSink hash);

  /** Writes what was added so far. */
  void save(Numbers.Sink sink) throws IOException;

  /** Goes on from what {@link #save} of an equal measurement wrote. */
  void load(Numbers.Source source) throws IOException;
}
