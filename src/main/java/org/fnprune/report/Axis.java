package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.stream.DoubleStream;

/**
 * One axis of a plot: from where to where, and with which ticks.
 *
 * @param min its start
 * @param max its end, above {@code min}
 * @param log whether equal ratios, not differences, are equally long
 */
record Axis(double min, double max, boolean log, ImmutableDoubleArray ticks) {

  /** A ratio of positive values that no linear axis can show. */
  private static final double WIDE = 30;

  private static final int INTERVALS = 5;
  private static final ImmutableList<Double> STEPS = ImmutableList.of(1.0, 2.0, 5.0, 10.0);

  /** An axis that has room for all of these. */
  static Axis linear(double[] values) {
    return linear(low(values), high(values));
  }

  /** The same, logarithmic where the values are positive and span orders of magnitude. */
  static Axis ofRatios(double[] values) {
    double low = low(values);
    double high = high(values);
    return low > 0 && high / low > WIDE ? logarithmic(low, high) : linear(low, high);
  }

  private static double low(double[] values) {
    return DoubleStream.of(values).min().orElse(0);
  }

  private static double high(double[] values) {
    return DoubleStream.of(values).max().orElse(1);
  }

  /** Ticks at multiples of 1, 2 or 5 times a power of ten; the ends are ticks. */
  private static Axis linear(double low, double high) {
    double span = high > low ? high - low : Math.max(Math.abs(high), 1) * 0.1;
    double power = Math.pow(10, Math.floor(Math.log10(span / INTERVALS)));
    double step =
        STEPS.stream()
            .mapToDouble(s -> s * power)
            .filter(s -> span / s <= INTERVALS)
            .findFirst()
            .orElse(10 * power);
    long first = (long) Math.floor(low / step);
    long last = Math.max((long) Math.ceil(high / step), first + 1);
    ImmutableDoubleArray.Builder ticks = ImmutableDoubleArray.builder();
    for (long i = first; i <= last; i++) {
      ticks.add(i * step);
    }
    return new Axis(first * step, last * step, false, ticks.build());
  }

  /** Ticks at powers of ten. */
  private static Axis logarithmic(double low, double high) {
    int first = (int) Math.floor(Math.log10(low));
    int last = (int) Math.ceil(Math.log10(high));
    int every = Math.max(1, (last - first + INTERVALS) / (INTERVALS + 1));
    ImmutableDoubleArray.Builder ticks = ImmutableDoubleArray.builder();
    for (int i = first; i <= last; i += every) {
      ticks.add(Math.pow(10, i));
    }
    return new Axis(Math.pow(10, first), Math.pow(10, last), true, ticks.build());
  }

  /** Where a value lies: 0 at the start, 1 at the end. */
  double place(double value) {
    return log ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  }

  /** A tick's number. */
  static String label(double tick) {
    double size = Math.abs(tick);
    BigDecimal rounded = new BigDecimal(tick).round(new MathContext(6)).stripTrailingZeros();
    return size != 0 && (size >= 1e6 || size < 1e-4)
        ? rounded.toString().replace("E+", "e").replace("E", "e")
        : rounded.toPlainString();
  }
}
