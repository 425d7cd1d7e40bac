package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fnprune.report.HtmlReport.Section;
import org.fnprune.report.UnitNetworks.Network;
import org.jspecify.annotations.Nullable;

/** The functional networks: pictures of the strongest, a table of all, and what they share. */
final class NetworkSections {

  /** So many pictures keep the page small enough for a phone. */
  private static final int PICTURES = 120;

  private static final int MOST = 9;
  private static final int FEWEST = 2;

  /** Larger p are left out of the cards. */
  private static final double TELLING = 0.05;

  private final RunContents run;
  private final NeuronPicture picture;
  private final int shown;

  private NetworkSections(RunContents run) {
    this.run = run;
    this.picture = new NeuronPicture(run);
    this.shown = Math.max(FEWEST, Math.min(MOST, PICTURES / Math.max(1, run.networks().size())));
  }

  static ImmutableList<Section> of(RunContents run) {
    if (run.networks().isEmpty()) {
      return ImmutableList.of(
          new Section(
              "networks",
              "Functional networks",
              HtmlReport.lead(
                  "This run looked at no functional networks: its selector needs none.")));
    }
    NetworkSections sections = new NetworkSections(run);
    ImmutableList.Builder<Section> all = ImmutableList.builder();
    all.add(new Section("networks", "Functional networks", sections.networks()));
    if (run.networks().stream().anyMatch(unit -> unit.networks().size() > 1)) {
      all.add(new Section("similarity", "Similarity between networks", sections.similarities()));
    }
    return all.build();
  }

  private Html networks() {
    List<Html> units = new ArrayList<>();
    for (int i = 0; i < run.networks().size(); i++) {
      units.add(unit(i));
    }
    return Html.all(
        HtmlReport.lead(
            "A functional network is a group of neurons that fire together, found by independent"
                + " component analysis (ICA) of the neurons’ activity on the calibration text. Each"
                + " has a map with one z-score per neuron; its key neurons are those with |z| above"
                + " the threshold τ, and its size is how many they are."),
        Html.of(
            "p",
            run.report().selection().byNetworks()
                ? "The plan goes by these networks."
                : "The plan does not go by them: another selector won, or was asked for."),
        Html.of(
            "p",
            "In the pictures, each row is a unit, the first layer on top, and each column a neuron."
                + " Light: all neurons; grey: those that the slim model keeps; ",
            Html.of("span").with("class", "key pos").with("aria-hidden", "true"),
            " key neurons with positive z, ",
            Html.of("span").with("class", "key neg").with("aria-hidden", "true"),
            " with negative z. Stability is ICASSO’s Iq over restarts: 1 where every restart finds"
                + " the same network. Activity of tokens and texts is the network’s time course, in"
                + " standard deviations; the stronger a token’s colour, the more active."),
        picture.definitions(),
        units);
  }

  private Html unit(int number) {
    UnitNetworks unit = run.networks().get(number);
    StoredNetworks facts = unit.facts();
    List<Network> ordered = unit.strongestFirst(run.lesions());
    List<Html> cards = new ArrayList<>();
    ordered.stream().limit(shown).forEach(network -> cards.add(card(number, network)));
    String title =
        facts.unit() + ": " + facts.networks() + (facts.networks() == 1 ? " network" : " networks");
    String about =
        facts.method()
            + (facts.threshold() == null
                ? ", each network with its own τ"
                : Summary.number(", τ = %.3g", facts.threshold()))
            + ", median size "
            + MarkdownReport.medianSize(facts.sizes())
            + (unit.width() == 0 ? "" : " of " + unit.width() + " neurons")
            + ", "
            + facts.iterations()
            + " iterations, "
            + (facts.converged() ? "converged" : "not converged")
            + ".";
    Html content =
        Html.all(
            Html.of("p", about),
            ordered.size() > shown
                ? Html.of(
                    "p",
                    "The strongest "
                        + shown
                        + " of "
                        + ordered.size()
                        + ", by "
                        + by(ordered)
                        + ".")
                : Html.all(),
            Html.of("div", cards).with("class", "cards"),
            ordered.isEmpty()
                ? Html.all()
                : Html.of(
                    "details",
                    Html.of("summary", "All " + ordered.size() + " networks as a table"),
                    HtmlTable.of("Networks of " + facts.unit(), table(ordered))));
    Html details = Html.of("details", Html.of("summary", Html.of("h3", title)), content);
    return (number == 0 ? details.with("open", "") : details).with("class", "unit");
  }

