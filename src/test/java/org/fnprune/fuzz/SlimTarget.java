package org.fnprune.fuzz;

import java.nio.file.Path;
import java.util.List;
import org.fnprune.common.UsageException;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraph;
import org.fnprune.rewrite.MaskedModel;
import org.fnprune.rewrite.Plans;
import org.fnprune.rewrite.SlimCheck;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.ModelRunException;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.Structure;
import org.fnprune.verify.Equivalence;

/**
 * Cuts models that are almost right, and runs those that ONNX Runtime runs: the slim model equals
 * the masked one.
 */
final class SlimTarget implements FuzzTarget {

  private static final List<TokenBatch> BATCHES =
      List.of(RandomTokens.batch(2, 5, TinyGraph.VOCABULARY, 1));

  @Override
  public List<byte[]> seeds() {
    return MutatedModels.seeds();
  }

  @Override
  public void read(byte[] input, Path folder) {
    OnnxModel model = StructureTarget.model(input, folder);
    Graph dense = Graph.of(model);
    Structure structure = StructureTarget.structure(dense);
    if (structure.units().isEmpty()) {
      return;
    }
    PruningPlan plan = Plans.random(structure, 1);
    OnnxModel slim = StructureTarget.slim(dense, structure, plan);
    if (!runs(model)) {
      return;
    }
    var unused =
        Equivalence.check(
                MaskedModel.of(dense, structure, plan),
                slim,
                structure,
                plan,
                BATCHES,
                List.of(),
                SlimCheck.CPU)
            .requirePassed();
  }

  private static boolean runs(OnnxModel model) {
    try (BatchRunner runner = new BatchRunner(OnnxSession.ofModel(model, SlimCheck.CPU))) {
      runner.run(BATCHES.get(0), List.of(model.graph().getOutput(0).getName()));
      return true;
    } catch (ModelRunException | UsageException e) {
      return false;
    }
  }
}
