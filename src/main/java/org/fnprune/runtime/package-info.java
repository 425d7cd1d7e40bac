/** Runs an ONNX model on token batches with ONNX Runtime, on the CPU or on CUDA. */
@NullMarked
package org.fnprune.runtime;

import org.jspecify.annotations.NullMarked;
