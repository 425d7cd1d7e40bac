package org.fnprune.structure;

import java.util.stream.Stream;

/** An edit that is certain only once the axis of every tensor is. */
interface PendingEdit {

  /**
   * The edits that are needed; none where the graph adapts by itself.
   *
   * @throws Blocked when no edit helps
   */
  Stream<GraphEdit> settle(Settling settling);
}
