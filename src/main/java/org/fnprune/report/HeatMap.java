package org.fnprune.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.fnprune.linalg.Matrix;

/** The networks of a unit against each other: how many key neurons they share. */
final class HeatMap {

  private static final int COLOUR = 0x0f8a7e;

  private HeatMap() {}

  /** Small values are what there is to see, so the colour grows with the root. */
  private static double strength(double iou) {
    return Math.sqrt(iou);
  }

  /** What the colours mean. */
  static Html scale() {
    List<Html> steps = new ArrayList<>();
    for (double iou : new double[] {0, 0.05, 0.2, 0.5, 1}) {
      String colour =
          String.format(
              Locale.ROOT,
              "background:rgba(%d,%d,%d,%.2f)",
              COLOUR >> 16,
              COLOUR >> 8 & 0xff,
              COLOUR & 0xff,
              strength(iou));
      steps.add(
          Html.of(
              "li", Html.of("span").with("class", "step").with("style", colour), Axis.label(iou)));
    }
    return Html.of("ul", Html.of("li", "IoU"), steps).with("class", "legend");
  }

  /** The figure; the unit needs two networks. */
  static Html of(UnitNetworks unit) {
    Similarity similarity = Similarity.of(unit);
    List<Integer> order = similarity.order();
    int n = order.size();
    Matrix iou = similarity.iou();
    Similarity.Pair closest = similarity.closest();
    String words =
        n
            + " networks: mean IoU of two "
            + Summary.number("%.3f", similarity.mean())
            + ", most similar networks "
            + similarity.networks().get(closest.one()).index()
            + " and "
            + similarity.networks().get(closest.other()).index()
            + Summary.number(" (%.2f)", closest.iou());
    String picture =
        Png.dataUri(n, n, COLOUR, (x, y) -> strength(iou.get(order.get(y), order.get(x))));
    return Html.of(
        "figure",
        Html.of("img")
            .with("src", picture)
            .with("width", 256)
            .with("height", 256)
            .with("class", "heat")
            .with(
                "alt",
                "Heat map of the similarity of networks of " + unit.facts().unit() + ". " + words),
        Html.of("figcaption", Html.of("strong", unit.facts().unit()), ": " + words + "."));
  }
}
