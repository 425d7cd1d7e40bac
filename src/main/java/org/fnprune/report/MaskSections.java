package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.report.HtmlReport.Section;
import org.fnprune.report.StoredScores.Dense;
import org.fnprune.report.StoredScores.Masked;

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
    TextTable table = new TextTable("Lesion", "Task", "Metric", "Neurons", "Value", "Δ", "p");
    for (StoredLesions.Row row : lesions.lesions()) {
      if (!row.lesion().equals(StoredLesions.NETWORK)) {
        for (int metric : StoredScores.first(lesions.dense())) {
          Dense dense = lesions.dense().get(metric);
          Masked masked = row.tasks().get(metric);
          table.row(
              row.lesion().replace('-', ' '),
              dense.name(),
              dense.label(),
              row.neurons(),
              Summary.finite("%.4f", masked.masked()),
              Summary.finite("%+.4f", masked.delta()),
              Summary.number("%.3g", masked.pValue()));
        }
      }
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
            HtmlTable.of("Lesions of all networks and of random neurons", table)));
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
