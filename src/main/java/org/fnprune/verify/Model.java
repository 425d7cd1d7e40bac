package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.fnprune.data.TokenBatch;

/** A model as tasks see it. */
public interface Model extends Predictor {

  /** The names of its outputs, the first one first. */
  ImmutableList<String> outputs();

  /**
   * Runs one batch and gives several outputs, in the order of their names.
   *
   * @param names of float outputs
   */
  ImmutableList<Logits> predict(TokenBatch batch, List<String> names);

  /**
   * Runs images and gives the first output.
   *
   * @throws org.fnprune.common.UsageException when the model takes no images
   */
  Logits predict(Images images);

  /** Starts to feed text part by part, as generation does; close it before the model. */
  Decoding decoding();
}
