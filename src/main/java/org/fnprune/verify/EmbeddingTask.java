package org.fnprune.verify;

import com.google.common.collect.ContiguousSet;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.common.UsageException;
import org.fnprune.data.Samples;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Parallel;
import org.fnprune.linalg.Threads;
import org.fnprune.recipe.TaskDefinition;
import org.fnprune.recipe.TaskKind;

/**
 * How alike embeddings are to the dense model's: their cosine, and the share of each text's nearest
 * texts (by cosine, among the dataset) that are the same. The dense model's embeddings are kept in
 * memory: texts × width × 8 bytes.
 */
final class EmbeddingTask extends TextsTask {

  private static final int FEWEST = 2;

  private final Embedder embedder;
  private final int neighbours;

  private EmbeddingTask(
      TaskDefinition definition, Samples samples, Embedder embedder, int neighbours) {
    super(definition, samples);
    this.embedder = embedder;
    this.neighbours = Math.min(neighbours, texts().size() - 1);
  }

  /**
   * Reads and tokenises the texts.
   *
   * @throws UsageException for an unusable dataset
   */
  static EmbeddingTask load(TaskDefinition definition, TaskKind.Embedding kind, TaskInputs inputs) {
    Samples samples =
        PlainTexts.read(definition, kind.text(), kind.lines(), kind.maxSeqLength(), inputs);
    if (samples.sequences().size() < FEWEST) {
      throw new UsageException(
          "task '" + definition.name() + "' has fewer than two usable texts",
          "neighbours need two texts or more");
    }
    Embedder embedder =
        new Embedder(
            definition.name(), kind.pooling(), definition.batchSize(), inputs.tokens().padId());
    return new EmbeddingTask(definition, samples, embedder, kind.neighbours());
  }

  @Override
  public Baseline baseline(Model dense) {
    Matrix vectors = embedder.unitVectors(texts(), dense);
    ImmutableList<ImmutableSet<Integer>> nearest = nearest(vectors);
    ImmutableList<MetricScores> metrics =
        compared(vectors, nearest, vectors, nearest).stream()
            .map(mean -> mean.perfect(1))
            .collect(ImmutableList.toImmutableList());
    TaskScores perfect = new TaskScores(name(), metrics);
    return new Baseline() {
      @Override
      public TaskScores scores() {
        return perfect;
      }

      @Override
      public TaskScores score(Model other) {
        Matrix others = embedder.unitVectors(texts(), other);
        return new TaskScores(
            name(), ImmutableList.copyOf(compared(vectors, nearest, others, nearest(others))));
      }

      @Override
      public void close() {}
    };
  }

  private List<Mean> compared(
      Matrix dense,
      List<ImmutableSet<Integer>> denseNearest,
      Matrix slim,
      List<ImmutableSet<Integer>> slimNearest) {
    double[] cosines =
        IntStream.range(0, texts().size())
            .mapToDouble(i -> Embedder.dot(dense.row(i), slim.row(i)))
            .toArray();
    double[] overlaps =
        IntStream.range(0, texts().size())
            .mapToDouble(
                i ->
                    denseNearest.get(i).stream().filter(slimNearest.get(i)::contains).count()
                        / (double) neighbours)
            .toArray();
    return List.of(Mean.of("cosine", true, cosines), Mean.of("retrieval_overlap", true, overlaps));
  }

  /** Each text's nearest other texts; of equals the first. */
  private ImmutableList<ImmutableSet<Integer>> nearest(Matrix vectors) {
    double[][] rows =
        IntStream.range(0, texts().size()).mapToObj(vectors::row).toArray(double[][]::new);
    return ImmutableList.copyOf(
        Parallel.map(
            Threads.get(),
            ContiguousSet.closedOpen(0, rows.length).asList(),
            i -> nearest(rows, i)));
  }

  private ImmutableSet<Integer> nearest(double[][] rows, int i) {
    double[] cosines =
        IntStream.range(0, rows.length).mapToDouble(j -> Embedder.dot(rows[i], rows[j])).toArray();
    return IntStream.range(0, rows.length)
        .filter(j -> j != i)
        .boxed()
        .sorted(Comparator.comparingDouble(j -> -cosines[j]))
        .limit(neighbours)
        .collect(ImmutableSet.toImmutableSet());
  }
}
