package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GateTest {

  private static Comparison accuracy(String task, double dense, double slim) {
    return new Comparison(task, "accuracy", true, dense, slim, slim - dense, 0.01, 100, 0.5);
  }

  private static Comparison f1(String task, double dense, double slim) {
    return new Comparison(task, "macro_f1", true, dense, slim, slim - dense, 0.01, 100, 0.5);
  }

  private static Comparison perplexity(double dense, double slim) {
    return new Comparison("ppl", "perplexity", false, dense, slim, slim - dense, 0.1, 100, 0.5);
  }

  @Test
  void withoutALimitAnyFiniteLossPasses() {
    assertThat(Gate.check(List.of(accuracy("a", 0.9, 0.1), perplexity(3, 90)), null).passed())
        .isTrue();
  }

  @Test
  void aDropAsLargeAsTheLimitPassesDespiteRounding() {
    assertThat(0.90 - 0.89).isGreaterThan(0.01);
    assertThat(Gate.check(List.of(accuracy("a", 0.90, 0.89)), 0.01).passed()).isTrue();
    assertThat(Gate.check(List.of(accuracy("a", 0.8, 0.9)), 0.0).passed()).isTrue();
    assertThat(Gate.check(List.of(accuracy("a", 0.9, 0.9)), 0.0).passed()).isTrue();
  }

  @Test
  void aLargerDropFailsAndSaysWhy() {
    Gate gate = Gate.check(List.of(accuracy("news", 0.9, 0.85), accuracy("b", 1, 1)), 0.01);
    assertThat(gate.passed()).isFalse();
    assertThat(gate.reasons())
        .containsExactly("news: accuracy fell from 0.9000 to 0.8500, by 0.0500; allowed: 0.01");
  }

  @Test
  void perplexityCountsItsRelativeRise() {
    assertThat(Gate.check(List.of(perplexity(100, 101)), 0.01).passed()).isTrue();
    assertThat(Gate.check(List.of(perplexity(3.0, 3.3)), 0.05).reasons())
        .containsExactly("ppl: perplexity rose from 3.0000 to 3.3000, by 10.00%; allowed: 5.000%");
  }

  @Test
  void onlyTheFirstMetricOfATaskCounts() {
    assertThat(Gate.check(List.of(accuracy("a", 0.9, 0.9), f1("a", 0.9, 0.2)), 0.01).passed())
        .isTrue();
  }

  @Test
  void whatIsNotANumberNeverPasses() {
    assertThat(Gate.check(List.of(perplexity(3, Double.NaN)), null).reasons())
        .containsExactly("ppl: perplexity of the slim model is NaN");
    assertThat(Gate.check(List.of(perplexity(3, Double.POSITIVE_INFINITY)), 0.1).passed())
        .isFalse();
  }
}
