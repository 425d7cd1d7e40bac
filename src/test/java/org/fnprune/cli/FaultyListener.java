package org.fnprune.cli;

import org.fnprune.Pipeline;

/** Counts what it is told, and fails when it is told one thing: as if the process ended there. */
final class FaultyListener implements Pipeline.Listener {

  /** Not an exception that anything catches. */
  static final class Fault extends Error {
    private static final long serialVersionUID = 1;
  }

  private final int fails;
  private final String stage;
  private int told;

  private FaultyListener(int fails, String stage) {
    this.fails = fails;
    this.stage = stage;
  }

  /** Fails when it is told something for the {@code n}th time, from 1; 0 for never. */
  static FaultyListener after(int n) {
    return new FaultyListener(n, "");
  }

  /** Fails when a stage starts. */
  static FaultyListener at(String stage) {
    return new FaultyListener(0, stage);
  }

  /** How often it was told something. */
  int told() {
    return told;
  }

  private void tell() {
    told++;
    if (told == fails) {
      throw new Fault();
    }
  }

  @Override
  public void start(String name, long total, String unit) {
    if (name.equals(stage)) {
      throw new Fault();
    }
    tell();
  }

  @Override
  public void advance(long units) {
    tell();
  }

  @Override
  public void done() {
    tell();
  }

  @Override
  public void warn(String message) {
    tell();
  }

  @Override
  public void note(String message) {
    tell();
  }
}
