package org.fnprune.model;

/** How the integers of one tile stand for real numbers: (integer − zero point) · scale. */
record Step(double scale, double zeroPoint) {

  /** What an integer stands for. */
  double value(int integer) {
    return (integer - zeroPoint) * scale;
  }
}
