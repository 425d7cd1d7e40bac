package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The dense model on several tasks. Close it to free what was kept of its outputs.
 *
 * @param tasks the tasks
 * @param all what the dense model did on each
 */
public record Baselines(ImmutableList<Task> tasks, ImmutableList<Baseline> all)
    implements AutoCloseable {

  /** No tasks. */
  public static final Baselines NONE = new Baselines(ImmutableList.of(), ImmutableList.of());

  /**
   * Runs the dense model on one task after the other; what one kept is freed if another fails.
   *
   * @param afterEach called when a task is done
   * @throws org.fnprune.common.UsageException when a task does not fit the model
   */
  public static Baselines of(ImmutableList<Task> tasks, Model dense, Runnable afterEach) {
    List<Baseline> baselines = new ArrayList<>();
    try {
      for (Task task : tasks) {
        baselines.add(task.baseline(dense));
        afterEach.run();
      }
      return new Baselines(tasks, ImmutableList.copyOf(baselines));
    } catch (RuntimeException e) {
      baselines.forEach(Baseline::close);
      throw e;
    }
  }

  /** The dense model's scores. */
  public ImmutableList<TaskScores> scores() {
    return all.stream().map(Baseline::scores).collect(ImmutableList.toImmutableList());
  }

  /**
   * Runs another model on all tasks.
   *
   * @param afterEach called when a task is done
   */
  public ImmutableList<TaskScores> scores(Model other, Runnable afterEach) {
    return each(
        baseline -> {
          TaskScores scores = baseline.score(other);
          afterEach.run();
          return scores;
        });
  }

  private ImmutableList<TaskScores> each(Function<Baseline, TaskScores> scores) {
    return all.stream().map(scores).collect(ImmutableList.toImmutableList());
  }

  /**
   * All metrics of all tasks, dense and other side by side.
   *
   * @param others the other model's scores in the order of the tasks
   * @param seed of every bootstrap
   */
  public ImmutableList<Comparison> compared(List<TaskScores> others, long seed) {
    return IntStream.range(0, all.size())
        .boxed()
        .flatMap(i -> PairedTest.compare(all.get(i).scores(), others.get(i), seed).stream())
        .collect(ImmutableList.toImmutableList());
  }

  @Override
  public void close() {
    all.forEach(Baseline::close);
  }
}
