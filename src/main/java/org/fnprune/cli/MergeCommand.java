package org.fnprune.cli;

import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.fnprune.Discovery;
import org.fnprune.common.UsageException;

/** {@code merge DIR DIR … --output DIR}: adds captures up. */
final class MergeCommand implements Command {

  @Override
  public String name() {
    return "merge";
  }

  @Override
  public String arguments() {
    return "DIR DIR … --output DIR [flags]";
  }

  @Override
  public String summary() {
    return "adds up the moments of several captures of one model";
  }

  @Override
  public List<String> examples() {
    return List.of("fnprune merge shards/1 shards/2 shards/3 --output moments");
  }

  @Override
  public Options options() {
    return new Options()
        .addOption(CommonFlags.value("output", "DIR", "the moments folder to make"))
        .addOption(CommonFlags.flag("force", "replace moments that are in the output folder"));
  }

  @Override
  public ExitCode run(CommandLine line, Console console) throws Exception {
    List<Path> folders = line.getArgList().stream().map(Path::of).toList();
    if (folders.size() < 2) {
      throw new UsageException(
          "merge needs two or more moments folders, but there "
              + (folders.isEmpty() ? "are none" : "is one"),
          "write: fnprune merge DIR DIR … --output DIR");
    }
    if (!line.hasOption("output")) {
      throw new UsageException("--output is missing", "add --output DIR");
    }
    Path output = Path.of(line.getOptionValue("output"));
    MomentsText.print(
        "Merged", Discovery.merge(folders, output, line.hasOption("force")), output, console);
    return ExitCode.OK;
  }
}
