/** Enters: a dense and a slim model. Leaves: equality, task metrics, latency and the verdict. */
@NullMarked
package org.fnprune.verify;

import org.jspecify.annotations.NullMarked;
