/**
 * fnprune's pipeline, and how to use it from Java: a recipe goes in, a run folder with a smaller
 * verified model comes out.
 *
 * <p>A {@link org.fnprune.recipe.Recipe} is read from a file or built in code, and run:
 *
 * <pre>{@code
 * Recipe recipe = Recipe.read(Path.of("recipe.yaml"));
 * RunReport report = Pipeline.run(recipe);
 * report.slim().path();     // the slim model.onnx, in the run folder
 * report.gate().passed();   // whether the tasks lost no more than verify.max_drop
 * }</pre>
 *
 * <p>A {@link org.fnprune.Pipeline.Listener} hears of progress and warnings. Whatever the user can
 * put right (recipe, model, data) is a {@link org.fnprune.common.UsageException}, whose {@code
 * help()} says how. Nothing is printed, no exit code is set and no network is used. The class
 * {@code org.fnprune.examples.PruneFromJava} of the tests is a whole program.
 *
 * <p>The other entries are {@link org.fnprune.Discovery} (networks and captures alone), {@link
 * org.fnprune.Evaluation} (tasks of one model), {@link org.fnprune.Lesion} and {@link
 * org.fnprune.Sweep} (masks), {@link org.fnprune.SignalNetworks} (networks of any array) and {@link
 * org.fnprune.Preview} (what one of these would do).
 */
@NullMarked
package org.fnprune;

import org.jspecify.annotations.NullMarked;
