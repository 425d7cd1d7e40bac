package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonObject;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.fnprune.common.UsageException;

/**
 * A finished run folder, read: {@code report.json} and what lies beside it. All renderings are made
 * of this, so that a run and {@code report RUN_DIR} after it write the same bytes.
 *
 * @param kept neurons that the plan keeps, by unit id
 * @param networks of the run, or of its lesions where the run has none
 * @param lesions of {@code lesion/lesion.json}
 * @param sweep of {@code sweep/sweep.json}
 */
public record RunContents(
    StoredReport report,
    ImmutableMap<String, ImmutableIntArray> kept,
    ImmutableList<UnitNetworks> networks,
    Optional<StoredLesions> lesions,
    Optional<StoredSweep> sweep) {

  record Plan(ImmutableList<PlanUnit> units) {
    Plan {
      Objects.requireNonNull(units, "units is missing");
    }
  }

  record PlanUnit(String id, int unitSize, ImmutableList<Integer> kept) {
    PlanUnit {
      Objects.requireNonNull(id, "a unit without id");
      Objects.requireNonNull(kept, "a unit without kept");
    }
  }

  /**
   * Reads a folder.
   *
   * @throws UsageException when it is not that of a finished run, or is damaged
   */
  public static RunContents read(Path folder) throws IOException {
    Path file = folder.resolve("report.json");
    StoredReport report =
        StoredJson.<StoredReport>read(file, StoredReport.class)
            .orElseThrow(
                () ->
                    new UsageException(
                        folder
                            + (Files.isDirectory(folder)
                                ? " is not the folder of a finished run: it has no report.json"
                                : " is not a folder"),
                        "name the output folder of 'fnprune run' or 'fnprune prune'"));
    return of(report, folder);
  }

  /** The same with a report that is not in the folder yet. */
  public static RunContents of(JsonObject report, Path folder) throws IOException {
    return of(StoredReport.of(report), folder);
  }

  private static RunContents of(StoredReport report, Path folder) throws IOException {
    ImmutableMap<String, ImmutableIntArray> kept = kept(folder);
    Optional<StoredLesions> lesions =
        StoredJson.read(folder.resolve("lesion/lesion.json"), StoredLesions.class);
    Optional<StoredSweep> sweep =
        StoredJson.read(folder.resolve("sweep/sweep.json"), StoredSweep.class);
    try {
      return new RunContents(
          report, kept, UnitNetworks.read(folder, report, kept, lesions), lesions, sweep);
    } catch (NoSuchFileException e) {
      throw new UsageException(
          "file " + e.getFile() + " of the run is gone", "make the run again", e);
    }
  }

  private static ImmutableMap<String, ImmutableIntArray> kept(Path folder) throws IOException {
    Optional<Plan> plan = StoredJson.read(folder.resolve("plan.json"), Plan.class);
    ImmutableMap.Builder<String, ImmutableIntArray> kept = ImmutableMap.builder();
    plan.ifPresent(p -> p.units().forEach(unit -> kept.put(unit.id(), positions(unit))));
    return kept.buildOrThrow();
  }

  /** The neurons of the kept channels: each has {@code unitSize} of them. */
  private static ImmutableIntArray positions(PlanUnit unit) {
    int size = Math.max(1, unit.unitSize());
    ImmutableIntArray.Builder positions = ImmutableIntArray.builder();
    for (int channel : unit.kept()) {
      for (int i = 0; i < size; i++) {
        positions.add(channel * size + i);
      }
    }
    return positions.build();
  }

  /** What drives the networks, by unit id; empty where that was not looked at. */
  static Map<String, ImmutableList<StoredDrivers>> drivers(Path networks) throws IOException {
    return StoredJson.<Map<String, ImmutableList<StoredDrivers>>>read(
            networks.resolve("drivers.json"),
            new TypeToken<Map<String, ImmutableList<StoredDrivers>>>() {}.getType())
        .orElse(ImmutableMap.of());
  }
}
