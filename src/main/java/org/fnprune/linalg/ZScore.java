package org.fnprune.linalg;

import java.util.Arrays;

/** Standardisation to zero mean and unit variance. */
public final class ZScore {

  private ZScore() {}

  /** (x − mean) / standard deviation (of the population); zeros when all values are equal. */
  public static double[] of(double[] values) {
    double mean = Arrays.stream(values).average().orElse(0);
    double variance = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).average().orElse(0);
    double deviation = Math.sqrt(variance);
    boolean constant = !(deviation > Math.ulp(mean) * Math.sqrt(values.length));
    return Arrays.stream(values).map(x -> constant ? 0 : (x - mean) / deviation).toArray();
  }
}
