/** Enters: a model folder. Leaves: an ONNX graph and its tensors, read without trusting them. */
@NullMarked
package org.fnprune.model;

import org.jspecify.annotations.NullMarked;
