package org.fnprune.search;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.fnprune.linalg.Matrix;
import org.fnprune.network.NetworkMaps;
import org.fnprune.network.Thresholds;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;

/**
 * What the loss rises by when a network's support is set to its mean (arXiv 2502.20408's lesion,
 * mean-ablated): one run of the model for each network.
 */
final class Lesions {

  private Lesions() {}

  /**
   * Measures all networks.
   *
   * @param loss of plans whose units are compensated by bias: that sets what is gone to its mean
   * @return by unit id, one value a network, in nats
   */
  static ImmutableMap<String, ImmutableDoubleArray> of(
      Structure structure, Map<String, NetworkMaps> networks, JointLoss loss) {
    ImmutableMap.Builder<String, ImmutableDoubleArray> lesions = ImmutableMap.builder();
    for (PrunableUnit unit : structure.units()) {
      NetworkMaps maps = networks.get(unit.id());
      if (maps != null) {
        ImmutableDoubleArray.Builder rises = ImmutableDoubleArray.builder(maps.networks());
        for (int k = 0; k < maps.networks(); k++) {
          ImmutableIntArray kept = without(unit, maps.maps(), k);
          rises.add(kept.length() == unit.width() ? 0 : loss.of(plan(structure, unit, kept)));
        }
        lesions.put(unit.id(), rises.build());
      }
    }
    return lesions.buildOrThrow();
  }

  /** The channels outside a network's support; one of them stays at least. */
  private static ImmutableIntArray without(PrunableUnit unit, Matrix maps, int network) {
    TreeSet<Integer> kept = new TreeSet<>(IntStream.range(0, unit.width()).boxed().toList());
    for (int j = 0; j < maps.cols() && kept.size() > 1; j++) {
      if (Math.abs(maps.get(network, j)) > Thresholds.USUAL) {
        kept.remove(j / unit.unitSize());
      }
    }
    return ImmutableIntArray.copyOf(kept);
  }

  private static PruningPlan plan(
      Structure structure, PrunableUnit lesioned, ImmutableIntArray kept) {
    List<UnitPlan> units = new ArrayList<>();
    for (PrunableUnit unit : structure.units()) {
      units.add(
          UnitPlan.of(
              unit,
              unit.equals(lesioned)
                  ? kept
                  : ImmutableIntArray.copyOf(IntStream.range(0, unit.width()))));
    }
    return new PruningPlan(units);
  }
}
