/** Enters: dataset files and a tokenizer. Leaves: samples and padded token batches. */
@NullMarked
package org.fnprune.data;

import org.jspecify.annotations.NullMarked;
