package org.fnprune.report;

import com.google.common.xml.XmlEscapers;
import com.google.errorprone.annotations.FormatMethod;
import java.util.List;
import java.util.Locale;
import org.fnprune.report.Chart.Point;
import org.fnprune.report.Chart.Series;

/**
 * Plots below each other in one SVG that needs nothing from outside and is readable in light and
 * dark mode. A series has a colour and a marker of its own, so that colour is not needed.
 */
final class ChartPage {

  private static final int WIDTH = 800;
  private static final int HEIGHT = 380;
  private static final int LEFT = 76;
  private static final int RIGHT = 280;
  private static final int TOP = 44;
  private static final int BOTTOM = 58;
  private static final int LEGEND_STEP = 22;

  /** Of middle lightness: distinct on white and on near-black. */
  private static final List<String> COLOURS =
      List.of(
          "#3b82c4", "#d9822b", "#2f9e6e", "#c9538f", "#8b6fd0", "#b3912a", "#3aa5b5", "#d0564f",
          "#7a8793", "#7d9b3a");

  /** Shapes about (0, 0). */
  private static final List<String> MARKERS =
      List.of(
          "M-4,0A4,4 0 1,0 4,0A4,4 0 1,0 -4,0Z",
          "M-4,-4H4V4H-4Z",
          "M0,-5L5,4H-5Z",
          "M0,-5L5,0L0,5L-5,0Z",
          "M0,5L5,-4H-5Z",
          "M-5,-1.5H-1.5V-5H1.5V-1.5H5V1.5H1.5V5H-1.5V1.5H-5Z",
          "M-5,-3L0,0L5,-3V3L0,0L-5,3Z");

  /** The same, relative to the point that a path is at. */
  private static final List<String> RELATIVE =
      List.of(
          "m-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z",
          "m-4,-4h8v8h-8z",
          "m0,-5l5,9h-10z",
          "m0,-5l5,5l-5,5l-5,-5z",
          "m0,5l5,-9h-10z",
          "m-5,-1.5h3.5v-3.5h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5z",
          "m-5,-3l5,3l5,-3v6l-5,-3l-5,3z");

  private static final String STYLE =
      """
      <style>
      text { font: 13px system-ui, sans-serif; }
      .title { font-size: 15px; font-weight: 600; }
      .back { fill: #ffffff; }
      text { fill: #1f2328; }
      .grid { stroke: #d5d9de; }
      .frame { stroke: #1f2328; fill: none; }
      .dense { stroke: #1f2328; stroke-dasharray: 6 4; }
      .line { fill: none; stroke-width: 1.8; }
      @media (prefers-color-scheme: dark) {
        .back { fill: #16191d; }
        text { fill: #e3e6ea; }
        .grid { stroke: #3b424a; }
        .frame, .dense { stroke: #e3e6ea; }
      }
      </style>
      """;

  private final StringBuilder svg = new StringBuilder();

  private ChartPage() {}

  /** The colour of a series, by its number. */
  static String colour(int series) {
    return COLOURS.get(series % COLOURS.size());
  }

  /** The marker of a series as a path from where it is. */
  static String marker(int series) {
    return RELATIVE.get(series % RELATIVE.size());
  }

