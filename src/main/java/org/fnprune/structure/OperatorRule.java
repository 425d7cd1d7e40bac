package org.fnprune.structure;

/** How channels pass one kind of operator. One small class per operator or family of operators. */
interface OperatorRule {

  /**
   * Called once for every input or output of a node that turned out to carry channels. Marks the
   * node's other operands, cuts its weights, or refuses.
   *
   * @throws Blocked when the channels cannot be followed
   */
  void reach(Reach reach);
}
