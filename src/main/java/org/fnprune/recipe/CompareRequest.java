package org.fnprune.recipe;

import java.nio.file.Path;
import org.fnprune.recipe.Recipe.Latency;
import org.jspecify.annotations.Nullable;

/**
 * What the comparison of two models depends on.
 *
 * @param dense the first model, and what to measure both on
 * @param slim the second model: a folder or an .onnx file
 * @param maxDrop what a task's first metric may lose; null for no gate
 * @param latency null when it is not to be measured
 */
public record CompareRequest(
    EvalRequest dense, Path slim, @Nullable Double maxDrop, @Nullable Latency latency) {}
