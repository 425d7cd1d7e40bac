/**
 * Enters: dataset files and a tokenizer. Leaves: samples and padded token batches.
 *
 * <p>Rows are read as a stream and only as many as wanted; each knows its file and line, so that
 * whatever is wrong with it later can still be named. Samples are cut here, by tokens, never by the
 * tokenizer file's own settings.
 */
@NullMarked
package org.fnprune.data;

import org.jspecify.annotations.NullMarked;
