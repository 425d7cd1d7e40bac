package org.fnprune.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.fnprune.model.Graph;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.report.StructureJson;
import org.fnprune.report.TextTable;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Refusal;
import org.fnprune.structure.Structure;
import org.fnprune.structure.StructureFinder;

/** {@code inspect MODEL}: what can be pruned, what cannot, and why. */
final class InspectCommand implements Command {

  @Override
  public String name() {
    return "inspect";
  }

  @Override
  public String arguments() {
    return "MODEL [flags]";
  }

  @Override
  public String summary() {
    return "lists prunable units, and what is not prunable and why";
  }

  @Override
  public List<String> examples() {
    return List.of("fnprune inspect my-model", "fnprune inspect model.onnx --json");
  }

  @Override
  public Options options() {
    return new Options();
  }

  @Override
  public ExitCode run(CommandLine line, Console console) {
    Path path = Path.of(Arguments.single(line, "MODEL", name()));
    ModelFolder folder = ModelFolder.open(path);
    Structure structure = StructureFinder.find(Graph.of(OnnxModel.read(folder.onnxFile())));
    console.result(text(structure));
    console.resultJson(StructureJson.of(structure));
    return ExitCode.OK;
  }

  private static String text(Structure structure) {
    TextTable units = new TextTable("Unit", "Layer", "Kind", "Width", "Parameters", "Activation");
    for (PrunableUnit unit : structure.units()) {
      units.row(
          unit.id(),
          layer(unit.layer()),
          unit.kind().label(),
          unit.width(),
          number(unit.parameters()),
          unit.activation());
    }
    TextTable refusals = new TextTable("Not prunable", "Operator", "Layer", "Parameters", "Why");
    for (Refusal refusal : structure.refusals()) {
      refusals.row(
          refusal.node(),
          refusal.operator(),
          layer(refusal.layer()),
          number(refusal.parameters()),
          refusal.reason());
    }
    return (units.isEmpty() ? "No prunable units.\n" : units.toText())
        + (refusals.isEmpty() ? "" : "\n" + refusals.toText())
        + String.format(
            Locale.ROOT,
            "%n%s of %s parameters (%.1f%%) belong to prunable units.%n",
            number(structure.prunableParameters()),
            number(structure.parameters()),
            100.0 * structure.prunableParameters() / Math.max(1, structure.parameters()));
  }

  private static String layer(int layer) {
    return layer < 0 ? "–" : Integer.toString(layer);
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
