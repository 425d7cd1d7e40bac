package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.ImmutableLongArray;
import java.util.Arrays;
import java.util.List;
import org.fnprune.common.UsageException;
import org.fnprune.data.Batches;
import org.fnprune.data.Samples;
import org.fnprune.data.TokenBatch;
import org.fnprune.recipe.TaskDefinition;
import org.fnprune.recipe.TaskKind;
import org.fnprune.runtime.BatchRunner;

/**
 * How alike a model's logits are to the dense model's on text without labels: the share of
 * positions with the same largest logit, the mean divergence KL(dense ‖ other) of their softmax in
 * nats, and the mean cosine. Language models are compared at every token, classifiers once per
 * text.
 *
 * <p>The dense model's logits are kept in a temporary file, tokens × vocabulary × 4 bytes, until
 * the task is done; in memory is one batch of each model.
 */
final class FidelityTask extends TextsTask {

  private final ImmutableList<Batches.Indexed> batches;

  private FidelityTask(TaskDefinition definition, Samples samples, int padId) {
    super(definition, samples);
    this.batches = Batches.byLength(texts(), definition.batchSize(), padId);
  }

  /**
   * Reads and tokenises the texts.
   *
   * @throws UsageException for an unusable dataset
   */
  static FidelityTask load(TaskDefinition definition, TaskKind.Fidelity kind, TaskInputs inputs) {
    return new FidelityTask(
        definition,
        PlainTexts.read(definition, kind.text(), kind.lines(), kind.maxSeqLength(), inputs),
        inputs.tokens().padId());
  }

  @Override
  public Baseline baseline(Model dense) {
    ReferenceOutputs kept = ReferenceOutputs.create();
    try {
      int[] positions = new int[texts().size()];
      for (Batches.Indexed indexed : batches) {
        Logits logits = dense.predict(indexed.batch());
        if (kept.isEmpty()) {
          kept.requireRoom(bytes(logits));
        }
        for (int row = 0; row < indexed.rows().length(); row++) {
          positions[indexed.rows().get(row)] = positions(indexed.batch(), logits, row);
        }
        kept.add(List.of(output(logits)));
      }
      return new Kept(kept, ImmutableIntArray.copyOf(positions));
    } catch (RuntimeException e) {
      kept.close();
      throw e;
    }
  }

  /** What the logits of all batches will take, as far as one batch tells. */
  private long bytes(Logits logits) {
    long values =
        logits.shape().length() == 2
            ? texts().size()
            : batches.stream().mapToLong(b -> (long) b.batch().size() * b.batch().length()).sum();
    return values * logits.classes() * Float.BYTES;
  }

  private static BatchRunner.Output output(Logits logits) {
    return new BatchRunner.Output(
        logits.values(), ImmutableLongArray.copyOf(logits.shape().stream().asLongStream()));
  }

  /** Places of a row that are compared. */
  private int positions(TokenBatch batch, Logits logits, int row) {
    int rank = logits.shape().length();
    boolean fits =
        logits.shape().get(0) == batch.size()
            && (rank == 2 || (rank == 3 && logits.shape().get(1) == batch.length()));
    if (!fits) {
      throw new UsageException(
          "task '"
              + name()
              + "' compares logits of batch × classes or batch × sequence × vocabulary, but the"
              + " model gives shape "
              + logits.shape(),
          "choose a task type that fits the model");
    }
    return rank == 2 ? 1 : batch.sequences().get(row).length();
  }

  /** The dense model's logits, in their file. */
  private final class Kept implements Baseline {

    private final ReferenceOutputs logits;
    private final ImmutableIntArray positions;

    Kept(ReferenceOutputs logits, ImmutableIntArray positions) {
      this.logits = logits;
      this.positions = positions;
    }

    @Override
    public TaskScores scores() {
      double[] zeros = new double[positions.length()];
      return new TaskScores(
          name(),
          metrics(zeros, zeros, zeros).stream()
              .map(mean -> mean.perfect(mean.higherIsBetter() ? 1 : 0))
              .collect(ImmutableList.toImmutableList()));
    }

    @Override
    public TaskScores score(Model other) {
      double[] agreement = new double[positions.length()];
      double[] divergence = new double[positions.length()];
      double[] cosine = new double[positions.length()];
      for (int b = 0; b < batches.size(); b++) {
        Batches.Indexed indexed = batches.get(b);
        BatchRunner.Output dense = logits.get(b).get(0);
        Logits slim = other.predict(indexed.batch());
        requireSameShape(dense, slim);
        LogitAgreement[] rows = new LogitAgreement[indexed.rows().length()];
        Arrays.parallelSetAll(
            rows,
            row -> {
              int places = positions.get(indexed.rows().get(row));
              int stride = slim.shape().length() == 2 ? 1 : indexed.batch().length();
              return LogitAgreement.of(
                  dense.values(),
                  slim.values(),
                  row * stride * slim.classes(),
                  places,
                  slim.classes());
            });
        for (int row = 0; row < rows.length; row++) {
          int index = indexed.rows().get(row);
          agreement[index] = rows[row].sameLargest();
          divergence[index] = rows[row].divergence();
          cosine[index] = rows[row].cosine();
        }
      }
      return new TaskScores(name(), ImmutableList.copyOf(metrics(agreement, divergence, cosine)));
    }

    private void requireSameShape(BatchRunner.Output dense, Logits slim) {
      if (!dense.shape().equals(output(slim).shape())) {
        throw new UsageException(
            "task '"
                + name()
                + "': the models' outputs have shapes "
                + dense.shape()
                + " and "
                + slim.shape(),
            "compare a model with the one that it was made of");
      }
    }

    private List<Mean> metrics(double[] agreement, double[] divergence, double[] cosine) {
      return List.of(
          mean("top1_agreement", true, agreement),
          mean("kl_divergence", false, divergence),
          mean("logit_cosine", true, cosine));
    }

    private Mean mean(String metric, boolean higherIsBetter, double[] sums) {
      return new Mean(metric, higherIsBetter, ImmutableDoubleArray.copyOf(sums), positions);
    }

    @Override
    public void close() {
      logits.close();
    }
  }
}
