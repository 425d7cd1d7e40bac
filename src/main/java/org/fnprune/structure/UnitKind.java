package org.fnprune.structure;

import java.util.stream.Stream;

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
  /** An output of the down projection, a column of it (arXiv 2502.20408's neurons). */
  FFN_OUT("ffn_out");

  private final String label;

  UnitKind(String label) {
    this.label = label;
  }

  /**
   * The kind of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static UnitKind of(String label) {
    return Stream.of(values())
        .filter(kind -> kind.label.equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no kind of unit '" + label + "'"));
  }

  /** The name in recipes and in {@code plan.json}. */
  public String label() {
    return label;
  }
}
