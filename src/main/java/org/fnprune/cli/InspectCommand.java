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
import org.fnprune.structure.FfnOutputs;
import org.fnprune.structure.Prunable;
import org.fnprune.structure.PrunableUnit;
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
    Graph graph = Graph.of(OnnxModel.read(folder.onnxFile()));
    Structure structure = FfnOutputs.addTo(graph, StructureFinder.find(graph));
    console.result(text(structure));
    console.resultJson(StructureJson.of(structure));
    return ExitCode.OK;
  }

  private static String text(Structure structure) {
    if (structure.units().isEmpty()) {
      return "No prunable units.\n" + rest(structure, Prunable.of(structure));
    }
    TextTable units =
        new TextTable("Unit", "Layer", "Kind", "Width", "Unit size", "Parameters", "Activation");
    for (PrunableUnit unit : structure.units()) {
      units.row(
          unit.id(),
          layer(unit.layer()),
          unit.kind().label(),
          unit.width(),
          unit.unitSize(),
          number(unit.parameters()),
          unit.activation());
    }
    Prunable prunable = Prunable.of(structure);
    TextTable kinds = new TextTable("Kind", "Units", "Channels", "Parameters", "Of the model");
    for (Prunable.Kind kind : prunable.kinds()) {
      kinds.row(
          kind.kind().label(),
          kind.units(),
          number(kind.channels()),
          number(kind.parameters()),
          share(kind.parameters(), structure));
    }
    return units.toText() + "\n" + kinds.toText() + rest(structure, prunable);
  }

  /** What is not prunable, reasons that several layers share in one row. */
  private static String rest(Structure structure, Prunable prunable) {
    TextTable blocked =
        new TextTable("Not prunable", "Operator", "Parameters", "Of the model", "Why");
    for (Prunable.Barrier barrier : prunable.blocked()) {
      int others = barrier.nodes().size() - 1;
      blocked.row(
          barrier.nodes().get(0) + (others == 0 ? "" : " and " + others + " like it"),
          barrier.operator(),
          number(barrier.parameters()),
          share(barrier.parameters(), structure),
          barrier.reason());
    }
    return (blocked.isEmpty() ? "" : "\n" + blocked.toText())
        + String.format(
            Locale.ROOT,
            "%n%s of %s parameters (%s) belong to prunable units; %s (%s) are embeddings, norms"
                + " and biases outside them.%n",
            number(prunable.parameters()),
            number(structure.parameters()),
            share(prunable.parameters(), structure),
            number(prunable.elsewhere()),
            share(prunable.elsewhere(), structure));
  }

  private static String share(long parameters, Structure structure) {
    return String.format(
        Locale.ROOT, "%.1f%%", 100.0 * parameters / Math.max(1, structure.parameters()));
  }

  private static String layer(int layer) {
    return layer < 0 ? "–" : Integer.toString(layer);
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
