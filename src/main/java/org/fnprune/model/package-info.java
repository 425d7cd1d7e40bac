/**
 * Enters: a model folder. Leaves: an ONNX graph and its tensors, read without trusting them; flat,
 * without functions and with the nodes of branches beside the others ({@link
 * org.fnprune.model.Branches}).
 */
@NullMarked
package org.fnprune.model;

import org.jspecify.annotations.NullMarked;
