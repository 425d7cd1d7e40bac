package org.fnprune.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.util.Optional;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.junit.jupiter.api.Test;

class CalibrationMomentsTest {

  private static final Moments TASK = moments(40, 1);
  private static final Moments TASK_HELD_OUT = moments(10, 2);
  private static final Moments GENERAL = moments(60, 3);
  private static final Moments GENERAL_HELD_OUT = moments(5, 4);

  @Test
  void theRestIsWhatIsNotHeldOut() {
    CalibrationMoments.Split split =
        new CalibrationMoments(store(TASK.plus(TASK_HELD_OUT)), Optional.of(store(TASK_HELD_OUT)))
            .split("u")
            .orElseThrow();
    assertThat(split.heldOut()).isEqualTo(TASK_HELD_OUT);
    assertThat(split.fitting().count()).isEqualTo(40);
    Matrices.assertClose(split.fitting().gram(), TASK.gram(), 1e-9);
    assertThat(CalibrationMoments.of(store(TASK)).split("u")).isEmpty();
  }

  /** Held-out parts of other shares must not leave traces in what is fitted. */
  @Test
  void weightedTextsAreTakenApartOneByOne() {
    CalibrationMoments.Split split =
        new CalibrationMoments(
                new WeightedMoments(
                    store(TASK.plus(TASK_HELD_OUT)), store(GENERAL.plus(GENERAL_HELD_OUT)), 0.5),
                Optional.of(
                    new WeightedMoments(store(TASK_HELD_OUT), store(GENERAL_HELD_OUT), 0.5)))
            .split("u")
            .orElseThrow();
    assertThat(split.fitting().count()).isEqualTo(60);
    Matrices.assertClose(
        split.fitting().gram(), TASK.gram().plus(GENERAL.gram().scaled(20.0 / 60)), 1e-9);
    assertThat(split.heldOut().count()).isEqualTo(15);
    Matrices.assertClose(
        split.heldOut().sum(),
        TASK_HELD_OUT.sum().plus(GENERAL_HELD_OUT.sum().scaled(5.0 / 5)),
        1e-9);
  }

  private static MomentsStore store(Moments moments) {
    return MomentsStore.of(ImmutableMap.of("u", moments));
  }

  private static Moments moments(int tokens, long seed) {
    Matrix samples = Matrices.gaussian(tokens, 4, seed);
    return SampleMoments.of(samples);
  }
}
