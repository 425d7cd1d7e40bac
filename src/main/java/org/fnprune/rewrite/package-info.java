/** Enters: a dense graph and a plan. Leaves: the same graph with the pruned channels gone. */
@NullMarked
package org.fnprune.rewrite;

import org.jspecify.annotations.NullMarked;
