package org.fnprune.fuzz;

import com.google.common.collect.ImmutableMap;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Path;
import java.util.List;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.rewrite.GraphRewriter;
import org.fnprune.rewrite.MaskedModel;
import org.fnprune.rewrite.Plans;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.FfnOutputs;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;
import org.fnprune.structure.StructureFinder;

/**
 * Finds the structure of models that are almost right. What is found can be planned, cut and
 * masked, and the cut model has fewer parameters and can be read again.
 */
final class StructureTarget implements FuzzTarget {

  @Override
  public List<byte[]> seeds() {
    return MutatedModels.seeds();
  }

  @Override
  public void read(byte[] input, Path folder) throws InvalidProtocolBufferException {
    cut(model(input, folder));
  }

  /** The model; no data lies beside its file. */
  static OnnxModel model(byte[] input, Path folder) {
    return new OnnxModel(MutatedModels.of(new Choices(input)), folder.resolve("none.onnx"));
  }

  /** Finds and cuts; the slim model of a random plan. */
  static void cut(OnnxModel model) throws InvalidProtocolBufferException {
    Graph dense = Graph.of(model);
    Structure structure = structure(dense);
    if (structure.units().isEmpty()) {
      return;
    }
    PruningPlan plan = Plans.random(structure, 1);
    OnnxModel slim = slim(dense, structure, plan);
    MaskedModel.of(dense, structure, plan).model().nested();
    requireReadable(dense, slim, plan);
  }

  static Structure structure(Graph dense) {
    Structure structure = FfnOutputs.addTo(dense, StructureFinder.find(dense));
    for (PrunableUnit unit : structure.units()) {
      if (unit.width() < 1 || unit.unitSize() < 1) {
        throw new AssertionError(unit.id() + ": " + unit.width() + " × " + unit.unitSize());
      }
    }
    return structure;
  }

  static OnnxModel slim(Graph dense, Structure structure, PruningPlan plan) {
    return GraphRewriter.rewrite(dense, structure, plan, ImmutableMap.of()).nested();
  }

  private static void requireReadable(Graph dense, OnnxModel slim, PruningPlan plan)
      throws InvalidProtocolBufferException {
    long before = dense.model().parameters();
    long after = slim.parameters();
    // What two nodes share is copied for each of them, so that a model may even grow.
    if (!plan.pruned().isEmpty() && after == before) {
      throw new AssertionError(after + " parameters are left of " + before);
    }
    byte[] bytes = slim.proto().toByteArray();
    Graph again =
        Graph.of(new OnnxModel(ai.onnx.proto.OnnxMl.ModelProto.parseFrom(bytes), slim.file()));
    StructureFinder.find(again);
  }
}
