package org.fnprune.rewrite;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.function.Function;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraph;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.Structure;
import org.fnprune.structure.StructureFinder;
import org.fnprune.verify.Equivalence;

/** A dense model, what can be pruned in it, and the check of its slim models against it. */
public record SlimCheck(Graph dense, Structure structure) {

  /** ONNX Runtime on one CPU thread. */
  public static final RuntimeOptions CPU = RuntimeOptions.cpu(1);

  /** Batch and sequence sizes that no shape in the graphs could have been written for. */
  public static final List<TokenBatch> BATCHES =
      List.of(
          RandomTokens.batch(1, 1, TinyGraph.VOCABULARY, 1),
          RandomTokens.batch(3, 7, TinyGraph.VOCABULARY, 2),
          RandomTokens.batch(2, 13, TinyGraph.VOCABULARY, 3));

  /** Finds the structure of a model. */
  public static SlimCheck of(OnnxModel model) {
    Graph dense = Graph.of(model);
    return new SlimCheck(dense, StructureFinder.find(dense));
  }

  /** The plan that {@code choice} makes of the structure. */
  public PruningPlan plan(Function<Structure, PruningPlan> choice) {
    return choice.apply(structure);
  }

  /** The slim model without compensation. */
  public OnnxModel slim(PruningPlan plan) {
    return GraphRewriter.rewrite(dense, structure, plan, ImmutableMap.of());
  }

  /** Whether {@code slim} equals the dense model masked by {@code plan}. */
  public Equivalence compare(OnnxModel slim, PruningPlan plan) {
    return Equivalence.check(
        MaskedModel.of(dense, structure, plan), slim, structure, plan, BATCHES, List.of(), CPU);
  }

  /** Rewrites and compares. */
  public Equivalence check(PruningPlan plan) {
    return compare(slim(plan), plan);
  }
}
