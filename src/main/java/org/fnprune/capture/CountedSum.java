package org.fnprune.capture;

import java.io.IOException;
import java.nio.FloatBuffer;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Numbers;

/** Numbers that add up in float64, and how many terms they have. */
final class CountedSum {

  private final double[] sum;
  private long count;

  CountedSum(int length) {
    this.sum = new double[length];
  }

  int length() {
    return sum.length;
  }

  long count() {
    return count;
  }

  void count(long terms) {
    count += terms;
  }

  void add(FloatBuffer values) {
    add(sum, values);
  }

  /** Adds values in float64. */
  static void add(double[] sum, FloatBuffer values) {
    float[] copy = new float[sum.length];
    values.get(0, copy);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += copy[i];
    }
  }

  Matrix toMatrix(int rows) {
    return Matrix.of(rows, sum.length / rows, sum);
  }

  /** The count is exact in float64 as long as it is below 2^53. */
  void save(Numbers.Sink sink) throws IOException {
    sink.put(new double[] {count}, 0, 1);
    sink.put(sum, 0, sum.length);
  }

  void load(Numbers.Source source) throws IOException {
    double[] terms = new double[1];
    source.get(terms, 0, 1);
    count = (long) terms[0];
    source.get(sum, 0, sum.length);
  }
}
