package org.fnprune.structure;

/**
 * DynamicQuantizeLinear: every value alone, but with a scale and a zero point that depend on the
 * smallest and the largest of all values and 0. Channels that are 0 change neither, so that taking
 * them away is the same as making them 0.
 */
final class DynamicQuantisationRule implements OperatorRule {

  @Override
  public void reach(Reach reach) {
    if (!reach.forward() && reach.port() != 0) {
      throw reach.blocked("has one scale for all channels");
    }
    reach.input(0, reach.channels());
    reach.output(0, reach.channels());
  }
}
