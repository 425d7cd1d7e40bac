package org.fnprune.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.fnprune.report.Chart.Point;
import org.fnprune.report.Chart.Series;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class ChartPageTest {

  private static Chart chart(String name, boolean ratios, Point... points) {
    return new Chart(
        name,
        "x & more",
        "y <unit>",
        ImmutableList.of(new Series(name, ImmutableList.copyOf(points), true)),
        1,
        ratios);
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void namesAreShownAsTheyAre() throws Exception {
    String name = "</svg><script>\"a\" & 'b'";
    Document svg = parse(ChartPage.svg(name, name, List.of(chart(name, false, new Point(1, 2)))));
    NodeList texts = svg.getElementsByTagName("text");
    assertThat(texts.item(0).getTextContent()).isEqualTo(name);
    assertThat(svg.getElementsByTagName("title").item(0).getTextContent()).isEqualTo(name);
    assertThat(svg.getElementsByTagName("desc").item(0).getTextContent()).isEqualTo(name);
    assertThat(svg.getElementsByTagName("script").getLength()).isZero();
  }

  @Test
  void controlCharactersDoNotBreakTheDocument() throws Exception {
    parse(ChartPage.svg("a\u0000b", "c\u001bd", List.of(chart("e\u0007", false, new Point(0, 0)))));
  }

  @Test
  void pointsThatAreNoNumbersAreLeftOut() throws Exception {
    Point[] points = {
      new Point(1, 2), new Point(2, Double.POSITIVE_INFINITY), new Point(3, Double.NaN)
    };
    String svg = ChartPage.svg("t", "d", List.of(chart("s", false, points)));
    parse(svg);
    assertThat(svg).doesNotContain("NaN", "Infinity", "∞");
    // One marker in the plot and one in the legend.
    assertThat(svg.split("<path fill", -1)).hasSize(3);
  }

  @Test
  void aSeriesWithoutPointsIsNotInTheLegend() {
    assertThat(ChartPage.svg("t", "d", List.of(chart("nothing here", false))))
        .doesNotContain(">nothing here</text>\n<path")
        .contains(">dense</text>");
  }

  @Test
  void nothingIsFetchedAndBothModesAreStyled() {
    String svg = ChartPage.svg("t", "d", List.of(chart("s", false, new Point(1, 2))));
    assertThat(svg.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http", "href", "url(", "@import");
    assertThat(svg).contains("prefers-color-scheme: dark", "role=\"img\"");
  }

  @Test
  void linearAxesEndAtRoundNumbersAroundTheValues() {
    Axis axis = Axis.linear(new double[] {0.83, 0.8733});
    assertThat(axis.min()).isCloseTo(0.83, within(1e-9));
    assertThat(axis.max()).isCloseTo(0.88, within(1e-9));
    assertThat(axis.ticks().asList()).hasSize(6);
    assertThat(Axis.label(axis.ticks().get(1))).isEqualTo("0.84");
    assertThat(axis.place(0.855)).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void oneValueAndNoneHaveAnAxis() {
    assertThat(Axis.linear(new double[] {5}).place(5)).isBetween(0.0, 1.0);
    Axis none = Axis.linear(new double[0]);
    assertThat(none.max()).isGreaterThan(none.min());
  }

  @Test
  void ratiosThatSpanOrdersOfMagnitudeAreLogarithmic() {
    Axis axis = Axis.ofRatios(new double[] {3, 25_000});
    assertThat(axis.log()).isTrue();
    assertThat(axis.min()).isCloseTo(1, within(1e-9));
    assertThat(axis.max()).isCloseTo(1e5, within(1e-6));
    assertThat(axis.place(Math.sqrt(1e5))).isCloseTo(0.5, within(1e-9));
    assertThat(Axis.ofRatios(new double[] {3, 4}).log()).isFalse();
    assertThat(Axis.label(1e8)).isEqualTo("1e8");
  }
}
