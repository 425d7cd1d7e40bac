package org.fnprune.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HtmlTest {

  @Test
  void textAndAttributesAreEscapedWhereTheyEnter() {
    Html html = Html.of("p", "<script>&\"'", List.of(Html.of("b", "x"))).with("title", "\"><img>");
    assertThat(html.toString())
        .isEqualTo("<p title=\"&quot;&gt;&lt;img&gt;\">&lt;script&gt;&amp;&quot;&#39;<b>x</b></p>");
  }

  @Test
  void controlCharactersCannotBreakTheDocument() {
    assertThat(Html.of("p", "a\u0000b\u001b\nc\td").toString())
        .isEqualTo("<p>a\ufffdb\ufffd\nc\td</p>");
  }

  @Test
  void voidElementsAndShapesHaveNoContent() {
    assertThat(Html.all(Html.of("br"), Html.of("rect").with("x", 1), Html.of("td")).toString())
        .isEqualTo("<br><rect x=\"1\"/><td></td>");
  }

  @Test
  void aDocumentHasADoctype() {
    assertThat(Html.of("html").document()).isEqualTo("<!DOCTYPE html>\n<html></html>\n");
  }
}
