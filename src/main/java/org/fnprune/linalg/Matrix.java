package org.fnprune.linalg;

import com.google.common.hash.PrimitiveSink;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.DoublePointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A dense float64 matrix, row-major. Large products run on ND4J's BLAS; everything else is a plain
 * loop. Values are reached through methods only, and every operation returns a new matrix.
 */
public final class Matrix {

  /** Below this many multiply-adds a loop beats the copies to and from native memory. */
  private static final long NATIVE_FROM = 64L * 64 * 64;

  private final int rows;
  private final int cols;
  private final double[] values;

  private Matrix(int rows, int cols, double[] values) {
    this.rows = rows;
    this.cols = cols;
    this.values = values;
  }

  /**
   * A matrix of a copy of {@code rowMajor}.
   *
   * @throws IllegalArgumentException when the length is not rows × cols
   */
  public static Matrix of(int rows, int cols, double[] rowMajor) {
    return wrap(rows, cols, rowMajor.clone());
  }

  /** A matrix from its rows, which must have equal lengths. */
  public static Matrix of(double[][] rows) {
    int cols = rows.length == 0 ? 0 : rows[0].length;
    double[] values = new double[rows.length * cols];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != cols) {
        throw new IllegalArgumentException(
            "row " + i + " has " + rows[i].length + " values, row 0 has " + cols);
      }
      System.arraycopy(rows[i], 0, values, i * cols, cols);
    }
    return new Matrix(rows.length, cols, values);
  }

  /** A matrix of zeros. */
  public static Matrix zeros(int rows, int cols) {
    return new Matrix(rows, cols, new double[Math.multiplyExact(rows, cols)]);
  }

  /** What a matrix is filled with. */
  @FunctionalInterface
  public interface Entry {
    double at(int row, int col);
  }

  /** A matrix of {@code entry}'s values, asked for row by row. */
  public static Matrix tabulate(int rows, int cols, Entry entry) {
    Matrix matrix = zeros(rows, cols);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        matrix.values[i * cols + j] = entry.at(i, j);
      }
    }
    return matrix;
  }

  /** The identity matrix of order {@code n}. */
  public static Matrix identity(int n) {
    Matrix identity = zeros(n, n);
    for (int i = 0; i < n; i++) {
      identity.values[i * n + i] = 1;
    }
    return identity;
  }

  /** Takes over {@code rowMajor} without copying: for code of this package that gives it away. */
  static Matrix wrap(int rows, int cols, double[] rowMajor) {
    if (rowMajor.length != Math.multiplyExact(rows, cols)) {
      throw new IllegalArgumentException(
          rowMajor.length + " values cannot fill " + rows + " × " + cols);
    }
    return new Matrix(rows, cols, rowMajor);
  }

  /** The backing array itself, for code of this package that only reads it. */
  double[] values() {
    return values;
  }

  public int rows() {
    return rows;
  }

  public int cols() {
    return cols;
  }

  public double get(int row, int col) {
    return values[row * cols + col];
  }

  /** A copy of all values, row-major. */
  public double[] toArray() {
    return values.clone();
  }

  /** A copy of one row. */
  public double[] row(int row) {
    return Arrays.copyOfRange(values, row * cols, (row + 1) * cols);
  }

  /** A copy of the main diagonal. */
  public double[] diagonal() {
    double[] diagonal = new double[Math.min(rows, cols)];
    for (int i = 0; i < diagonal.length; i++) {
      diagonal[i] = values[i * cols + i];
    }
    return diagonal;
  }

  /** This (rows × k) times {@code right} (k × n). */
  public Matrix times(Matrix right) {
    if (cols != right.rows) {
      throw new IllegalArgumentException(
          "cannot multiply " + rows + " × " + cols + " by " + right.rows + " × " + right.cols);
    }
    if ((long) rows * cols * right.cols < NATIVE_FROM) {
      return timesByLoop(right);
    }
    try (INDArray a = native2d();
        INDArray b = right.native2d();
        INDArray product = a.mmul(b)) {
      return fromNative(product);
    }
  }

  /** This (rows × k) times the transpose of {@code right} (n × k). */
  public Matrix timesTransposed(Matrix right) {
    if (cols != right.cols) {
      throw new IllegalArgumentException(
          "cannot multiply "
              + (rows + " × " + cols)
              + (" by the transpose of " + right.rows + " × " + right.cols));
    }
    if ((long) rows * cols * right.rows < NATIVE_FROM) {
      return tabulate(rows, right.rows, (i, j) -> dot(i, right, j));
    }
    try (INDArray a = native2d();
        INDArray b = right.native2d();
        INDArray product = a.mmul(b.transpose())) {
      return fromNative(product);
    }
  }

  private double dot(int row, Matrix right, int rightRow) {
    double sum = 0;
    for (int k = 0; k < cols; k++) {
      sum += values[row * cols + k] * right.values[rightRow * cols + k];
    }
    return sum;
  }

  private INDArray native2d() {
    return Nd4j.create(values, new long[] {rows, cols}, 'c');
  }

  /** Copies a fresh product out of native memory; in bulk, as {@code asDouble} goes one by one. */
  private static Matrix fromNative(INDArray product) {
    if (product.ordering() != 'c') {
      try (INDArray ordered = product.dup('c')) {
        return fromNative(ordered);
      }
    }
    Matrix copy = zeros(product.rows(), product.columns());
    new DoublePointer(product.data().pointer()).get(copy.values);
    return copy;
  }

  private Matrix timesByLoop(Matrix right) {
    Matrix product = zeros(rows, right.cols);
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < cols; k++) {
        double a = values[i * cols + k];
        for (int j = 0; j < right.cols; j++) {
          product.values[i * right.cols + j] += a * right.values[k * right.cols + j];
        }
      }
    }
    return product;
  }

  /** The transpose. */
  public Matrix transposed() {
    Matrix transpose = zeros(cols, rows);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        transpose.values[j * rows + i] = values[i * cols + j];
      }
    }
    return transpose;
  }

  /** Matrices of as many rows side by side. */
  public static Matrix beside(List<Matrix> parts) {
    int rows = parts.get(0).rows;
    int cols = parts.stream().mapToInt(Matrix::cols).sum();
    Matrix whole = zeros(rows, cols);
    int from = 0;
    for (Matrix part : parts) {
      if (part.rows != rows) {
        throw new IllegalArgumentException(part + " beside " + parts.get(0));
      }
      for (int row = 0; row < rows; row++) {
        System.arraycopy(part.values, row * part.cols, whole.values, row * cols + from, part.cols);
      }
      from += part.cols;
    }
    return whole;
  }

  /** The columns from {@code from} (inclusive) to {@code to} (exclusive). */
  public Matrix columns(int from, int to) {
    return selectCols(IntStream.range(from, to).toArray());
  }

  /** This square matrix with a number added to its diagonal. */
  public Matrix plusDiagonal(double number) {
    Matrix sum = of(rows, cols, values);
    for (int i = 0; i < rows; i++) {
      sum.values[i * cols + i] += number;
    }
    return sum;
  }

  /** This plus {@code other}, element by element. */
  public Matrix plus(Matrix other) {
    return combined(other, 1);
  }

  /** This minus {@code other}, element by element. */
  public Matrix minus(Matrix other) {
    return combined(other, -1);
  }

  private Matrix combined(Matrix other, double factor) {
    if (rows != other.rows || cols != other.cols) {
      throw new IllegalArgumentException(
          rows + " × " + cols + " against " + other.rows + " × " + other.cols);
    }
    double[] sum = new double[values.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = values[i] + factor * other.values[i];
    }
    return new Matrix(rows, cols, sum);
  }

  /** ⟨this, other⟩, the sum of the products of corresponding entries: tr(thisᵀ other). */
  public double inner(Matrix other) {
    if (rows != other.rows || cols != other.cols) {
      throw new IllegalArgumentException(
          rows + " × " + cols + " against " + other.rows + " × " + other.cols);
    }
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i] * other.values[i];
    }
    return sum;
  }

  /** This times a number. */
  public Matrix scaled(double factor) {
    double[] scaled = new double[values.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = values[i] * factor;
    }
    return new Matrix(rows, cols, scaled);
  }

  /** The rows {@code indices}, in that order. */
  public Matrix selectRows(int[] indices) {
    Matrix selected = zeros(indices.length, cols);
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(values, indices[i] * cols, selected.values, i * cols, cols);
    }
    return selected;
  }

  /** The columns {@code indices}, in that order. */
  public Matrix selectCols(int[] indices) {
    Matrix selected = zeros(rows, indices.length);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < indices.length; j++) {
        selected.values[i * indices.length + j] = values[i * cols + indices[j]];
      }
    }
    return selected;
  }

  /** Feeds a hash with the shape and every value. */
  public void identify(PrimitiveSink hash) {
    hash.putInt(rows).putInt(cols);
    for (double value : values) {
      hash.putDouble(value);
    }
  }

  /** Whether every value is finite. */
  public boolean isFinite() {
    return Arrays.stream(values).allMatch(Double::isFinite);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Matrix that
        && rows == that.rows
        && cols == that.cols
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * rows + cols) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "Matrix " + rows + " × " + cols;
  }
}
