package org.fnprune.verify;

import org.jspecify.annotations.Nullable;

/**
 * One metric of one model, as printed.
 *
 * @param stderr standard error of the value; null when there are too few examples
 * @param n number of examples (documents for perplexity)
 */
public record MetricResult(
    String task,
    String metric,
    boolean higherIsBetter,
    double value,
    @Nullable Double stderr,
    int n) {}
