package org.fnprune.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import org.fnprune.common.Failures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardTest {

  @Test
  void aShardHasEveryNthPlace() {
    Shard shard = Shard.parse("2/3");
    assertThat(shard).isEqualTo(new Shard(2, 3)).hasToString("2/3");
    assertThat(new boolean[] {shard.has(0), shard.has(1), shard.has(2), shard.has(4)})
        .containsExactly(false, true, false, true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1/", "a/b", "1/2/3", "-1/2", "1.5/2", "1 / 2"})
  void otherTextsAreRefused(String text) {
    assertThat(Failures.of(() -> Shard.parse(text)))
        .isEqualTo(
            "--shard '"
                + text
                + "': must be I/N, two whole numbers | write 1/4 for the first of 4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0/4", "5/4", "1/0"})
  void shardsThatThereAreNotAreRefused(String text) {
    assertThat(Failures.of(() -> Shard.parse(text)))
        .startsWith("--shard '" + text + "': the shard's number must lie between 1 and ");
  }
}
