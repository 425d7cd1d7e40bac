/**
 * Enters: a dense and a slim model. Leaves: equality, task metrics, latency and the verdict.
 *
 * <p>A {@link org.fnprune.verify.Task} runs a {@link org.fnprune.verify.Model} over its examples. A
 * {@link org.fnprune.verify.LabelledTask} knows the right answers and gives any model {@link
 * org.fnprune.verify.TaskScores}, which keep what each example contributed; the others compare a
 * model with what the dense one said. Both look the same from outside: a task's {@link
 * org.fnprune.verify.Baseline} is what the dense model did, and scores others beside it. {@link
 * org.fnprune.verify.PairedTest} compares two models' scores example by example, {@link
 * org.fnprune.verify.Gate} decides, and {@link org.fnprune.verify.SampleLog} writes every example.
 * A new metric is one implementation of {@link org.fnprune.verify.MetricScores}; a new task is one
 * class, one line in {@link org.fnprune.verify.Tasks}, and its keys in the recipe package.
 *
 * <p>Protocols: {@link org.fnprune.verify.PerplexityTask} and {@link org.fnprune.verify.Window} say
 * how text is cut and what counts, {@link org.fnprune.verify.Continuation} how prompt and answer
 * become tokens, {@link org.fnprune.verify.AnswerText} how answers are compared as text.
 */
@NullMarked
package org.fnprune.verify;

import org.jspecify.annotations.NullMarked;
