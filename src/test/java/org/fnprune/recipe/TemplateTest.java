package org.fnprune.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.fnprune.common.Failures;
import org.junit.jupiter.api.Test;

class TemplateTest {

  private static Setting setting(String text) {
    return Setting.word("prompt", Path.of(""), text);
  }

  private static String render(String template) {
    return Template.parse(setting(template)).render(field -> "<" + field + ">");
  }

  @Test
  void fieldsStandBetweenBraces() {
    assertThat(render("Review: {text}\nSentiment:")).isEqualTo("Review: <text>\nSentiment:");
    assertThat(render("{a.b}{c}")).isEqualTo("<a.b><c>");
    assertThat(render("no field")).isEqualTo("no field");
    assertThat(Template.parse(setting("{a} {b} {a}")).names()).containsExactly("a", "b");
  }

  @Test
  void doubledBracesAreBraces() {
    assertThat(render("{{\"x\": {a}}}")).isEqualTo("{\"x\": <a>}");
    assertThat(render("}}{{")).isEqualTo("}{");
    assertThat(render("{{{a}}}")).isEqualTo("{<a>}");
  }

  @Test
  void aWordIsAFieldAndBracesMakeATemplate() {
    assertThat(Template.fieldOrTemplate(setting("text"))).isEqualTo(Template.field("text"));
    assertThat(Template.fieldOrTemplate(setting("{text}"))).isEqualTo(Template.field("text"));
    assertThat(Template.fieldOrTemplate(setting("a {text}")).described("prompt"))
        .isEqualTo("the prompt");
    assertThat(Template.field("q").described("prompt")).isEqualTo("field 'q'");
  }

  @Test
  void aLoneBraceIsRefused() {
    for (String template : new String[] {"{a", "{}", "{a{b}", "{ }"}) {
      assertThat(Failures.of(() -> render(template)))
          .isEqualTo(
              "prompt "
                  + template
                  + ": '{' does not belong to a {field} | write '{{' for the character itself");
    }
    assertThat(Failures.of(() -> render("a}")))
        .contains("'}' does not belong to a {field} | write '}}'");
  }
}
