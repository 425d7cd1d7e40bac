/** The command line: parses, dispatches, prints, and turns errors into exit codes. */
@NullMarked
package org.fnprune.cli;

import org.jspecify.annotations.NullMarked;
