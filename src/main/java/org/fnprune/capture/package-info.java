/** Enters: a model and token batches. Leaves: n, Σh and Σhhᵀ of every prunable unit. */
@NullMarked
package org.fnprune.capture;

import org.jspecify.annotations.NullMarked;
