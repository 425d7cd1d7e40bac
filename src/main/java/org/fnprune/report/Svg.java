package org.fnprune.report;

import java.util.Locale;

/** What all inline pictures of the HTML report share. */
final class Svg {

  private Svg() {}

  /**
   * A picture that a screen reader reads as its title and description.
   *
   * @param id unique in the page
   */
  static Html of(String id, String title, String description, Object... content) {
    return Html.of(
            "svg",
            Html.of("title", title).with("id", id + "-t"),
            Html.of("desc", description).with("id", id + "-d"))
        .with("role", "img")
        .with("aria-labelledby", id + "-t " + id + "-d")
        .add(content);
  }

  /** A coordinate. */
  static String n(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    return text.replaceFirst("\\.?0+$", "");
  }

  /** A share of the width. */
  static String percent(double share) {
    return n(100 * share) + "%";
  }
}
