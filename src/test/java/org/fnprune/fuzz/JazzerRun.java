package org.fnprune.fuzz;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs Jazzer over one target, or over all at once, in a JVM of its own with a small heap.
 *
 * @param target null for all at once
 * @param folder keeps what was found to be worth trying ({@code corpus}), what broke the target
 *     ({@code crash-*}) and Jazzer's output ({@code log.txt})
 */
record JazzerRun(@Nullable Targets target, Path folder) {

  /** The heap that every input must do with. */
  private static final String HEAP = "-Xmx512m";

  /** Where new branches are worth finding: this project, and the parsers that it hands bytes to. */
  private static final String INSTRUMENTED =
      String.join(
          System.getProperty("path.separator"),
          "org.fnprune.**",
          "org.snakeyaml.**",
          "com.google.gson.**",
          "io.airlift.compress.**",
          "org.tukaani.xz.**",
          "org.apache.commons.compress.**");

  /** Seeds of each target for a run over all at once, which has no time for more. */
  private static final int SEEDS_OF_EACH = 8;

  /** Files in memory, where the system has them: most targets write a file for each input. */
  private static final Path MEMORY = Path.of("/dev/shm");

  /** What Jazzer said. */
  static final String LOG = "log.txt";

  private static final Pattern EXECUTED =
      Pattern.compile("stat::number_of_executed_units: (\\d+)|Done (\\d+) runs in");

  /**
   * What came of a run.
   *
   * @param executions inputs that were run
   * @param seconds that it took
   * @param crashes files with inputs that broke the target
   * @param exitCode Jazzer's: 0 when nothing was found
   */
  record Result(long executions, long seconds, ImmutableList<Path> crashes, int exitCode) {}

  /** Runs until the limits among {@code options}, which are libFuzzer's, or until a crash. */
  Result run(List<String> options) throws IOException, InterruptedException {
    Path corpus = Files.createDirectories(folder.resolve("corpus"));
    Path seeds = Files.createDirectories(folder.resolve("seeds"));
    Path work = Files.createTempDirectory(Files.isDirectory(MEMORY) ? MEMORY : folder, "fuzz");
    for (byte[] seed : seeds()) {
      Files.write(seeds.resolve(name(seed)), seed);
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(HEAP);
    command.add("-XX:+UseSerialGC");
    command.add("-XX:-OmitStackTraceInFastThrow");
    command.add("-Dfnprune.fuzz.folder=" + work);
    if (target != null) {
      command.add("-Dfnprune.fuzz.target=" + target);
    }
    command.addAll(
        List.of(
            "-cp",
            classPath(),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + FuzzEntry.class.getName(),
            "--instrumentation_includes=" + INSTRUMENTED,
            "--instrumentation_excludes=org.fnprune.fuzz.**",
            "--reproducer_path=" + folder,
            "-artifact_prefix=" + folder + "/",
            "-timeout=60",
            "--keep_going=30",
            "-rss_limit_mb=0",
            "-print_final_stats=1"));
    command.addAll(options);
    command.add(corpus.toString());
    command.add(seeds.toString());
    long start = System.nanoTime();
    Path log = folder.resolve(LOG);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()))
            .start();
    int exitCode = process.waitFor();
    MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
    long seconds = (System.nanoTime() - start) / 1_000_000_000;
    return new Result(executions(log), seconds, crashes(), exitCode);
  }

  /** That of the tests, which some launchers keep to a class loader of their own. */
  private static String classPath() {
    if (JazzerRun.class.getClassLoader() instanceof URLClassLoader own) {
      return Stream.of(own.getURLs())
          .map(URL::getPath)
          .collect(Collectors.joining(System.getProperty("path.separator")));
    }
    return System.getProperty("java.class.path");
  }

  /** Inputs to start from. */
  private List<byte[]> seeds() throws IOException {
    if (target != null) {
      return target.allSeeds();
    }
    List<byte[]> all = new ArrayList<>();
    for (Targets one : FuzzEntry.ALL_AT_ONCE) {
      List<byte[]> own = one.allSeeds();
      int step = Math.max(1, own.size() / SEEDS_OF_EACH);
      for (int i = 0; i < own.size(); i += step) {
        byte[] seed = own.get(i);
        int number = FuzzEntry.ALL_AT_ONCE.indexOf(one);
        all.add(ByteBuffer.allocate(seed.length + 1).put((byte) number).put(seed).array());
      }
    }
    return all;
  }

  private static String name(byte[] seed) {
    return HexFormat.of().formatHex(Hashing.sha256().hashBytes(seed).asBytes(), 0, 10);
  }

  private static long executions(Path log) throws IOException {
    long last = 0;
    for (String line : Files.readAllLines(log)) {
      Matcher matcher = EXECUTED.matcher(line);
      if (matcher.find()) {
        last =
            Long.parseLong(Optional.ofNullable(matcher.group(1)).orElseGet(() -> matcher.group(2)));
      }
    }
    return last;
  }

  private ImmutableList<Path> crashes() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.getFileName().toString().matches("(crash|timeout|oom|leak)-.*"))
          .sorted()
          .collect(ImmutableList.toImmutableList());
    }
  }
}
