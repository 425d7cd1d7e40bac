package org.fnprune.report;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.fnprune.report.Chart.Point;
import org.fnprune.report.Chart.Series;

/** A plot inside the HTML report: its legend is text below, so that it fits a phone. */
final class InlineChart {

  private static final int WIDTH = 480;
  private static final int HEIGHT = 300;
  private static final int LEFT = 62;
  private static final int RIGHT = 14;
  private static final int TOP = 12;
  private static final int BOTTOM = 52;

  private final Axis x;
  private final Axis y;
  private final List<Html> parts = new ArrayList<>();

  private InlineChart(Axis x, Axis y) {
    this.x = x;
    this.y = y;
  }

  /**
   * The figure.
   *
   * @param id unique in the page
   */
  static Html of(String id, Chart chart) {
    List<Series> shown = chart.series().stream().filter(s -> !s.finite().isEmpty()).toList();
    List<Point> points = shown.stream().flatMap(s -> s.finite().stream()).toList();
    ImmutableDoubleArray.Builder values = ImmutableDoubleArray.builder();
    points.forEach(p -> values.add(p.y()));
    if (Double.isFinite(chart.reference())) {
      values.add(chart.reference());
    }
    double[] ys = values.build().toArray();
    InlineChart plot =
        new InlineChart(
            Axis.linear(points.stream().mapToDouble(Point::x).toArray()),
            chart.ratios() ? Axis.ofRatios(ys) : Axis.linear(ys));
    plot.frame(chart);
    for (int i = 0; i < shown.size(); i++) {
      plot.series(shown.get(i), i);
    }
    Html svg =
        Svg.of(id, chart.title(), description(chart, shown), plot.parts)
            .with("viewBox", "0 0 " + WIDTH + " " + HEIGHT)
            .with("class", "plot");
    return Html.of(
            "figure",
            Html.of("figcaption", Html.of("strong", chart.title())),
            svg,
            legend(chart, shown))
        .with("class", "plotfig");
  }

  private static String description(Chart chart, List<Series> shown) {
    StringBuilder text = new StringBuilder();
    text.append(chart.y()).append(" over ").append(chart.x()).append('.');
    if (Double.isFinite(chart.reference())) {
      text.append(String.format(Locale.ROOT, " Dense model: %.4g.", chart.reference()));
    }
    for (Series series : shown) {
      List<Point> points = series.finite();
      Point first = points.get(0);
      Point last = points.get(points.size() - 1);
      text.append(
          String.format(
              Locale.ROOT,
              " %s: %d points, from %.4g at %.4g to %.4g at %.4g.",
              series.name(),
              points.size(),
              first.y(),
              first.x(),
              last.y(),
              last.x()));
    }
    return text.toString();
  }

  private void frame(Chart chart) {
    x.ticks().forEach(tick -> line("grid", acrossX(tick), TOP, acrossX(tick), HEIGHT - BOTTOM));
    x.ticks()
        .forEach(tick -> text(acrossX(tick), HEIGHT - BOTTOM + 18, "middle", Axis.label(tick)));
    y.ticks().forEach(tick -> line("grid", LEFT, upY(tick), WIDTH - RIGHT, upY(tick)));
    y.ticks().forEach(tick -> text(LEFT - 7, upY(tick) + 4, "end", Axis.label(tick)));
    text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", chart.x());
    parts.add(
        Html.of("text", chart.y())
            .with("transform", "translate(14," + (TOP + HEIGHT - BOTTOM) / 2 + ") rotate(-90)")
            .with("text-anchor", "middle"));
    if (Double.isFinite(chart.reference())) {
      double at = upY(chart.reference());
      line("ref", LEFT, at, WIDTH - RIGHT, at);
    }
  }

  private void series(Series series, int number) {
    StringBuilder path = new StringBuilder();
    StringBuilder markers = new StringBuilder();
    for (Point point : series.finite()) {
      String at = Svg.n(acrossX(point.x())) + "," + Svg.n(upY(point.y()));
      path.append(path.length() == 0 ? "M" : "L").append(at);
      markers.append("M").append(at).append(ChartPage.marker(number));
    }
    if (series.joined()) {
      parts.add(
          Html.of("path")
              .with("d", path)
              .with("fill", "none")
              .with("stroke", ChartPage.colour(number))
              .with("stroke-width", "1.8"));
    }
    parts.add(Html.of("path").with("d", markers).with("fill", ChartPage.colour(number)));
  }

  private static Html legend(Chart chart, List<Series> shown) {
    List<Html> entries = new ArrayList<>();
    if (Double.isFinite(chart.reference())) {
      entries.add(entry(Html.of("path").with("d", "M0,7h14").with("class", "ref"), "dense"));
    }
    for (int i = 0; i < shown.size(); i++) {
      entries.add(
          entry(
              Html.of("path")
                  .with("d", "M7,7" + ChartPage.marker(i))
                  .with("fill", ChartPage.colour(i)),
              shown.get(i).name()));
    }
    return Html.of("ul", entries).with("class", "legend");
  }

  private static Html entry(Html mark, String name) {
    return Html.of(
        "li",
        Html.of("svg", mark).with("width", 14).with("height", 14).with("aria-hidden", "true"),
        name);
  }

  private void line(String kind, double x1, double y1, double x2, double y2) {
    String d = "M" + Svg.n(x1) + "," + Svg.n(y1) + "L" + Svg.n(x2) + "," + Svg.n(y2);
    parts.add(Html.of("path").with("class", kind).with("d", d));
  }

  private void text(double atX, double atY, String anchor, String text) {
    parts.add(
        Html.of("text", text)
            .with("x", Svg.n(atX))
            .with("y", Svg.n(atY))
            .with("text-anchor", anchor));
  }

  private double acrossX(double value) {
    return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
  }

  private double upY(double value) {
    return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
  }
}
