package org.fnprune.report;

import java.util.List;
import org.fnprune.linalg.Matrix;

/** The networks of a unit against each other: how many key neurons they share. */
final class HeatMap {

  private static final int COLOUR = 0x0f8a7e;

  private HeatMap() {}

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
        Png.dataUri(n, n, COLOUR, (x, y) -> Math.sqrt(iou.get(order.get(y), order.get(x))));
    return Html.of(
        "figure",
        Html.of("img")
            .with("src", picture)
            .with("width", 256)
            .with("height", 256)
            .with("class", "heat")
            .with("alt", "Heat map of the similarity of networks of " + unit.facts().unit() + ". " + words),
        Html.of("figcaption", Html.of("strong", unit.facts().unit()), ": " + words + "."));
  }
}
