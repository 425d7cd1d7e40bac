package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.fnprune.common.UsageException;

/**
 * Adds up captures of one model on several texts. The result is that of one capture of all texts,
 * up to the rounding of float64 sums; the folders are added in the order of their paths, so that
 * the order in which they are given changes no bit.
 */
public final class MomentsMerge {

  private MomentsMerge() {}

  /**
   * Merges, one signal at a time.
   *
   * @param folders of complete captures; they stay as they are
   * @param target where the sum is written; replaced
   * @return the sum
   * @throws UsageException when a capture is not complete, is given twice, is of another model or
   *     other signals than the first, or holds sketches, which do not add up
   */
  public static MomentsStore merge(List<Path> folders, Path target) throws IOException {
    List<MomentsFolder> shards = open(folders, target);
    MomentsFolder first = shards.get(0);
    shards.forEach(shard -> requireAlike(first, shard));
    MomentsIndex.remove(target);
    ImmutableList.Builder<MomentsIndex.Entry> entries = ImmutableList.builder();
    for (MomentsIndex.Entry entry : first.index().entries()) {
      entries.add(
          MomentsFiles.write(
              target, entry.id(), sum(shards, entry.id()), lagSum(shards, entry.id())));
    }
    String devices =
        shards.stream()
            .map(s -> s.index().device())
            .distinct()
            .sorted()
            .collect(Collectors.joining("+"));
    new MomentsIndex(first.index().model(), devices, entries.build()).write(target);
    return new MomentsFolder(target);
  }

  private static List<MomentsFolder> open(List<Path> folders, Path target) {
    List<Path> sorted =
        folders.stream().map(folder -> folder.toAbsolutePath().normalize()).sorted().toList();
    if (sorted.isEmpty()) {
      throw new UsageException("no captures to merge", "give one or more moments folders");
    }
    for (int i = 1; i < sorted.size(); i++) {
      if (sorted.get(i).equals(sorted.get(i - 1))) {
        throw new UsageException(
            "the capture " + sorted.get(i) + " is given twice", "its text would count twice");
      }
    }
    if (sorted.contains(target.toAbsolutePath().normalize())) {
      throw new UsageException(
          "the result cannot replace " + target + ", which is merged", "give another folder");
    }
    return sorted.stream().map(MomentsFolder::new).toList();
  }

  private static void requireAlike(MomentsFolder first, MomentsFolder other) {
    if (!first.index().model().equals(other.index().model())) {
      throw refusal(first, other, "they are of different models", s -> s.index().model());
    }
    if (!first.ids().equals(other.ids())) {
      throw refusal(first, other, "they hold different signals", s -> s.ids().toString());
    }
    for (String id : first.ids()) {
      requireSame(first, other, id, "has different widths", entry -> entry.width());
      requireSame(first, other, id, "has products of neighbours in one only", e -> e.hasLag());
    }
    other.index().entries().stream()
        .filter(MomentsIndex.Entry::sketch)
        .findFirst()
        .ifPresent(
            entry -> {
              throw new UsageException(
                  "'"
                      + entry.id()
                      + "' in "
                      + other.folder()
                      + " is a sketch, and sketches do not add up",
                  "raise --memory so that all products are captured, or capture all text at once");
            });
  }

  private static void requireSame(
      MomentsFolder first,
      MomentsFolder other,
      String id,
      String problem,
      Function<MomentsIndex.Entry, Object> property) {
    if (!property.apply(first.entry(id)).equals(property.apply(other.entry(id)))) {
      throw refusal(
          first, other, "'" + id + "' " + problem, s -> property.apply(s.entry(id)).toString());
    }
  }

  private static UsageException refusal(
      MomentsFolder first,
      MomentsFolder other,
      String problem,
      Function<MomentsFolder, String> what) {
    return new UsageException(
        ("captures cannot be merged: " + problem + ": ")
            + (first.folder() + " (" + what.apply(first) + ") and ")
            + (other.folder() + " (" + what.apply(other) + ")"),
        "merge captures that were made of one model with the same settings");
  }

  private static Captured sum(List<MomentsFolder> shards, String id) {
    return shards.stream().map(s -> (Moments) s.get(id)).reduce(Moments::plus).orElseThrow();
  }

  private static Optional<LagProducts> lagSum(List<MomentsFolder> shards, String id) {
    return shards.stream().flatMap(s -> s.lag(id).stream()).reduce(LagProducts::plus);
  }
}
