package org.fnprune.capture;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.fnprune.data.TokenBatch;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.ExtraInput;
import org.jspecify.annotations.Nullable;

/**
 * What a slim model computes up to some tensor, batch by batch, so that the next captures begin
 * there. The tensor must not change between them; what else they need from before it they compute
 * again.
 */
public final class SlimPrefix {

  private @Nullable String tensor;
  private @Nullable String next;

  /** Values by batch; batches are told apart by their tokens. */
  private Map<TokenBatch, ExtraInput> values = new HashMap<>();

  private Map<TokenBatch, ExtraInput> nextValues = new HashMap<>();

  /** Lets the next capture keep a float tensor, for those after it to begin at. */
  public void keep(String name) {
    next = name;
  }

  /** The tensor to begin at, if there is one yet. */
  Optional<String> tensor() {
    return Optional.ofNullable(tensor);
  }

  /** The tensor to keep. */
  Optional<String> next() {
    return Optional.ofNullable(next);
  }

  /** The values to begin with, as inputs of the graph. */
  Map<String, ExtraInput> inputs(TokenBatch batch) {
    return tensor == null ? Map.of() : Map.of(tensor, requireNonNull(values.get(batch)));
  }

  void put(TokenBatch batch, BatchRunner.Output output) {
    nextValues.put(batch, ExtraInput.of(output));
  }

  /** Makes what was kept the beginning of the captures that follow. */
  void advance() {
    if (next != null) {
      tensor = next;
      values = nextValues;
      next = null;
      nextValues = new HashMap<>();
    }
  }
}
