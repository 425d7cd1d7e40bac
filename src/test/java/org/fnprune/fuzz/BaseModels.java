package org.fnprune.fuzz;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fnprune.model.AttentionDialects;
import org.fnprune.model.FusedAttention;
import org.fnprune.model.MergedDecoders;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.QuantisedDialects;
import org.fnprune.model.TinyAttention;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;

/** Small models in every dialect that tests know, in a fixed order: what fuzzing starts from. */
final class BaseModels {

  static final List<ModelProto> ALL = all();

  private BaseModels() {}

  private static List<ModelProto> all() {
    List<OnnxModel> models = new ArrayList<>(TinyGraphs.PRUNABLE.values());
    for (Map<String, OnnxModel> dialects :
        List.of(
            AttentionDialects.BY_HEAD,
            AttentionDialects.BY_GROUP,
            FusedAttention.BY_HEAD,
            FusedAttention.BY_GROUP,
            FusedAttention.PACKED,
            QuantisedDialects.OF_COLUMNS,
            QuantisedDialects.IN_BLOCKS)) {
      models.addAll(dialects.values());
    }
    models.add(TinyAttention.multiHead());
    models.add(TinyAttention.grouped());
    models.add(TinyAttention.groupedWithCache());
    models.add(MergedDecoders.of(TinyAttention.grouped()));
    models.add(MergedDecoders.of(TinyGraphs.plain()));
    models.add(loop());
    return models.stream().map(OnnxModel::proto).toList();
  }

  private static OnnxModel loop() {
    TinyGraph g = TinyGraph.create(1);
    String x = g.embedding();
    String h = g.op("Relu", g.op("MatMul", x, g.weight("w1", TinyGraph.HIDDEN, 8)));
    String y = g.op("MatMul", h, g.weight("w2", 8, TinyGraph.HIDDEN));
    String inside = g.weight("w3", TinyGraph.HIDDEN, TinyGraph.HIDDEN);
    return g.head(g.loop(g.op("Add", x, y), "MatMul", "state", inside));
  }
}
