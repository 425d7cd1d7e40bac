/**
 * Enters: a dense and a slim model. Leaves: equality, task metrics, latency and the verdict.
 *
 * <p>A {@link org.fnprune.verify.Task} runs a {@link org.fnprune.verify.Predictor} over its
 * examples and gives {@link org.fnprune.verify.TaskScores}, which keep what each example
 * contributed. {@link org.fnprune.verify.PairedTest} compares two models' scores example by
 * example, and {@link org.fnprune.verify.Gate} decides. A new metric is one implementation of
 * {@link org.fnprune.verify.MetricScores}; a new task is one class and one line in {@link
 * org.fnprune.verify.Tasks}.
 */
@NullMarked
package org.fnprune.verify;

import org.jspecify.annotations.NullMarked;
