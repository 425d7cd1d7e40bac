package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.fnprune.common.UsageException;

/**
 * How often a capture goes over the text, and what each pass adds up, so that it keeps to a memory
 * limit:
 *
 * <ol>
 *   <li>signals whose Σhhᵀ fits the limit are captured whole, as many per pass as fit together; of
 *       the wider ones, the first passes take Σh and Σh²
 *   <li>the wider ones are then sketched, as many at once as fit: {@link #APPLICATIONS} passes, in
 *       each of which the correlation operator is applied to a block of vectors
 * </ol>
 *
 * @param passes in their order
 * @param memory the limit in bytes
 */
public record CapturePlan(ImmutableList<Pass> passes, long memory) {

  /** Applications of the correlation operator that a sketch takes. */
  public static final int APPLICATIONS = 3;

  /** Vectors beyond the rank that a sketch starts with (Halko, Martinsson and Tropp 2011). */
  static final int OVERSAMPLING = 10;

  /**
   * One pass over the text.
   *
   * @param grams signals of which it adds up Σhhᵀ
   * @param squares signals of which it adds up Σh² only
   * @param sketches signals to which it applies the correlation operator
   * @param bytes that it holds
   */
  public record Pass(
      ImmutableList<Signal> grams,
      ImmutableList<Signal> squares,
      ImmutableList<Signal> sketches,
      long bytes) {

    /** What comes back from the device for a batch, in bytes; of sketches not counted. */
    public long outputBytes() {
      long products = grams.stream().mapToLong(s -> Tiles.of(s.width()).entries()).sum();
      long sums = grams.stream().mapToLong(Signal::width).sum();
      long squares = 2 * this.squares.stream().mapToLong(Signal::width).sum();
      return Float.BYTES * (products + sums + squares);
    }
  }

  /**
   * Plans a capture.
   *
   * @param tokensPerBatch of the largest batch, padding included
   * @throws UsageException when one signal alone needs more than the limit, naming how much
   */
  public static CapturePlan of(List<Signal> signals, long tokensPerBatch, CaptureOptions options) {
    Costs costs = new Costs(tokensPerBatch, options);
    List<Signal> wide = signals.stream().filter(s -> costs.isWide(s)).toList();
    wide.forEach(costs::requireSketch);
    ImmutableList.Builder<Pass> passes = ImmutableList.builder();
    for (List<Signal> group : grouped(signals, costs::first, options.memory())) {
      passes.add(
          new Pass(
              only(group, s -> !costs.isWide(s)),
              only(group, costs::isWide),
              ImmutableList.of(),
              group.stream().mapToLong(costs::first).sum()));
    }
    for (List<Signal> group : grouped(wide, costs::sketch, options.memory())) {
      long bytes = group.stream().mapToLong(costs::sketch).sum();
      for (int i = 0; i < APPLICATIONS; i++) {
        passes.add(
            new Pass(ImmutableList.of(), ImmutableList.of(), ImmutableList.copyOf(group), bytes));
      }
    }
    return new CapturePlan(passes.build(), options.memory());
  }

  private static ImmutableList<Signal> only(List<Signal> signals, Predicate<Signal> wanted) {
    return signals.stream().filter(wanted).collect(ImmutableList.toImmutableList());
  }

  /** Neighbours together, as many as fit the limit. */
  private static List<List<Signal>> grouped(
      List<Signal> signals, ToLongFunction<Signal> bytes, long limit) {
    List<List<Signal>> groups = new ArrayList<>();
    long held = 0;
    for (Signal signal : signals) {
      long needed = bytes.applyAsLong(signal);
      if (groups.isEmpty() || held + needed > limit) {
        groups.add(new ArrayList<>());
        held = 0;
      }
      groups.get(groups.size() - 1).add(signal);
      held += needed;
    }
    return groups;
  }

  /** The signals that are sketched. */
  public ImmutableSet<Signal> sketched() {
    return passes.stream()
        .flatMap(pass -> pass.sketches().stream())
        .collect(ImmutableSet.toImmutableSet());
  }

  /** The most that any pass holds, in bytes. */
  public long bytes() {
    return passes.stream().mapToLong(Pass::bytes).max().orElse(0);
  }

  /** The plan in words: a line of its own for every pass. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d %s over the text, at most %s at a time (limit %s)%n",
            passes.size(),
            passes.size() == 1 ? "pass" : "passes",
            Bytes.text(bytes()),
            Bytes.text(memory)));
    for (int i = 0; i < passes.size(); i++) {
      Pass pass = passes.get(i);
      text.append(String.format(Locale.ROOT, "  pass %d (%s):", i + 1, Bytes.text(pass.bytes())));
      append(text, "moments", pass.grams());
      append(text, "squares", pass.squares());
      append(text, "sketch", pass.sketches());
      text.append(System.lineSeparator());
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String what, List<Signal> signals) {
    if (!signals.isEmpty()) {
      text.append(String.format(Locale.ROOT, " %s of %d signals", what, signals.size()))
          .append(" (" + signals.get(0).id())
          .append(signals.size() > 1 ? " … " + signals.get(signals.size() - 1).id() + ")" : ")");
    }
  }

  /** What signals need in bytes. */
  private record Costs(long tokens, CaptureOptions options) {

    /** Rows of a batch as floats: as they are, gathered or shifted, and multiplied. */
    private long rows(Signal signal) {
      return (options.lag() ? 5L : 3L) * tokens * signal.width() * Float.BYTES;
    }

    private long gram(Signal signal) {
      long width = signal.width();
      return rows(signal)
          + width * width * Double.BYTES
          + Tiles.of(signal.width()).entries() * Float.BYTES;
    }

    /** Whether Σhhᵀ is too large; no Java array holds more than 2³¹ values either. */
    boolean isWide(Signal signal) {
      long width = signal.width();
      return gram(signal) > options.memory() || width * width > Integer.MAX_VALUE - 8;
    }

    private long squares(Signal signal) {
      return rows(signal) + 2L * signal.width() * (Double.BYTES + Float.BYTES);
    }

    /** In the passes that come first. */
    long first(Signal signal) {
      return isWide(signal) ? squares(signal) : gram(signal);
    }

    /** The whole Krylov space, its image and as much again to work with, and a block in float32. */
    long sketch(Signal signal) {
      long block = (long) signal.width() * (options.rank() + OVERSAMPLING);
      return rows(signal) + 4L * APPLICATIONS * block * Double.BYTES + 2L * block * Float.BYTES;
    }

    void requireSketch(Signal signal) {
      long needed = Math.min(gram(signal), sketch(signal));
      if (needed > options.memory()) {
        throw new UsageException(
            "capturing '"
                + signal.id()
                + "' ("
                + signal.width()
                + " wide) needs at least "
                + Bytes.text(needed)
                + " ("
                + needed
                + " bytes), but the memory limit is "
                + Bytes.text(options.memory()),
            "raise --memory (and the Java heap with it), or lower --batch-size");
      }
    }
  }
}
