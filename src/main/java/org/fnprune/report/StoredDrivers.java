package org.fnprune.report;

import static org.fnprune.report.StoredJson.orEmpty;

import com.google.common.collect.ImmutableList;

/**
 * What drives a network most, of {@code networks/drivers.json}. Activity is the network's time
 * course, in standard deviations.
 *
 * @param network its row in the unit's maps
 * @param tokens most active first
 * @param texts short windows of calibration text around peaks
 */
record StoredDrivers(int network, ImmutableList<Token> tokens, ImmutableList<Text> texts) {

  /** A token, its mean activity and how often it occurs. */
  record Token(String token, double activity, int count) {}

  /**
   * A window.
   *
   * @param activity at the peak
   * @param tokens as the text has them, blanks included
   * @param values the activity at each token
   */
  record Text(double activity, ImmutableList<String> tokens, ImmutableList<Double> values) {
    Text {
      tokens = orEmpty(tokens);
      values = orEmpty(values);
    }

    double value(int token) {
      return token < values.size() ? values.get(token) : 0;
    }
  }

  StoredDrivers {
    tokens = orEmpty(tokens);
    texts = orEmpty(texts);
  }
}
