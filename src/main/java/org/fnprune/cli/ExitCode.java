package org.fnprune.cli;

/** The exit codes of the contract. */
public enum ExitCode {
  /** Done. */
  OK(0),
  /** Failed while running. */
  FAILED(1),
  /** Wrong usage, recipe, model or data. */
  USAGE(2),
  /** The quality gate was missed; the slim model and the report are written. */
  GATE(3);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** What the process returns. */
  public int code() {
    return code;
  }
}
