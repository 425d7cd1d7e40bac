package org.fnprune.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyNeuronsTest {

  /** Maxima of |z|: 5, 1, 4, 2 and 3, 0.5. */
  private static final ImmutableMap<String, NetworkMaps> MAPS =
      ImmutableMap.of(
          "a",
          SampleNetworks.of(Matrix.of(new double[][] {{5, 0, -4, 1}, {0, 1, 0, 2}})),
          "b",
          SampleNetworks.of(Matrix.of(new double[][] {{-3, 0.5}})));

  @ParameterizedTest
  @CsvSource({"0.1, '[]', '[]'", "0.4, '[0, 2]', '[]'", "0.5, '[0, 2]', '[0]'"})
  void oneThresholdGivesTheUnionItsShareOfAllUnits(double share, String a, String b) {
    KeyNeurons key = KeyNeurons.ofShare(MAPS, new Networks.Threshold.Budget(), share);
    assertThat(key.union().of("a").asList().toString()).isEqualTo(a);
    assertThat(key.union().of("b").asList().toString()).isEqualTo(b);
    assertThat(key.networks().values().stream().map(networks -> networks.get(0).cut()).distinct())
        .hasSize(1);
  }

  @Test
  void aThresholdOfTheRecipeWinsOverTheShare() {
    KeyNeurons key = KeyNeurons.ofShare(MAPS, new Networks.Threshold.Z(1.5), 0.1);
    assertThat(key.union().of("a").asList()).containsExactly(0, 2, 3);
    assertThat(key.union().of("b").asList()).containsExactly(0);
  }

  @Test
  void withoutARuleSupportsEndAtTwo() {
    KeyNeurons key = KeyNeurons.of(MAPS, new Networks.Threshold.Budget());
    assertThat(key.union().of("a").asList()).containsExactly(0, 2);
    assertThat(key.union().count()).isEqualTo(3);
  }
}
