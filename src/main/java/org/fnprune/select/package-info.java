/** Enters: moments, maps and weights. Leaves: which channels stay, as a pruning plan. */
@NullMarked
package org.fnprune.select;

import org.jspecify.annotations.NullMarked;
