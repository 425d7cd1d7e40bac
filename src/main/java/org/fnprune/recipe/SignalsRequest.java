package org.fnprune.recipe;

import java.nio.file.Path;

/**
 * What the decomposition of a given array depends on, apart from the array.
 *
 * @param output the folder to make
 * @param seed of every random step
 * @param threads for BLAS and restarts; 0 takes all processors
 */
public record SignalsRequest(Path output, long seed, int threads, Networks networks) {}
