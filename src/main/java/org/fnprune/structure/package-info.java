/** Enters: an ONNX graph. Leaves: the channels that can go, what is tied to them, and refusals. */
@NullMarked
package org.fnprune.structure;

import org.jspecify.annotations.NullMarked;
