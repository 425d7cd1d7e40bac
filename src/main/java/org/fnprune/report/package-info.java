/** Enters: the results of a run. Leaves: JSON, Markdown and tables; renders only. */
@NullMarked
package org.fnprune.report;

import org.jspecify.annotations.NullMarked;
