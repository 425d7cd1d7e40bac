package org.fnprune.verify;

import org.fnprune.data.TokenBatch;

/** A model as tasks see it: token batches in, logits out. */
@FunctionalInterface
public interface Predictor {

  /** Runs one batch; rows are in the batch's order, padding positions hold anything. */
  Logits predict(TokenBatch batch);
}
