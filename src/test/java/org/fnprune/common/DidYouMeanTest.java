package org.fnprune.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DidYouMeanTest {

  private static final List<String> KEYS = List.of("sparsity", "selector", "round_to", "form");

  @Test
  void findsTheWordOneSlipAway() {
    assertThat(DidYouMean.suggest("sparsty", KEYS)).contains("sparsity");
    assertThat(DidYouMean.suggest("slector", KEYS)).contains("selector");
    assertThat(DidYouMean.suggest("from", KEYS)).contains("form");
  }

  @Test
  void caseAndDashesDoNotCount() {
    assertThat(DidYouMean.suggest("Round-To", KEYS)).contains("round_to");
  }

  @Test
  void ofEquallyNearWordsTheOneThatStartsAlikeIsMeant() {
    assertThat(DidYouMean.suggest("prun", List.of("run", "prune"))).contains("prune");
  }

  @Test
  void aShortenedWordIsFound() {
    assertThat(DidYouMean.suggest("wanda", List.of("random", "wanda-sp"))).contains("wanda-sp");
    assertThat(DidYouMean.suggest("wa", List.of("random", "wanda-sp"))).isEmpty();
  }

  @Test
  void saysNothingWhenNothingIsNear() {
    assertThat(DidYouMean.suggest("temperature", KEYS)).isEmpty();
    assertThat(DidYouMean.suggest("", KEYS)).isEmpty();
    assertThat(DidYouMean.help("temperature", KEYS, "remove it")).isEqualTo("remove it");
    assertThat(DidYouMean.help("fom", KEYS, "remove it")).isEqualTo("did you mean 'form'?");
  }

  @Test
  void distanceCountsInsertionsDeletionsSubstitutionsAndSwaps() {
    assertThat(DidYouMean.distance("", "abc")).isEqualTo(3);
    assertThat(DidYouMean.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(DidYouMean.distance("ab", "ba")).isEqualTo(1);
    assertThat(DidYouMean.distance("ca", "abc")).isEqualTo(3);
  }
}
