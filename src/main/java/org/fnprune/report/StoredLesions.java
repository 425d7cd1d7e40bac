package org.fnprune.report;

import static org.fnprune.report.StoredJson.orEmpty;

import com.google.common.collect.ImmutableList;
import java.util.Objects;
import org.fnprune.report.StoredScores.Dense;
import org.fnprune.report.StoredScores.Masked;
import org.jspecify.annotations.Nullable;

/**
 * {@code lesion.json} as it was read.
 *
 * @param factor that lesioned neurons were multiplied by: 0 where they were masked
 * @param neurons of all units
 * @param dense every metric without a lesion
 */
public record StoredLesions(
    double factor, int neurons, ImmutableList<Dense> dense, ImmutableList<Row> lesions) {

  /** The lesion of one network. */
  static final String NETWORK = "network";

  /**
   * One lesion.
   *
   * @param lesion {@code network}, {@code all-networks}, {@code random-as-many}, {@code
   *     random-share}
   * @param unit of a network
   * @param network its row in the unit's maps
   * @param neurons how many were lesioned
   * @param tasks every metric, as in {@link #dense}
   */
  public record Row(
      String lesion,
      @Nullable String unit,
      @Nullable Integer network,
      int neurons,
      @Nullable Double tau,
      ImmutableList<Masked> tasks) {
    public Row {
      Objects.requireNonNull(lesion, "lesion is missing");
      tasks = orEmpty(tasks);
    }
  }

  public StoredLesions {
    dense = orEmpty(dense);
    lesions = orEmpty(lesions);
  }

  /** What its {@code lesion.json} says of a report. */
  static StoredLesions of(LesionReport report) {
    return StoredJson.of(LesionFiles.json(report), StoredLesions.class);
  }
}
