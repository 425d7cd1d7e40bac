package org.fnprune.structure;

/** What a prunable channel is. */
public enum UnitKind {
  /** An intermediate neuron of a feed-forward block. */
  FFN("ffn");

  private final String label;

  UnitKind(String label) {
    this.label = label;
  }

  /** The name in recipes and in {@code plan.json}. */
  public String label() {
    return label;
  }
}