  /**
   * The document.
   *
   * @param title and {@code description} for those who do not see it
   */
  static String svg(String title, String description, List<Chart> charts) {
    ChartPage page = new ChartPage();
    int height = Math.max(1, charts.size()) * HEIGHT;
    page.add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " role=\"img\" aria-labelledby=\"title desc\">",
        WIDTH, height, WIDTH, height);
    page.add("<title id=\"title\">%s</title>", escape(title));
    page.add("<desc id=\"desc\">%s</desc>", escape(description));
    page.svg.append(STYLE);
    page.add("<rect class=\"back\" width=\"%d\" height=\"%d\"/>", WIDTH, height);
    for (int i = 0; i < charts.size(); i++) {
      page.add("<g transform=\"translate(0,%d)\">", i * HEIGHT);
      page.chart(charts.get(i));
      page.add("</g>");
    }
    page.add("</svg>");
    return page.svg.toString();
  }

  private void chart(Chart chart) {
    List<Series> shown = chart.series().stream().filter(s -> !s.finite().isEmpty()).toList();
    List<Point> points = shown.stream().flatMap(s -> s.finite().stream()).toList();
    Axis x = Axis.linear(points.stream().mapToDouble(Point::x).toArray());
    double[] values = values(points, chart.reference());
    Axis y = chart.ratios() ? Axis.ofRatios(values) : Axis.linear(values);
    add("<text class=\"title\" x=\"%d\" y=\"24\">%s</text>", LEFT, escape(chart.title()));
    x.ticks().forEach(tick -> tickOfX(x, tick));
    y.ticks().forEach(tick -> tickOfY(y, tick));
    add(
        "<rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
        LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    add(
        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
        (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 16, escape(chart.x()));
    add(
        "<text transform=\"translate(18,%.1f) rotate(-90)\" text-anchor=\"middle\">%s</text>",
        (TOP + HEIGHT - BOTTOM) / 2.0, escape(chart.y()));
    reference(y, chart.reference());
    for (int i = 0; i < shown.size(); i++) {
      series(shown.get(i), i, x, y);
    }
  }

  private static double[] values(List<Point> points, double reference) {
    double[] values = new double[points.size() + 1];
    for (int i = 0; i < points.size(); i++) {
      values[i] = points.get(i).y();
    }
    values[points.size()] =
        Double.isFinite(reference) ? reference : points.isEmpty() ? 0 : points.get(0).y();
    return values;
  }

  private void tickOfX(Axis axis, double tick) {
    double at = acrossX(axis, tick);
    add(
        "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>",
        at, at, TOP, HEIGHT - BOTTOM);
    add(
        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
        at, HEIGHT - BOTTOM + 18, Axis.label(tick));
  }

  private void tickOfY(Axis axis, double tick) {
    double at = upY(axis, tick);
    add(
        "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
        LEFT, WIDTH - RIGHT, at, at);
    add(
        "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
        LEFT - 8, at + 4, Axis.label(tick));
  }

  private void reference(Axis y, double value) {
    if (Double.isFinite(value)) {
      double at = upY(y, value);
      add(
          "<line class=\"dense\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
          LEFT, WIDTH - RIGHT, at, at);
      int legend = TOP + 8;
      int left = WIDTH - RIGHT + 16;
      add(
          "<line class=\"dense\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>",
          left, left + 16, legend, legend);
      add("<text x=\"%d\" y=\"%d\">dense</text>", left + 24, legend + 4);
    }
  }

  private void series(Series series, int number, Axis x, Axis y) {
    String colour = COLOURS.get(number % COLOURS.size());
    String marker = MARKERS.get(number % MARKERS.size());
    StringBuilder path = new StringBuilder();
    for (Point point : series.finite()) {
      double px = acrossX(x, point.x());
      double py = upY(y, point.y());
      path.append(
          String.format(Locale.ROOT, "%s%.1f,%.1f", path.length() == 0 ? "M" : "L", px, py));
    }
    if (series.joined()) {
      add("<path class=\"line\" stroke=\"%s\" d=\"%s\"/>", colour, path);
    }
    for (Point point : series.finite()) {
      marker(colour, marker, acrossX(x, point.x()), upY(y, point.y()));
    }
    int legend = TOP + 8 + (number + 1) * LEGEND_STEP;
    marker(colour, marker, WIDTH - RIGHT + 24, legend);
    add("<text x=\"%d\" y=\"%d\">%s</text>", WIDTH - RIGHT + 40, legend + 4, escape(series.name()));
  }

  private void marker(String colour, String marker, double x, double y) {
    add("<path fill=\"%s\" transform=\"translate(%.1f,%.1f)\" d=\"%s\"/>", colour, x, y, marker);
  }

  private static double acrossX(Axis axis, double value) {
    return LEFT + axis.place(value) * (WIDTH - LEFT - RIGHT);
  }

  private static double upY(Axis axis, double value) {
    return HEIGHT - BOTTOM - axis.place(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static String escape(String text) {
    return XmlEscapers.xmlAttributeEscaper().escape(text);
  }

  @FormatMethod
  private void add(String format, Object... parts) {
    svg.append(String.format(Locale.ROOT, format, parts)).append('\n');
  }
}
