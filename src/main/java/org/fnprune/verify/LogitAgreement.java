package org.fnprune.verify;

import java.nio.FloatBuffer;

/**
 * Two models' logits at the same places, summed over the places.
 *
 * @param sameLargest places with the same largest logit
 * @param divergence Σ KL(dense ‖ slim) of the softmax, in nats
 * @param cosine Σ cosine of the logits
 */
record LogitAgreement(double sameLargest, double divergence, double cosine) {

  static LogitAgreement of(
      FloatBuffer dense, FloatBuffer slim, int start, int places, int classes) {
    double same = 0;
    double divergence = 0;
    double cosine = 0;
    for (int place = 0; place < places; place++) {
      int at = start + place * classes;
      int said = LogitRows.argmax(slim, at, classes);
      same += said >= 0 && said == LogitRows.argmax(dense, at, classes) ? 1 : 0;
      divergence += divergence(dense, slim, at, classes);
      cosine += cosine(dense, slim, at, classes);
    }
    return new LogitAgreement(same, divergence, cosine);
  }

  /** Σ p (log p − log q), at least 0: rounding can make it less. */
  private static double divergence(FloatBuffer dense, FloatBuffer slim, int at, int classes) {
    double ofDense = Logits.logSumExp(dense, at, classes);
    double ofSlim = Logits.logSumExp(slim, at, classes);
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      double p = dense.get(at + c) - ofDense;
      double q = slim.get(at + c) - ofSlim;
      double share = Math.exp(p);
      sum += share == 0 ? 0 : share * (p - q);
    }
    return Math.max(0, sum);
  }

  private static double cosine(FloatBuffer dense, FloatBuffer slim, int at, int classes) {
    double both = 0;
    double a = 0;
    double b = 0;
    for (int c = 0; c < classes; c++) {
      double x = dense.get(at + c);
      double y = slim.get(at + c);
      both += x * y;
      a += x * x;
      b += y * y;
    }
    return a == 0 && b == 0 ? 1 : a == 0 || b == 0 ? 0 : both / Math.sqrt(a * b);
  }
}
