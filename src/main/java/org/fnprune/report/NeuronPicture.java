package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.report.UnitNetworks.Network;

/**
 * Layers × neurons: a row for every unit, a column for every neuron. Grey are the neurons that the
 * slim model keeps, the same in every picture and therefore drawn once; coloured the key neurons of
 * one network.
 */
final class NeuronPicture {

  private static final String BACK = "all-neurons";
  private static final int WIDTH = 640;
  private static final double HIGHEST = 12;
  private static final double LARGEST = 120;

  private final ImmutableList<UnitNetworks> units;
  private final ImmutableMap<String, ImmutableIntArray> kept;
  private final double row;
  private final int widest;

  NeuronPicture(RunContents run) {
    units = run.networks();
    kept = run.kept();
    row = Math.min(HIGHEST, LARGEST / Math.max(1, units.size()));
    widest = Math.max(1, units.stream().mapToInt(UnitNetworks::width).max().orElse(1));
  }

  /** What all pictures have in common; must be in the page once. */
  Html definitions() {
    List<Html> parts = new ArrayList<>();
    for (int i = 0; i < units.size(); i++) {
      UnitNetworks unit = units.get(i);
      parts.add(
          Html.of("rect")
              .with("class", "track")
              .with("y", Svg.n(i * row))
              .with("width", Svg.n(x(unit.width())))
              .with("height", Svg.n(0.8 * row)));
      ImmutableIntArray neurons = kept.get(unit.facts().unit());
      if (neurons != null && neurons.length() < unit.width()) {
        parts.add(Html.of("path").with("class", "keptpath").with("d", runs(neurons, i)));
      }
    }
    return Html.of("svg", Html.of("defs", Html.of("g", parts).with("id", BACK)))
        .with("class", "defs")
        .with("width", 0)
        .with("height", 0)
        .with("aria-hidden", "true");
  }

  /** One network's picture. */
  Html of(int unit, Network network, String id) {
    UnitNetworks all = units.get(unit);
    String description =
        network.size()
            + " of "
            + all.width()
            + " neurons of "
            + all.facts().unit()
            + " are key neurons, "
            + network.negative().length()
            + " of them with negative z."
            + (network.keptSize() == null
                ? ""
                : " The slim model keeps " + network.keptSize() + ".");
    return Svg.of(
            id,
            "Key neurons of network " + network.index() + " of " + all.facts().unit(),
            description,
            Html.of("use").with("href", "#" + BACK),
            frame(unit, all.width()),
            ticks("pos", network.positive(), unit),
            ticks("neg", network.negative(), unit))
        .with("class", "neurons")
        .with("viewBox", "0 0 " + WIDTH + " " + Svg.n(units.size() * row))
        .with("preserveAspectRatio", "none")
        .with("style", "height:" + Math.max(14, Math.round(units.size() * row)) + "px");
  }

  private Html frame(int unit, int width) {
    return Html.of("rect")
        .with("class", "own")
        .with("y", Svg.n(unit * row))
        .with("width", Svg.n(x(width)))
        .with("height", Svg.n(0.8 * row));
  }

  private Html ticks(String kind, ImmutableIntArray neurons, int unit) {
    if (neurons.isEmpty()) {
      return Html.all();
    }
    StringBuilder path = new StringBuilder();
    for (int neuron : neurons.asList()) {
      path.append('M').append(Svg.n(x(neuron + 0.5))).append(',').append(Svg.n(unit * row));
      path.append('v').append(Svg.n(0.8 * row));
    }
    return Html.of("path").with("class", kind).with("d", path);
  }

  /** Neighbours that are kept as one bar. */
  private String runs(ImmutableIntArray neurons, int unit) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < neurons.length(); ) {
      int start = i;
      while (i + 1 < neurons.length() && neurons.get(i + 1) == neurons.get(i) + 1) {
        i++;
      }
      path.append('M').append(Svg.n(x(neurons.get(start)))).append(',').append(Svg.n(unit * row));
      path.append('H').append(Svg.n(x(neurons.get(i) + 1))).append('v').append(Svg.n(0.8 * row));
      path.append('H').append(Svg.n(x(neurons.get(start)))).append('z');
      i++;
    }
    return path.toString();
  }

  private double x(double neuron) {
    return neuron * WIDTH / widest;
  }
}
