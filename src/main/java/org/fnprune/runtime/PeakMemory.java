package org.fnprune.runtime;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.ModelFolder;

/**
 * What a model takes to run: the peak of the resident memory of a process of its own that loads the
 * model's file and runs one batch, beyond what that process had before it loaded the model. Linux
 * alone tells ({@code VmHWM} in {@code /proc/self/status}). Java's heap is touched before, so that
 * it does not count as the model's.
 */
public final class PeakMemory {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String HEAP = "256m";
  private static final int RUNS = 3;
  private static final int ATTEMPTS = 3;
  private static final long SMALL = 1L << 28;
  private static final long SECONDS = 120;
  private static final long KIB = 1024;
  private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();

  private PeakMemory() {}

  /**
   * Measures: of a small model the least of three processes, since what the system's memory
   * allocator adds by chance counts most there.
   *
   * @param onnxFile the model, run on the CPU
   * @param output the name of the output to compute
   * @param threads of the run
   * @return bytes; empty where the system does not tell, or the process fails
   */
  public static OptionalLong measure(Path onnxFile, String output, TokenBatch batch, int threads)
      throws IOException {
    if (!Files.isReadable(STATUS)) {
      return OptionalLong.empty();
    }
    OptionalLong least = once(onnxFile, output, batch, threads);
    for (int i = 1; i < ATTEMPTS && least.isPresent() && least.getAsLong() < SMALL; i++) {
      OptionalLong next = once(onnxFile, output, batch, threads);
      if (next.isPresent()) {
        least = OptionalLong.of(Math.min(least.getAsLong(), next.getAsLong()));
      }
    }
    return least;
  }

  private static OptionalLong once(Path onnxFile, String output, TokenBatch batch, int threads)
      throws IOException {
    Path folder = Files.createTempDirectory("fnprune-memory");
    try {
      Path tokens = folder.resolve("tokens");
      Files.write(tokens, batch.sequences().stream().map(PeakMemory::line).toList());
      Path result = folder.resolve("peak");
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xms" + HEAP,
                  "-Xmx" + HEAP,
                  "-XX:+AlwaysPreTouch",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  PeakMemory.class.getName(),
                  onnxFile.toAbsolutePath().toString(),
                  output,
                  Integer.toString(threads),
                  tokens.toString(),
                  result.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!ended(process) || process.exitValue() != 0) {
        return OptionalLong.empty();
      }
      return OptionalLong.of(Long.parseLong(Files.readString(result)));
    } finally {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static boolean ended(Process process) {
    try {
      return process.waitFor(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      process.destroyForcibly();
    }
  }

  private static String line(ImmutableIntArray ids) {
    return String.join(" ", ids.asList().stream().map(String::valueOf).toList());
  }

  /**
   * The process that measures itself.
   *
   * @param args model file, output, threads, file of tokens (a row a line), file for the result
   */
  public static void main(String[] args) throws IOException {
    endWithParent();
    Path model = Path.of(args[0]);
    TokenBatch batch =
        new TokenBatch(
            Files.readAllLines(Path.of(args[3])).stream()
                .map(
                    line ->
                        ImmutableIntArray.copyOf(
                            WORDS.splitToStream(line).mapToInt(Integer::parseInt)))
                .collect(ImmutableList.toImmutableList()),
            0);
    RuntimeOptions options =
        RuntimeOptions.cpu(Integer.parseInt(args[2])).with(InputSizes.of(ModelFolder.open(model)));
    Environments.get();
    long before = status("VmRSS:");
    try (BatchRunner runner = new BatchRunner(OnnxSession.ofFile(model, options))) {
      for (int i = 0; i < RUNS; i++) {
        runner.run(batch, List.of(args[1]));
      }
    }
    Files.writeString(Path.of(args[4]), Long.toString(Math.max(0, status("VmHWM:") - before)));
  }

  /** However the process ends that wants to know. */
  private static void endWithParent() {
    ProcessHandle.current().parent().ifPresent(PeakMemory::endWith);
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  private static void endWith(ProcessHandle parent) {
    parent.onExit().thenRun(() -> Runtime.getRuntime().halt(1));
  }

  private static long status(String field) throws IOException {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith(field))
        .map(line -> WORDS.splitToList(line.substring(field.length()).replace('\t', ' ')).get(0))
        .mapToLong(kib -> Long.parseLong(kib) * KIB)
        .findFirst()
        .orElseThrow(() -> new IOException(STATUS + " has no " + field));
  }
}
