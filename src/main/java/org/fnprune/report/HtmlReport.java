package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code report.html}: one file that needs nothing from outside and runs no script. The verdict
 * first, then what was measured, then what the functional networks are, then how to make it again.
 */
public final class HtmlReport {

  /** Nothing may be loaded; styles and pictures are in the page. */
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action"
          + " 'none'";

  /**
   * A part of the page.
   *
   * @param id its anchor
   */
  record Section(String id, String title, Html content) {}

  private HtmlReport() {}

  /** The document. */
  public static String render(RunContents run) {
    StoredReport report = run.report();
    ImmutableList<Section> sections =
        ImmutableList.<Section>builder()
            .addAll(MeasuredSections.of(report))
            .add(WidthSection.of(report))
            .addAll(NetworkSections.of(run))
            .addAll(MaskSections.of(run))
            .add(ChoiceSection.of(report))
            .add(OriginSections.warnings(report))
            .add(OriginSections.origin(report))
            .build();
    String title = "fnprune report: " + report.name();
    Html head =
        Html.of(
            "head",
            Html.of("meta").with("charset", "utf-8"),
            Html.of("meta").with("http-equiv", "Content-Security-Policy").with("content", POLICY),
            Html.of("meta")
                .with("name", "viewport")
                .with("content", "width=device-width, initial-scale=1"),
            Html.of("meta").with("name", "color-scheme").with("content", "light dark"),
            Html.of("title", title),
            Html.style(ReportStyle.CSS));
    List<Html> main = new ArrayList<>();
    main.add(Verdict.of(report));
    main.add(navigation(sections));
    sections.forEach(section -> main.add(html(section)));
    Html body =
        Html.of(
            "body",
            Html.of("a", "Skip to the verdict").with("class", "skip").with("href", "#verdict"),
            Html.of(
                    "header",
                    Html.of("p", "fnprune report").with("class", "brand"),
                    Html.of("h1", report.name()))
                .with("class", "top"),
            Html.of("main", main),
            Html.of(
                "footer",
                Html.of(
                    "p",
                    "Made by fnprune "
                        + report.tool().version()
                        + ". All figures are of this one run: dense and slim side by side, on the"
                        + " same inputs. This file loads nothing and runs no script; the same"
                        + " figures are in report.json.")));
    return Html.of("html", head, body).with("lang", "en").document();
  }

  private static Html navigation(List<Section> sections) {
    List<Html> links = new ArrayList<>();
    for (Section section : sections) {
      links.add(Html.of("li", Html.of("a", section.title()).with("href", "#" + section.id())));
    }
    return Html.of("nav", Html.of("ul", links)).with("aria-label", "Contents");
  }

  private static Html html(Section section) {
    return Html.of(
            "section",
            Html.of("h2", section.title()).with("id", section.id() + "-h"),
            section.content())
        .with("id", section.id())
        .with("aria-labelledby", section.id() + "-h");
  }

  /** A sentence of explanation. */
  static Html lead(String text) {
    return Html.of("p", text).with("class", "lead");
  }
}
