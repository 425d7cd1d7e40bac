package org.fnprune.verify;

import java.util.function.Supplier;
import org.fnprune.data.Tokenizer;

/**
 * What tasks need beside their definitions.
 *
 * @param tokenizer the model's, opened when it is first asked for
 * @param marks token ids that begin and end text
 * @param limit at most this many rows; 0 for all
 */
record TaskInputs(Supplier<Tokenizer> tokenizer, TextMarks marks, int limit) {

  Tokenizer tokens() {
    return tokenizer.get();
  }
}
