/**
 * Enters: a YAML file and flags. Leaves: a validated {@link org.fnprune.recipe.Recipe} or {@link
 * org.fnprune.recipe.TaskDefinition}, in which every default is spelt out and every path absolute.
 *
 * <p>Both sources become {@link org.fnprune.recipe.Setting}s that know where they were written, so
 * a value is checked in one place and its error names either the file and line or the flag. Keys of
 * the contract that are not built yet are read and refused for any value but the one that holds
 * now; none is silently ignored.
 */
@NullMarked
package org.fnprune.recipe;

import org.jspecify.annotations.NullMarked;
