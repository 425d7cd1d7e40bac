/**
 * Enters: a dense model, what was captured and found, and calibration text. Leaves: how much the
 * model's output minds what, and the plan that costs least on held-out text.
 */
@NullMarked
package org.fnprune.search;

import org.jspecify.annotations.NullMarked;
