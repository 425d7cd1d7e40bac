package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.fnprune.common.FileNames;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Npy;
import org.jspecify.annotations.Nullable;

/**
 * The functional networks of one unit of a stored run.
 *
 * @param facts what the decomposition says of itself
 * @param networks in the order of the maps; empty where the maps are gone
 * @param width neurons of the unit; 0 where the maps are gone
 */
public record UnitNetworks(StoredNetworks facts, ImmutableList<Network> networks, int width) {

  /**
   * One network.
   *
   * @param index its row in the maps
   * @param positive key neurons with positive z, ascending
   * @param negative those with negative z
   * @param peak largest |z|
   * @param keptSize how many key neurons the plan keeps; null where there is no plan of them
   * @param lesion what masking it did, of {@code lesion.json}; null where that was not measured
   * @param drivers what drives it; null where that was not looked at
   */
  public record Network(
      int index,
      ImmutableIntArray positive,
      ImmutableIntArray negative,
      double peak,
      @Nullable Double stability,
      @Nullable Integer keptSize,
      StoredLesions.@Nullable Row lesion,
      @Nullable StoredDrivers drivers) {

    int size() {
      return positive.length() + negative.length();
    }

    /** All key neurons. */
    ImmutableSet<Integer> support() {
      return ImmutableSet.<Integer>builder()
          .addAll(positive.asList())
          .addAll(negative.asList())
          .build();
    }

    /** How much of the first task's metric the lesion took; null where it was not measured. */
    @Nullable Double lost(StoredLesions lesions) {
      if (lesion == null || lesion.neurons() == 0 || lesion.tasks().isEmpty()) {
        return null;
      }
      Double delta = lesion.tasks().get(0).delta();
      return delta == null ? null : lesions.dense().get(0).higherIsBetter() ? -delta : delta;
    }
  }

  private static final String MAPS = ".maps.npy";

  /** The networks of all units, from the run's own files or those of its lesions. */
  static ImmutableList<UnitNetworks> read(
      Path folder,
      StoredReport report,
      Map<String, ImmutableIntArray> kept,
      Optional<StoredLesions> lesions)
      throws IOException {
    Path own = folder.resolve("networks");
    Path lesioned = folder.resolve("lesion/networks");
    Path networks = Files.exists(own.resolve("networks.json")) ? own : lesioned;
    ImmutableList<StoredNetworks> facts =
        StoredJson.<Index>read(networks.resolve("networks.json"), Index.class)
            .map(Index::units)
            .orElse(report.networks());
    Map<String, ImmutableList<StoredDrivers>> drivers = RunContents.drivers(own);
    ImmutableList.Builder<UnitNetworks> units = ImmutableList.builder();
    for (StoredNetworks unit : facts) {
      boolean plain = unit.unit() != null && FileNames.isPlain(unit.unit());
      Path file = networks.resolve((plain ? unit.unit() : "") + MAPS);
      if (!plain || !Files.isRegularFile(file)) {
        units.add(new UnitNetworks(unit, ImmutableList.of(), 0));
        continue;
      }
      Matrix maps = Npy.read(file);
      ImmutableIntArray keeps = kept.get(unit.unit());
      boolean same = same(file, lesioned.resolve(unit.unit() + MAPS));
      units.add(
          new UnitNetworks(
              unit,
              networks(
                  unit,
                  maps,
                  keeps == null ? null : ImmutableSet.copyOf(keeps.asList()),
                  same ? lesions.map(l -> lesionsOf(l, unit.unit())) : Optional.empty(),
                  Objects.requireNonNullElse(drivers.get(unit.unit()), ImmutableList.of())),
              maps.cols()));
    }
    return units.build();
  }

  private record Index(ImmutableList<StoredNetworks> units) {}

  /** Lesions are of the networks in their own folder, which may be others. */
  private static boolean same(Path maps, Path lesioned) throws IOException {
    return Files.isRegularFile(lesioned) && Files.mismatch(maps, lesioned) < 0;
  }

  private static ImmutableMap<Integer, StoredLesions.Row> lesionsOf(
      StoredLesions lesions, String unit) {
    ImmutableMap.Builder<Integer, StoredLesions.Row> rows = ImmutableMap.builder();
    for (StoredLesions.Row row : lesions.lesions()) {
      Integer network = row.network();
      if (network != null && unit.equals(row.unit())) {
        rows.put(network, row);
      }
    }
    return rows.buildKeepingLast();
  }

  private static ImmutableList<Network> networks(
      StoredNetworks facts,
      Matrix maps,
      @Nullable ImmutableSet<Integer> kept,
      Optional<ImmutableMap<Integer, StoredLesions.Row>> lesions,
      List<StoredDrivers> drivers) {
    ImmutableList.Builder<Network> networks = ImmutableList.builder();
    for (int i = 0; i < Math.min(maps.rows(), facts.thresholds().size()); i++) {
      int index = i;
      double[] z = maps.row(i);
      StoredNetworks.Cut cut = facts.thresholds().get(i);
      int[] support = IntStream.range(0, z.length).filter(j -> cut.admits(z[j])).toArray();
      networks.add(
          new Network(
              i,
              ImmutableIntArray.copyOf(IntStream.of(support).filter(j -> z[j] > 0)),
              ImmutableIntArray.copyOf(IntStream.of(support).filter(j -> z[j] <= 0)),
              IntStream.range(0, z.length).mapToDouble(j -> Math.abs(z[j])).max().orElse(0),
              facts.stability(i),
              kept == null ? null : (int) IntStream.of(support).filter(kept::contains).count(),
              lesions.map(rows -> rows.get(index)).orElse(null),
              drivers.stream().filter(d -> d.network() == index).findFirst().orElse(null)));
    }
    return networks.build();
  }

  /**
   * The networks, the most telling first: by what their lesion took where that was measured, then
   * by stability, then by size.
   */
  ImmutableList<Network> strongestFirst(Optional<StoredLesions> lesions) {
    return networks.stream()
        .sorted(
            Comparator.comparingDouble(
                    (Network n) -> {
                      Double lost = lesions.isPresent() ? n.lost(lesions.get()) : null;
                      return lost == null ? 0 : -Math.max(0, lost);
                    })
                .thenComparingDouble(n -> n.stability() == null ? 0 : -n.stability())
                .thenComparingInt(n -> -n.size())
                .thenComparingInt(Network::index))
        .collect(ImmutableList.toImmutableList());
  }
}
