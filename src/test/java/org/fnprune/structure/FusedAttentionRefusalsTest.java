package org.fnprune.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraph.integer;
import static org.fnprune.model.TinyGraph.integers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.List;
import org.fnprune.model.Graph;
import org.fnprune.model.TinyGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention whose heads cannot be told apart is refused, and the reason says why. */
class FusedAttentionRefusalsTest {

  private static final int ALL = 32;

  private final TinyGraph g = TinyGraph.create(1);
  private final String x = g.embedding();

  private String projection(String weight, int width) {
    return g.op("MatMul", x, g.weight(weight, HIDDEN, width));
  }

  private void assertRefused(String context, String weight, String reason) {
    String o = g.op("MatMul", context, g.weight("o", ALL, HIDDEN));
    Structure structure = StructureFinder.find(Graph.of(g.head(g.op("Add", x, o))));
    assertThat(structure.units()).isEmpty();
    assertThat(structure.refusals())
        .filteredOn(refusal -> refusal.weight().equals(weight))
        .extracting(Refusal::reason)
        .containsExactly(reason);
  }

  private String multiHead(List<AttributeProto> attributes) {
    return g.microsoft(
            "MultiHeadAttention",
            1,
            attributes,
            projection("q", ALL),
            projection("k", ALL),
            projection("v", ALL))
        .get(0);
  }

  @Test
  void headsThatDoNotDivideTheWidth() {
    assertRefused(
        multiHead(List.of(integer("num_heads", 3))),
        "q",
        "MultiHeadAttention 'MultiHeadAttention_0' shares 32 values among 3 heads");
  }

  @Test
  void noNumberOfHeads() {
    assertRefused(
        multiHead(List.of()),
        "v",
        "MultiHeadAttention 'MultiHeadAttention_0' has 0 as its num_heads");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1L << 31, Long.MAX_VALUE})
  void impossibleNumbersOfHeads(long heads) {
    assertRefused(
        multiHead(List.of(integer("num_heads", heads))),
        "k",
        "MultiHeadAttention 'MultiHeadAttention_0' has " + heads + " as its num_heads");
  }

  @Test
  void packedInThreeAxes() {
    String context =
        g.microsoft(
                "MultiHeadAttention",
                1,
                List.of(integer("num_heads", 4)),
                projection("qkv", 3 * ALL))
            .get(0);
    assertRefused(
        context,
        "qkv",
        "MultiHeadAttention 'MultiHeadAttention_0' has queries, keys and values packed in a way"
            + " that is not known");
  }

  @Test
  void queriesThatAreNoMultipleOfKeys() {
    List<AttributeProto> counts = List.of(integer("q_num_heads", 4), integer("kv_num_heads", 3));
    String context =
        g.op("Attention", counts, projection("q", ALL), projection("k", 24), projection("v", 24))
            .get(0);
    assertRefused(context, "q", "Attention 'Attention_0' has 4 heads of queries for 3 of keys");
  }

  @Test
  void aWeightWithQueriesBesideTheOneHeadOfKeys() {
    List<AttributeProto> counts = List.of(integer("num_heads", 4), integer("kv_num_heads", 1));
    String packed = projection("qkv", ALL + 16);
    String[] inputs = {packed, "", "", "", "", g.longs("lengths", 1), g.longs("total", 1)};
    assertRefused(
        g.microsoft("GroupQueryAttention", 1, counts, inputs).get(0),
        "qkv",
        "GroupQueryAttention 'GroupQueryAttention_0' shares one head of keys and values among all"
            + " queries");
  }

  @Test
  void blocksThatDoNotAddUp() {
    List<AttributeProto> sizes =
        List.of(integer("num_heads", 4), integers("qkv_hidden_sizes", ALL, ALL, 2 * ALL));
    String weight = g.weight("qkv", HIDDEN, 3 * ALL);
    String v = projection("v", ALL);
    String attention = g.microsoft("Attention", 1, sizes, x, weight).get(0);
    assertRefused(
        g.op("Add", attention, v),
        "v",
        "Attention 'Attention_0' has blocks of unknown sizes in its weight");
  }

  @Test
  void channelsThatEnterAMergedWeight() {
    String narrow = projection("narrow", 8);
    List<AttributeProto> count = List.of(integer("num_heads", 4));
    String weight = g.weight("qkv", 8, 3 * ALL);
    String context = g.microsoft("Attention", 1, count, narrow, weight).get(0);
    String o = g.op("MatMul", context, g.weight("o", ALL, HIDDEN));
    Structure structure = StructureFinder.find(Graph.of(g.head(g.op("Add", x, o))));
    assertThat(structure.units()).extracting(PrunableUnit::id).containsExactly("unit.0.heads");
    assertThat(structure.refusals())
        .filteredOn(refusal -> refusal.weight().equals("narrow"))
        .extracting(Refusal::reason)
        .containsExactly(
            "Attention 'Attention_0' consumes the channels as queries, keys and values at once");
  }

  @ParameterizedTest
  @ValueSource(strings = {"DecoderMaskedMultiHeadAttention", "PackedMultiHeadAttention"})
  void otherAttentionHasNoRule(String operator) {
    String context =
        g.microsoft(
                operator,
                1,
                List.of(integer("num_heads", 4)),
                projection("q", ALL),
                projection("k", ALL),
                projection("v", ALL))
            .get(0);
    assertRefused(
        context,
        "q",
        operator + " '" + operator + "_0' has no rule for channels passing through it");
  }

  @Test
  void aRotationOfPartsOfChannels() {
    String heads = g.op("Reshape", projection("q", ALL), g.longs("one", 0, 1, -1, ALL));
    String cos = g.weight("cos", 32, ALL / 2);
    String turned =
        g.microsoft(
                "RotaryEmbedding",
                1,
                List.of(),
                heads,
                g.longs("first", 0),
                cos,
                g.weight("sin", 32, ALL / 2))
            .get(0);
    String context = g.op("Reshape", turned, g.longs("back", 0, -1, ALL));
    assertRefused(
        context,
        "q",
        "RotaryEmbedding 'RotaryEmbedding_0' takes channels on axes [-1] of [32] for its heads");
  }
}
