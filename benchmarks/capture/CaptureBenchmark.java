import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fnprune.capture.Capture;
import org.fnprune.capture.CaptureOptions;
import org.fnprune.capture.CapturePlan;
import org.fnprune.capture.Captured;
import org.fnprune.capture.Moments;
import org.fnprune.capture.MomentsFiles;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.Signal;
import org.fnprune.common.Hashes;
import org.fnprune.common.Progress;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.Graph;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.recipe.Device;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.Devices;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.structure.StructureFinder;

/**
 * Measures the capture. Run from the repository's root after mvn -B -DskipTests package:
 *
 * <pre>
 *   J="java -Xmx5g -cp target/fnprune.jar benchmarks/capture/CaptureBenchmark.java"
 *   $J speed MODEL DEVICE THREADS ROWS LENGTH BATCHES ROUNDS OUT   capture beside the plain forward pass
 *   $J memory MODEL DEVICE THREADS ROWS LENGTH TOKENS OUT          resident memory and speed on the way
 *   $J compare OUT_A OUT_B                                         moments of two captures
 * </pre>
 *
 * The speeds leave out the first batch of every round (memory is laid out in it), loading the
 * model, and writing the moments.
 */
public final class CaptureBenchmark {

  private CaptureBenchmark() {}

  public static void main(String[] args) throws IOException {
    switch (args[0]) {
      case "speed" -> speed(args);
      case "memory" -> memory(args);
      case "compare" -> compare(Path.of(args[1]), Path.of(args[2]));
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  /** Time between the first and the last batch, on the wall and of all processors. */
  private static final class Clock implements Progress {

    private static final com.sun.management.OperatingSystemMXBean PROCESS =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private long first;
    private long last;
    private long firstCpu;
    private long lastCpu;

    @Override
    public void advance(long units) {
      last = System.nanoTime();
      lastCpu = PROCESS.getProcessCpuTime();
      firstCpu = first == 0 ? lastCpu : firstCpu;
      first = first == 0 ? last : first;
    }

    double cpuSeconds() {
      return (lastCpu - firstCpu) / 1e9;
    }

    double seconds() {
      return (last - first) / 1e9;
    }
  }

  private record Subject(Path file, Graph graph, List<Signal> signals, int vocabulary, int hidden) {
    static Subject open(String model) {
      ModelFolder folder = ModelFolder.open(Path.of(model));
      Graph graph = Graph.of(OnnxModel.read(folder.onnxFile()));
      List<Signal> signals =
          StructureFinder.find(graph).units().stream().map(Signal::activation).toList();
      return new Subject(
          folder.onnxFile(),
          graph,
          signals,
          folder.configNumber("vocab_size").orElse(32L).intValue(),
          folder.configNumber("n_embd").or(() -> folder.configNumber("hidden_size")).orElse(0L).intValue());
    }

    MomentsStore capture(List<TokenBatch> batches, RuntimeOptions runtime, Path out, Progress clock)
        throws IOException {
      CaptureOptions options = CaptureOptions.defaults(Hashes.sha256(file));
      return Capture.run(graph, signals, batches, options, runtime, out, clock);
    }

    /** Multiplications and additions of a token: products with constants, and attention. */
    double forwardFlop(int length) {
      double weights =
          graph.nodes().stream()
              .filter(n -> Stream.of("MatMul", "Gemm").anyMatch(n.getOpType()::equals))
              .flatMap(n -> graph.constant(n.getInput(1)).stream())
              .mapToDouble(w -> 2.0 * OnnxModel.elements(w))
              .sum();
      return weights + 4.0 * length * hidden * signals.size();
    }

    double gramFlop() {
      return signals.stream().mapToDouble(s -> 2.0 * s.width() * s.width()).sum();
    }
  }

  private static RuntimeOptions device(String name, String threads) {
    return Devices.choose(Device.parse(name).orElseThrow(), Integer.parseInt(threads), System.err::println);
  }

  private static List<TokenBatch> batches(Subject subject, int rows, int length, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> RandomTokens.batch(rows, length, subject.vocabulary(), i))
        .toList();
  }

  private static void speed(String[] args) throws IOException {
    Subject subject = Subject.open(args[1]);
    RuntimeOptions runtime = device(args[2], args[3]);
    int rows = Integer.parseInt(args[4]);
    int length = Integer.parseInt(args[5]);
    List<TokenBatch> batches = batches(subject, rows, length, Integer.parseInt(args[6]));
    Path out = Path.of(args[8]);
    long tokens = batches.stream().skip(1).mapToLong(TokenBatch::tokens).sum();
    CapturePlan plan =
        CapturePlan.of(subject.signals(), Capture.largest(batches), CaptureOptions.defaults("x"));
    print("device %s, %s threads, batches of %d × %d tokens", runtime.deviceName(), args[3], rows, length);
    print("%s", plan.describe().strip());
    print("back from the device: %.1f MB a batch", plan.passes().get(0).outputBytes() / 1e6);
    List<Double> ratios = new ArrayList<>();
    List<Double> cpuRatios = new ArrayList<>();
    double forwardFlop = subject.forwardFlop(length);
    double full = 1 + subject.gramFlop() / forwardFlop;
    double half = 1 + subject.gramFlop() / 2 / forwardFlop;
    for (int round = 0; round < Integer.parseInt(args[7]); round++) {
      Clock forward = new Clock();
      try (BatchRunner runner = new BatchRunner(OnnxSession.ofFile(subject.file(), runtime))) {
        for (TokenBatch batch : batches) {
          runner.run(batch, ImmutableList.of("logits"));
          forward.advance(0);
        }
      }
      Clock capture = new Clock();
      long start = System.nanoTime();
      subject.capture(batches, runtime, out, capture);
      double whole = (System.nanoTime() - start) / 1e9;
      double ratio = capture.seconds() / forward.seconds();
      ratios.add(ratio);
      cpuRatios.add(capture.cpuSeconds() / forward.cpuSeconds());
      print(
          "round %d: forward %.0f tokens/s (%.0f GFLOP/s), capture %.0f tokens/s (%.0f GFLOP/s of the symmetric bound), ratio %.3f (processor time %.3f); with loading and writing %.1f s",
          round + 1, tokens / forward.seconds(), tokens * forwardFlop / forward.seconds() / 1e9,
          tokens / capture.seconds(), tokens * forwardFlop * half / capture.seconds() / 1e9, ratio,
          cpuRatios.get(round), whole);
    }
    double median = median(ratios);
    print("median ratio %.3f; FLOP bound %.3f (ratio is %.3f of it), symmetric %.3f (%.3f of it)",
        median, full, median / full, half, median / half);
    double cpu = median(cpuRatios);
    print("median ratio of processor time %.3f: %.3f of the bound, %.3f of the symmetric one",
        cpu, cpu / full, cpu / half);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static void memory(String[] args) throws IOException {
    Subject subject = Subject.open(args[1]);
    RuntimeOptions runtime = device(args[2], args[3]);
    int rows = Integer.parseInt(args[4]);
    int length = Integer.parseInt(args[5]);
    long wanted = Long.parseLong(args[6]);
    List<TokenBatch> batches =
        batches(subject, rows, length, Math.toIntExact(wanted / ((long) rows * length)));
    print("| tokens | resident MB | tokens/s |%n|---:|---:|---:|");
    Progress progress =
        new Progress() {
          private long done;
          private long reported;
          private long since = System.nanoTime();

          @Override
          public void advance(long tokens) {
            done += tokens;
            if (done - reported >= wanted / 10) {
              long now = System.nanoTime();
              print("| %d | %d | %.0f |", done, residentMegabytes(), (done - reported) / ((now - since) / 1e9));
              reported = done;
              since = now;
            }
          }
        };
    subject.capture(batches, runtime, Path.of(args[7]), progress);
  }

  private static long residentMegabytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
              .findFirst()
              .orElse(0)
          / 1024;
    } catch (IOException e) {
      return 0;
    }
  }

  private static void compare(Path a, Path b) {
    MomentsStore left = MomentsFiles.open(a).orElseThrow();
    MomentsStore right = MomentsFiles.open(b).orElseThrow();
    double worst = 0;
    for (String id : left.ids()) {
      Captured x = left.get(id);
      Captured y = right.get(id);
      double sum = difference(x.sum(), y.sum());
      double squares = difference(x.squares(), y.squares());
      double gram = x instanceof Moments m && y instanceof Moments n ? difference(m.gram(), n.gram()) : 0;
      print("%s: tokens %d and %d, sum %.2e, squares %.2e, products %.2e", id, x.count(), y.count(), sum, squares, gram);
      worst = Math.max(worst, Math.max(sum, Math.max(squares, gram)));
    }
    print("largest difference, relative to the largest entry: %.2e", worst);
  }

  private static double difference(Matrix x, Matrix y) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < x.cols(); j++) {
        largest = Math.max(largest, Math.abs(x.get(i, j)));
        difference = Math.max(difference, Math.abs(x.get(i, j) - y.get(i, j)));
      }
    }
    return difference / largest;
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
