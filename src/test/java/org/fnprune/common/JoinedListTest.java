package org.fnprune.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class JoinedListTest {

  @Test
  void partsFollowOneAnother() {
    List<Integer> joined = JoinedList.of(List.of(List.of(1, 2), List.of(), List.of(3)));
    assertThat(joined).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> joined.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(JoinedList.of(List.<List<Integer>>of())).isEmpty();
  }
}
