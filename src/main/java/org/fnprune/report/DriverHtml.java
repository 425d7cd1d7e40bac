package org.fnprune.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.fnprune.report.StoredDrivers.Text;
import org.fnprune.report.StoredDrivers.Token;

/** The tokens and texts that drive a network, its activity as shading and in words. */
final class DriverHtml {

  private static final int TOKENS = 8;
  private static final int TEXTS = 3;
  private static final int WINDOW = 24;
  private static final int SHADES = 6;
  private static final int SAID = 3;

  private DriverHtml() {}

  static Html of(StoredDrivers drivers) {
    List<Html> parts = new ArrayList<>();
    if (!drivers.tokens().isEmpty()) {
      parts.add(Html.of("p", "Tokens with the highest mean activity").with("class", "sub"));
      parts.add(
          Html.of("ul", drivers.tokens().stream().limit(TOKENS).map(DriverHtml::chip).toList())
              .with("class", "chips"));
    }
    if (!drivers.texts().isEmpty()) {
      parts.add(Html.of("p", "Texts around its peaks").with("class", "sub"));
      parts.add(
          Html.of("ul", drivers.texts().stream().limit(TEXTS).map(DriverHtml::text).toList())
              .with("class", "texts"));
    }
    return Html.all(parts);
  }

  private static Html chip(Token token) {
    return Html.of(
            "li",
            Html.of("bdi", visible(token.token())).with("class", "tok"),
            Html.of("span", Summary.number(" %.1f", token.activity())).with("class", "act"))
        .with(
            "title",
            "activity "
                + Summary.number("%.2f", token.activity())
                + ", "
                + token.count()
                + " times");
  }

  /** A window of tokens about the peak; shaded by the share of the largest value. */
  private static Html text(Text text) {
    int peak =
        IntStream.range(0, text.tokens().size())
            .boxed()
            .max(Comparator.comparingDouble(text::value))
            .orElse(0);
    int from = Math.max(0, Math.min(peak - WINDOW / 2, text.tokens().size() - WINDOW));
    int to = Math.min(text.tokens().size(), from + WINDOW);
    double largest = text.tokens().isEmpty() ? 0 : text.value(peak);
    List<Html> tokens = new ArrayList<>();
    StringBuilder plain = new StringBuilder();
    for (int i = from; i < to; i++) {
      String token = readable(text.tokens().get(i));
      int shade = largest > 0 ? (int) Math.round(SHADES * text.value(i) / largest) : 0;
      if (shade <= 0) {
        plain.append(token);
        continue;
      }
      flush(plain, tokens);
      tokens.add(Html.of("span", token).with("class", "s" + Math.min(SHADES, shade)));
    }
    flush(plain, tokens);
    String strongest =
        IntStream.range(from, to)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -text.value(i)))
            .limit(SAID)
            .map(
                i ->
                    "‘"
                        + visible(text.tokens().get(i))
                        + String.format(Locale.ROOT, "’ %.1f", text.value(i)))
            .reduce((a, b) -> a + ", " + b)
            .orElse("");
    return Html.of(
        "li",
        Html.of("bdi", from > 0 ? "…" : "", tokens, to < text.tokens().size() ? "…" : "")
            .with("class", "run"),
        Html.of("span", " strongest at " + strongest + " standard deviations")
            .with("class", "hid"));
  }

  private static void flush(StringBuilder plain, List<Html> tokens) {
    if (plain.length() > 0) {
      tokens.add(Html.all(plain.toString()));
      plain.setLength(0);
    }
  }

  /** A token within text: line ends become a sign, so that a window stays a few lines. */
  private static String readable(String token) {
    return token.replace("\n", "⏎").replace("\r", "").replace("\t", "⇥");
  }

  /** A token by itself: blanks, too, are seen. */
  static String visible(String token) {
    return token.isEmpty() ? "∅" : readable(token).replace(' ', '␣');
  }
}
