/** fnprune's pipeline: a recipe goes in, a run folder with a smaller verified model comes out. */
@NullMarked
package org.fnprune;

import org.jspecify.annotations.NullMarked;
