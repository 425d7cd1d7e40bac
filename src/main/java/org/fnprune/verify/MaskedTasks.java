package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import java.util.Map;
import org.fnprune.model.Graph;
import org.fnprune.rewrite.MaskedModel;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.Neurons;
import org.fnprune.structure.Structure;

/**
 * Tasks on the dense model with masks, against the same without: any choice of neurons can be tried
 * in one loaded session, and nothing is rewritten. Close it to free native memory.
 */
public final class MaskedTasks implements AutoCloseable {

  private final MaskedModel masked;
  private final Structure structure;
  private final OnnxPredictor model;
  private final long seed;
  private final Baselines dense;

  private MaskedTasks(
      MaskedModel masked,
      Structure structure,
      OnnxPredictor model,
      ImmutableList<Task> tasks,
      long seed) {
    this.masked = masked;
    this.structure = structure;
    this.model = model;
    this.seed = seed;
    this.dense =
        Baselines.of(tasks, model.with(masked.inputs(structure, Neurons.NONE, 1)), () -> {});
  }

  /**
   * Loads the model and scores it without masks.
   *
   * @param structure the units that get masks
   * @param seed of every bootstrap
   * @throws org.fnprune.common.UsageException when a task does not fit the model
   */
  public static MaskedTasks open(
      Graph graph,
      Structure structure,
      ImmutableList<Task> tasks,
      long seed,
      RuntimeOptions options) {
    MaskedModel masked = MaskedModel.of(graph, structure);
    OnnxPredictor model = OnnxPredictor.open(masked.model(), options);
    try {
      return new MaskedTasks(masked, structure, model, tasks, seed);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** All metrics of all tasks without masks. */
  public ImmutableList<MetricResult> dense() {
    return dense.scores().stream()
        .flatMap(scores -> scores.results(seed).stream())
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * All metrics of all tasks with some neurons multiplied by a factor.
   *
   * @param factor 0 masks them, more than 1 amplifies them
   */
  public ImmutableList<Comparison> scaled(Neurons neurons, double factor) {
    return neurons.count() == 0
        ? dense.compared(dense.scores(), seed)
        : compared(masked.inputs(structure, neurons, (float) factor));
  }

  /** All metrics of all tasks with everything masked that a plan does not keep. */
  public ImmutableList<Comparison> keeping(PruningPlan plan) {
    return compared(masked.inputs(structure, plan));
  }

  private ImmutableList<Comparison> compared(Map<String, ExtraInput> masks) {
    return dense.compared(dense.scores(model.with(masks), () -> {}), seed);
  }

  @Override
  public void close() {
    dense.close();
    model.close();
  }
}
