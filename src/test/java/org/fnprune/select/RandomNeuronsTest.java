package org.fnprune.select;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import org.fnprune.model.Graph;
import org.fnprune.model.TinyGraphs;
import org.fnprune.structure.Neurons;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;
import org.fnprune.structure.StructureFinder;
import org.junit.jupiter.api.Test;

class RandomNeuronsTest {

  private final Structure structure = StructureFinder.find(Graph.of(TinyGraphs.plain()));
  private final String first = structure.units().get(0).id();
  private final String second = structure.units().get(1).id();

  @Test
  void asManyOfEveryUnitAreDrawnWithoutRepetition() {
    Neurons other =
        new Neurons(ImmutableMap.of(first, ImmutableIntArray.of(0, 1, 2), second, all(1)));
    for (int seed = 0; seed < 20; seed++) {
      Neurons drawn = RandomNeurons.asMany(structure, other, seed);
      assertThat(drawn.of(first).asList()).hasSize(3).isSorted().doesNotHaveDuplicates();
      assertThat(drawn.of(second)).isEqualTo(all(1));
    }
  }

  @Test
  void aShareOfAllFallsAnywhere() {
    int count = Neurons.countOf(structure) / 2;
    boolean uneven = false;
    for (int seed = 0; seed < 20; seed++) {
      Neurons drawn = RandomNeurons.ofAll(structure, count, seed);
      assertThat(drawn.count()).isEqualTo(count);
      assertThat(drawn.others(structure).count()).isEqualTo(Neurons.countOf(structure) - count);
      uneven |= drawn.of(first).length() != drawn.of(second).length();
    }
    assertThat(uneven).isTrue();
  }

  @Test
  void theSeedDecides() {
    assertThat(RandomNeurons.ofAll(structure, 7, 5))
        .isEqualTo(RandomNeurons.ofAll(structure, 7, 5));
    assertThat(RandomNeurons.ofAll(structure, 7, 5))
        .isNotEqualTo(RandomNeurons.ofAll(structure, 7, 6));
  }

  /** All positions of a unit. */
  private ImmutableIntArray all(int unit) {
    PrunableUnit of = structure.units().get(unit);
    return Neurons.NONE.others(structure).of(of.id());
  }
}
