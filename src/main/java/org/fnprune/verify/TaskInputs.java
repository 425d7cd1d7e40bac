package org.fnprune.verify;

import java.util.function.Supplier;
import org.fnprune.data.Datasets;
import org.fnprune.data.Tokenizer;

/**
 * What tasks need beside their definitions.
 *
 * @param datasets reads rows, and keeps what was read
 * @param tokenizer the model's, opened when it is first asked for
 * @param marks token ids that begin and end text
 * @param limit at most this many rows; 0 for all
 */
record TaskInputs(Datasets datasets, Supplier<Tokenizer> tokenizer, TextMarks marks, int limit) {

  Tokenizer tokens() {
    return tokenizer.get();
  }
}
