/** Enters: a YAML file and flags. Leaves: a validated {@link org.fnprune.recipe.Recipe}. */
@NullMarked
package org.fnprune.recipe;

import org.jspecify.annotations.NullMarked;
