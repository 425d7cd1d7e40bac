package org.fnprune.structure;

/** What a prunable channel is. */
public enum UnitKind {
  /** An intermediate neuron of a feed-forward block. */
  FFN("ffn"),
  /**
   * An attention head: its query, key and value projections and its rows of the output projection.
   */
  HEADS("heads"),
  /** A KV head of grouped-query attention with all the query heads that read it. */
  KV_GROUPS("kv_groups"),
  /** A column of the down projection (arXiv 2502.20408's neurons). */
  FFN_OUT("ffn_out");

  private final String label;

  UnitKind(String label) {
    this.label = label;
  }

  /** The name in recipes and in {@code plan.json}. */
  public String label() {
    return label;
  }
}
