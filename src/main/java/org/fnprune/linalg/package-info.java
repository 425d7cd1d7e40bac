/** Float64 matrices and the few factorisations fnprune needs, on ND4J and OpenBLAS. */
@NullMarked
package org.fnprune.linalg;

import org.jspecify.annotations.NullMarked;
