package org.fnprune.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.fnprune.Pipeline;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Flag;
import org.fnprune.recipe.Recipe;
import org.fnprune.report.RunReport;
import org.fnprune.verify.Comparison;

/**
 * fnprune as a library: builds a recipe in code, runs it with a listener and reads the result.
 * {@code PruneFromJava MODEL TEXT TASK OUTPUT} is a model folder, sample text, a task file and the
 * run folder to make.
 */
public final class PruneFromJava {

  private PruneFromJava() {}

  /** Prints what the model came to. */
  public static void main(String[] args) throws IOException {
    try {
      RunReport report =
          prune(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]), Path.of(args[3]), System.err);
      System.out.print(summary(report));
    } catch (UsageException e) {
      System.err.println(e.getMessage() + "; " + e.help());
    }
  }

  /** Removes half of a model's feed-forward neurons. */
  static RunReport prune(Path model, Path text, Path task, Path output, Appendable log)
      throws IOException {
    Recipe recipe =
        Recipe.builder(model, output)
            .calibration(text)
            .sparsity(0.5)
            .selector(Recipe.SelectorName.OBS)
            .compensate(Recipe.CompensationMethod.LEAST_SQUARES)
            .task(task)
            .seed(7)
            .set(Flag.ROUND_TO, 4)
            .set(Flag.LATENCY, false)
            .build();
    return Pipeline.run(recipe, new Log(log));
  }

  /** Writes a line for each stage and each warning. */
  private record Log(Appendable lines) implements Pipeline.Listener {

    @Override
    public void start(String stage, long total, String unit) {
      write(String.format(Locale.ROOT, "%s: %d %s", stage, total, unit));
    }

    @Override
    public void warn(String message) {
      write("warning: " + message);
    }

    private void write(String line) {
      try {
        lines.append(line).append('\n');
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  /** Size and scores, dense and slim. */
  static String summary(RunReport report) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s: %d parameters, were %d%n",
            report.slim().path(),
            report.slim().parameters(),
            report.dense().parameters()));
    for (Comparison task : report.tasks()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s %s: %.4f, was %.4f%n",
              task.task(),
              task.metric(),
              task.slim(),
              task.dense()));
    }
    return text.toString();
  }
}
