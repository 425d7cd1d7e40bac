package org.fnprune.structure;

/** Thrown inside propagation when channels cannot be followed further; becomes a refusal. */
final class Blocked extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean atGraphOutput;

  Blocked(String reason) {
    this(reason, false);
  }

  private Blocked(String reason, boolean atGraphOutput) {
    super(reason, null, false, false);
    this.atGraphOutput = atGraphOutput;
  }

  /** The channels are a result of the model. */
  static Blocked atGraphOutput(String output) {
    return new Blocked("its outputs reach the graph output '" + output + "'", true);
  }

  /** Whether the channels are a result of the model. */
  boolean isAtGraphOutput() {
    return atGraphOutput;
  }
}