  private String by(List<Network> networks) {
    Optional<StoredLesions> lesions = run.lesions();
    if (lesions.isPresent() && networks.stream().anyMatch(n -> n.lost(lesions.get()) != null)) {
      return "what masking them costs, then by stability";
    }
    return networks.stream().anyMatch(n -> n.stability() != null) ? "stability" : "size";
  }

  private Html card(int unit, Network network) {
    String id = "n" + unit + "-" + network.index();
    List<Html> facts = new ArrayList<>();
    int width = run.networks().get(unit).width();
    facts.add(
        fact(
            "size",
            network.size()
                + Summary.number(" (%.1f%%)", 100.0 * network.size() / Math.max(1, width))));
    if (network.keptSize() != null) {
      facts.add(fact("kept", network.keptSize() + " of " + network.size()));
    }
    facts.add(fact("stability", Summary.number("%.2f", network.stability())));
    facts.add(fact("largest |z|", Summary.number("%.1f", network.peak())));
    lesion(network, facts);
    return Html.of(
            "article",
            Html.of("h4", "Network " + network.index()).with("id", id + "-h"),
            picture.of(unit, network, id),
            Html.of("dl", facts).with("class", "facts"),
            network.drivers() == null ? Html.all() : DriverHtml.of(network.drivers()))
        .with("class", "card")
        .with("aria-labelledby", id + "-h");
  }

  /** Each task's first metric when the network alone is lesioned. */
  private void lesion(Network network, List<Html> facts) {
    StoredLesions.Row row = network.lesion();
    if (row == null || run.lesions().isEmpty()) {
      return;
    }
    List<StoredScores.Dense> dense = run.lesions().get().dense();
    if (row.neurons() == 0) {
      facts.add(fact("lesion", "no neuron above its τ"));
      return;
    }
    List<String> deltas = new ArrayList<>();
    for (int metric : StoredScores.first(dense)) {
      StoredScores.Masked masked = row.tasks().get(metric);
      Double p = masked.pValue();
      deltas.add(
          dense.get(metric).name()
              + Summary.finite(" %+.3f", masked.delta())
              + (p == null || p >= TELLING ? "" : Summary.number(" (p %.2g)", p)));
    }
    String what = row.neurons() + (row.neurons() == 1 ? " neuron" : " neurons");
    facts.add(fact("lesion of " + what, String.join(", ", deltas)));
  }

  private static Html fact(String name, String value) {
    return Html.of("div", Html.of("dt", name), Html.of("dd", value));
  }

  private TextTable table(List<Network> networks) {
    TextTable table =
        new TextTable(
            "Network", "Size", "Kept", "Stability", "Largest |z|", "Lesion Δ", "Top tokens");
    for (Network network : networks) {
      table.row(
          network.index(),
          network.size(),
          network.keptSize() == null ? "–" : network.keptSize(),
          Summary.number("%.2f", network.stability()),
          Summary.number("%.1f", network.peak()),
          Summary.number("%+.3f", delta(network.lesion())),
          tokens(network.drivers()));
    }
    return table;
  }

  private static @Nullable Double delta(StoredLesions.@Nullable Row row) {
    return row == null || row.neurons() == 0 || row.tasks().isEmpty()
        ? null
        : row.tasks().get(0).delta();
  }

  private static String tokens(@Nullable StoredDrivers drivers) {
    return drivers == null
        ? "–"
        : String.join(
            " ",
            drivers.tokens().stream().limit(4).map(t -> DriverHtml.visible(t.token())).toList());
  }

  private Html similarities() {
    List<Html> figures = new ArrayList<>();
    for (UnitNetworks unit : run.networks()) {
      if (unit.networks().size() > 1) {
        figures.add(HeatMap.of(unit));
      }
    }
    return Html.all(
        HtmlReport.lead(
            "How many key neurons two networks of a unit share: the intersection of their supports"
                + " over the union (IoU, 0 to 1). Rows and columns are the networks, ordered so that"
                + " similar ones are neighbours; the stronger the colour, the more they share."
                + " Networks of different units have no neuron in common."),
        HeatMap.scale(),
        Html.of("div", figures).with("class", "maps"));
  }
}
