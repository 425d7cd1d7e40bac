package org.fnprune.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsvTest {

  @Test
  void cellsAreQuotedWhereTheyMustBe() {
    Csv csv = new Csv(List.of("a", "b", "c"));
    csv.row(Arrays.asList("x,y", null, "say \"no\"\nor yes"));
    csv.row(List.of(1, 0.5, true));
    assertThat(csv.text()).isEqualTo("a,b,c\n\"x,y\",,\"say \"\"no\"\"\nor yes\"\n1,0.5,true\n");
  }
}
