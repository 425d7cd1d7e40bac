package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import org.fnprune.verify.Comparison;

/**
 * One lesion and what it did.
 *
 * @param what was lesioned
 * @param neurons how many that are
 * @param tasks every metric of every task, dense beside lesioned; as dense where there is no neuron
 */
public record Lesioned(What what, int neurons, ImmutableList<Comparison> tasks) {

  /** Choices of neurons. */
  public sealed interface What {

    /** The choice's name in files. */
    String kind();
  }

  /**
   * The key neurons of one network.
   *
   * @param unit its unit's id
   * @param network its row in the unit's maps
   * @param tau |z| that ends the support; infinite for none
   * @param support the key neurons, ascending
   */
  public record Network(String unit, int network, double tau, ImmutableIntArray support)
      implements What {

    @Override
    public String kind() {
      return "network";
    }
  }

  /** The key neurons of all networks of all units. */
  public record AllNetworks() implements What {

    @Override
    public String kind() {
      return "all-networks";
    }
  }

  /**
   * As many random neurons of every unit as {@link AllNetworks} takes there.
   *
   * @param draw counted from 0
   */
  public record RandomAsMany(int draw) implements What {

    @Override
    public String kind() {
      return "random-as-many";
    }
  }

  /**
   * A share of all neurons, wherever they are.
   *
   * @param draw counted from 0
   */
  public record RandomShare(int draw) implements What {

    @Override
    public String kind() {
      return "random-share";
    }
  }
}
