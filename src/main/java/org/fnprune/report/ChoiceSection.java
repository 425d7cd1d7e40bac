package org.fnprune.report;

import java.util.List;
import org.fnprune.report.HtmlReport.Section;
import org.fnprune.report.StoredReport.Trial;

/** What was chosen, why, and what else was tried. */
final class ChoiceSection {

  private static final int OPEN = 10;

  private ChoiceSection() {}

  static Section of(StoredReport report) {
    StoredReport.Selection selection = report.selection();
    Html losses =
        selection.measuredLoss() == null
            ? Html.all()
            : Html.of(
                "p",
                "On held-out text, each unit compensated by itself, the plan’s outputs differ from"
                    + " the dense model’s by "
                    + Summary.number("%.4g nats", selection.measuredLoss())
                    + (selection.predictedLoss() == null
                        ? ""
                        : Summary.number(
                            "; the curvature of the loss predicted %.4g",
                            selection.predictedLoss()))
                    + ".");
    return new Section(
        "tried",
        "What was tried",
        Html.all(
            HtmlReport.lead(
                "Which channels stay is decided by a selector; how many of each unit, by an"
                    + " allocation. Candidates compete in rounds (successive halving) by the"
                    + " Kullback–Leibler divergence of their outputs from the dense model’s on"
                    + " calibration text that was held out."),
            Html.of("p", Html.of("strong", selection.chosen()), ": " + selection.reason() + "."),
            losses,
            trials(selection.trials())));
  }

  private static Html trials(List<Trial> trials) {
    if (trials.isEmpty()) {
      return Html.of("p", "Nothing was left open in the recipe, so nothing else was tried.");
    }
    int last = trials.stream().mapToInt(Trial::rung).max().orElse(0);
    TextTable table = new TextTable("Candidate", "Round", "Loss, nats", "Outcome");
    for (Trial trial : trials) {
      table.row(
          trial.candidate(),
          trial.rung(),
          Summary.finite("%.4g", trial.loss()),
          !trial.kept() ? "out" : trial.rung() == last ? "wins" : "goes on");
    }
    Html shown = HtmlTable.of("Candidates by round", table);
    return trials.size() <= OPEN
        ? shown
        : Html.of("details", Html.of("summary", "All " + trials.size() + " trials"), shown);
  }
}
