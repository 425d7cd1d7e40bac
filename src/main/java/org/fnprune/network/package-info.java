/** Enters: moments. Leaves: functional networks, as z-scored maps over neurons. */
@NullMarked
package org.fnprune.network;

import org.jspecify.annotations.NullMarked;
