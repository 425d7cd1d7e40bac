package org.fnprune.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.common.Failures;
import org.junit.jupiter.api.Test;

class CapturePlanTest {

  private static final long TOKENS = 2048;

  private static List<Signal> signals(int count, int width) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new Signal(
                    "layers." + i + ".ffn", ImmutableList.of("h" + i), ImmutableIntArray.of(width)))
        .toList();
  }

  private static CapturePlan plan(List<Signal> signals, long memory) {
    return CapturePlan.of(signals, TOKENS, CaptureOptions.defaults("m").withMemory(memory));
  }

  private static final long PLENTY = 1L << 40;

  @Test
  void whatFitsIsCapturedInOnePass() {
    CapturePlan plan = plan(signals(12, 3072), PLENTY);
    assertThat(plan.passes()).hasSize(1);
    assertThat(plan.passes().get(0).grams()).hasSize(12);
    assertThat(plan.sketched()).isEmpty();
    // Eight bytes a product on the heap, four for 36 of 64 blocks outside it.
    assertThat(plan.bytes()).isGreaterThan(12L * 3072 * 3072 * (8 + 4 * 36 / 64));
  }

  @Test
  void everySignalIsInOnePassAndNoPassExceedsTheLimit() {
    List<Signal> signals = signals(12, 3072);
    long one = plan(signals.subList(0, 1), PLENTY).bytes();
    for (int together = 1; together <= 12; together++) {
      CapturePlan plan = plan(signals, one * together + one / 2);
      assertThat(plan.passes()).hasSize((12 + together - 1) / together);
      assertThat(plan.passes().stream().flatMap(p -> p.grams().stream()).toList())
          .isEqualTo(signals);
      assertThat(plan.bytes()).isLessThanOrEqualTo(plan.memory());
    }
  }

  @Test
  void widerSignalsAreSketchedTogetherInThreePassesMore() {
    List<Signal> wide = signals(3, 14336);
    long one = plan(wide.subList(0, 1), PLENTY).bytes();
    CapturePlan plan = plan(wide, one - 1);
    assertThat(plan.sketched()).containsExactlyElementsOf(wide);
    assertThat(plan.passes()).hasSize(1 + CapturePlan.APPLICATIONS);
    assertThat(plan.passes().get(0).squares()).hasSize(3);
    assertThat(plan.bytes()).isLessThan(one);
  }

  @Test
  void noArrayIsTooLongForJava() {
    assertThat(plan(signals(1, 50_000), PLENTY).sketched()).hasSize(1);
  }

  @Test
  void aLimitThatIsTooLowNamesWhatIsNeeded() {
    List<Signal> signals = signals(2, 3072);
    String failure = Failures.of(() -> plan(signals, 1000));
    long needed = Long.parseLong(failure.replaceAll("(?s).*\\(([0-9]+) bytes\\).*", "$1"));
    assertThat(failure).startsWith("capturing 'layers.0.ffn' (3072 wide) needs at least");
    assertThat(plan(signals, needed).bytes()).isLessThanOrEqualTo(needed);
    assertThat(Failures.of(() -> plan(signals, needed - 1))).contains(needed + " bytes");
  }

  @Test
  void theDescriptionSaysWhatEachPassDoes() {
    List<Signal> signals =
        ImmutableList.<Signal>builder()
            .addAll(signals(2, 3072))
            .add(new Signal("wide", ImmutableList.of("w"), ImmutableIntArray.of(20_000)))
            .build();
    assertThat(plan(signals, 1L << 30).describe().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("4 passes over the text, at most"),
            line -> assertThat(line).contains("moments of 2 signals (layers.0.ffn", "squares of 1"),
            line -> assertThat(line).contains("pass 2", "sketch of 1 signals (wide)"),
            line -> assertThat(line).contains("pass 3", "sketch"),
            line -> assertThat(line).contains("pass 4", "sketch"));
  }
}
