package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.Multimaps;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.report.HtmlReport.Section;
import org.fnprune.report.StoredScores.Dense;

/** What lesions and sweeps of the dense model showed, where there were any. */
final class MaskSections {

  private MaskSections() {}

  static ImmutableList<Section> of(RunContents run) {
    ImmutableList.Builder<Section> sections = ImmutableList.builder();
    run.lesions().ifPresent(lesions -> sections.add(lesions(lesions)));
    run.sweep().ifPresent(sweep -> sections.add(sweep(sweep)));
    return sections.build();
  }

  private static Section lesions(StoredLesions lesions) {
    List<Html> tables = new ArrayList<>();
    for (int metric : StoredScores.first(lesions.dense())) {
      Dense dense = lesions.dense().get(metric);
      String caption = dense.name() + ", " + dense.label() + ": dense beside lesions";
      tables.add(HtmlTable.of(caption, table(lesions, metric)));
    }
    String what =
        lesions.factor() == 0
            ? "set to zero (masked)"
            : Summary.number("multiplied by %.3g", lesions.factor());
    return new Section(
        "lesions",
        "Lesions",
        Html.all(
            HtmlReport.lead(
                "What the dense model loses when neurons are "
                    + what
                    + ": the key neurons of one network, those of all networks, as many random"
                    + " neurons of every unit, and a share of all neurons at random. Networks"
                    + " matter where their lesion costs more than the random one of the same"
                    + " size."),
            plots("lesion", LesionChart.all(lesions)),
            tables));
  }

  /** One metric; of random neurons the mean over draws. */
  private static TextTable table(StoredLesions lesions, int metric) {
    TextTable table = new TextTable("Lesion", "Neurons", "Value", "Δ", "p");
    double dense = lesions.dense().get(metric).number();
    table.row("none (dense)", 0, Summary.number("%.4f", dense), "–", "–");
    ImmutableListMultimap<String, StoredLesions.Row> kinds =
        Multimaps.index(
            lesions.lesions().stream()
                .filter(row -> !row.lesion().equals(StoredLesions.NETWORK))
                .toList(),
            StoredLesions.Row::lesion);
    for (String kind : kinds.keySet()) {
      List<StoredLesions.Row> draws = kinds.get(kind);
      boolean one = draws.size() == 1;
      double mean =
          draws.stream()
              .mapToDouble(row -> row.tasks().get(metric).number())
              .average()
              .orElse(Double.NaN);
      table.row(
          kind.replace('-', ' ') + (one ? "" : ", mean of " + draws.size() + " draws"),
          draws.get(0).neurons(),
          Summary.number("%.4f", mean),
          Summary.number("%+.4f", mean - dense),
          one ? Summary.number("%.3g", draws.get(0).tasks().get(metric).pValue()) : "–");
    }
    return table;
  }

  private static Section sweep(StoredSweep sweep) {
    return new Section(
        "preservation",
        "Preservation",
        Html.all(
            HtmlReport.lead(
                "What the dense model can still do with few of its neurons, all others masked and"
                    + " nothing made up for: with only the key neurons of more and more networks"
                    + " left beside as many random ones, and with what every selector keeps at"
                    + " several sparsities."),
            plots("sweep", SweepCharts.all(sweep))));
  }

  private static Html plots(String id, List<Chart> charts) {
    List<Html> figures = new ArrayList<>();
    for (int i = 0; i < charts.size(); i++) {
      figures.add(InlineChart.of("plot-" + id + "-" + i, charts.get(i)));
    }
    return Html.of("div", figures).with("class", "plots");
  }
}
