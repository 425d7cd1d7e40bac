package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraph.integer;
import static org.fnprune.model.TinyGraphs.WIDTH;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyGraph;
import org.fnprune.verify.Equivalence;
import org.junit.jupiter.api.Test;

/** Models of IR version 3, where every initialiser is an input as well. */
class OldModelsTest {

  private final TinyGraph g = TinyGraph.create(1).opset(9);
  private final String x = g.embedding();

  /** Both layers share a bias and a shape, so that the slim model needs initialisers of its own. */
  private OnnxModel model() {
    String bias = g.weight("bias", WIDTH);
    String wide = g.longs("wide", -1, WIDTH);
    String flat = g.longs("flat", -1, HIDDEN);
    String stream = x;
    for (int layer = 0; layer < 2; layer++) {
      String w1 = g.weight("w1." + layer, HIDDEN, WIDTH);
      String up = g.op("Gemm", g.op("Reshape", stream, flat), w1, bias);
      String h = g.op("Relu", g.op("Reshape", up, wide));
      String down = g.op("MatMul", h, g.weight("w2." + layer, WIDTH, HIDDEN));
      stream = g.op("Add", stream, g.op("Reshape", down, g.op("Shape", x)));
    }
    return g.head(stream);
  }

  @Test
  void theSlimModelRunsAndEqualsTheMaskedOne() {
    SlimCheck check = SlimCheck.of(model());
    assertThat(check.structure().units()).hasSize(2);
    assertThat(check.check(check.plan(Plans::half))).matches(Equivalence::passed);
    assertThat(check.check(check.plan(Plans::uneven))).matches(Equivalence::passed);
  }

  @Test
  void initialisersAreConstantsOfTheSlimModel() {
    SlimCheck check = SlimCheck.of(model());
    OnnxModel slim = check.slim(check.plan(Plans::half));
    assertThat(slim.proto().getIrVersion()).isEqualTo(4);
    assertThat(slim.graph().getInputList())
        .extracting(ValueInfoProto::getName)
        .containsExactly("input_ids");
  }

  /** The shape ends in a Gather of numbers, which is replaced by a Slice of opset 9. */
  @Test
  void shapesAreReplacedInOldOpsetsToo() {
    String numbers = g.longs("numbers", WIDTH, 99);
    String all = g.op("Concat", integer("axis", 0), g.longs("any", -1), numbers);
    String shape = g.op("Gather", all, g.longs("pick", 0, 1));
    String flat = g.op("Reshape", x, g.longs("flat", -1, HIDDEN));
    String up = g.op("Gemm", flat, g.weight("w1", HIDDEN, WIDTH), g.weight("b1", WIDTH));
    String h = g.op("Relu", g.op("Reshape", up, shape));
    String down = g.op("MatMul", h, g.weight("w2", WIDTH, HIDDEN));
    SlimCheck check = SlimCheck.of(g.head(g.op("Add", x, g.op("Reshape", down, g.op("Shape", x)))));
    assertThat(check.structure().units()).hasSize(1);
    assertThat(check.check(check.plan(Plans::half))).matches(Equivalence::passed);
  }
}
