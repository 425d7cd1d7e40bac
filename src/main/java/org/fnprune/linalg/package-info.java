/**
 * Float64 matrices, their {@code .npy} files and the few factorisations needed, on ND4J and
 * OpenBLAS.
 */
@NullMarked
package org.fnprune.linalg;

import org.jspecify.annotations.NullMarked;
