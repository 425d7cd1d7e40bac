package org.fnprune.verify;

import org.fnprune.data.TokenBatch;

/** Texts that grow: what a model says after each part of them. */
public interface Decoding extends AutoCloseable {

  /**
   * Adds tokens behind all that were fed before.
   *
   * @param tokens as many in each row
   * @return logits whose last position is that of the last token; earlier positions may be there
   */
  Logits feed(TokenBatch tokens);

  @Override
  void close();
}
