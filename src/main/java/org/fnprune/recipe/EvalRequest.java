package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;

/**
 * What the evaluation of one model depends on.
 *
 * @param model a model folder or an .onnx file
 * @param seed of the bootstrap
 * @param tasks task files
 * @param limit at most this many rows of each task; 0 for all
 * @param skipBadRows whether bad rows are counted and left out, else the first one stops
 */
public record EvalRequest(
    Path model,
    Device device,
    long seed,
    int threads,
    ImmutableList<Path> tasks,
    int limit,
    boolean skipBadRows) {}
