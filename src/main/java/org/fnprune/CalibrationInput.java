package org.fnprune;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Optional;
import org.fnprune.common.JoinedList;
import org.fnprune.common.UsageException;
import org.fnprune.data.CalibrationText;
import org.fnprune.data.Datasets;
import org.fnprune.data.Samples;
import org.fnprune.data.TokenBatch;
import org.fnprune.data.Tokenizer;
import org.fnprune.recipe.Networks;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Shard;

/**
 * The sample text of a run.
 *
 * @param groups batches of it by group, longest first; one group without a name where nothing is
 *     grouped, none when there is no text
 * @param texts the same text, with a part held out, and then the text to retain; none when there is
 *     no text
 * @param skipped samples without tokens
 */
record CalibrationInput(
    ImmutableMap<String, List<TokenBatch>> groups,
    ImmutableList<CalibrationText> texts,
    int skipped) {

  /** No text. */
  static final CalibrationInput NONE =
      new CalibrationInput(ImmutableMap.of(), ImmutableList.of(), 0);

  /**
   * Reads a recipe's text.
   *
   * @param shard the part of it that is wanted
   * @throws UsageException when it is unusable, or has samples or tokens that the model cannot take
   */
  static CalibrationInput read(
      Recipe recipe, Shard shard, ModelInput model, Tokenizer tokenizer, Datasets data) {
    return new Reader(recipe, shard, model, tokenizer, data).read();
  }

  /** The batches of all groups. */
  List<TokenBatch> batches() {
    return JoinedList.of(groups.values());
  }

  private record Reader(
      Recipe recipe, Shard shard, ModelInput model, Tokenizer tokenizer, Datasets data) {

    CalibrationInput read() {
      Recipe.Calibration calibration = requireNonNull(recipe.calibration());
      Samples samples = samples(calibration, recipe.networks().groups());
      ImmutableMap.Builder<String, List<TokenBatch>> batches = ImmutableMap.builder();
      samples
          .groups()
          .forEach(
              (name, group) ->
                  batches.put(name, group.batches(calibration.batchSize(), tokenizer.padId())));
      ImmutableList.Builder<CalibrationText> texts = ImmutableList.builder();
      texts.add(split(samples, calibration, 1));
      Optional<Recipe.Calibration> retain = calibration.ofRetain();
      if (retain.isPresent()) {
        Samples general = samples(retain.get(), new Networks.Groups.Shards(1));
        texts.add(split(general, calibration, requireNonNull(calibration.retain()).weight()));
      }
      return new CalibrationInput(batches.buildOrThrow(), texts.build(), samples.skipped());
    }

    private Samples samples(Recipe.Calibration calibration, Networks.Groups groups) {
      Samples samples =
          Samples.read(calibration, groups, tokenizer, data, recipe.seed()).shard(shard);
      Positions.requireSamples(model.folder(), calibration.maxSeqLength(), samples.longest());
      Vocabulary.require(model.dense(), samples.largestId(), model.tokenizerFile());
      return samples;
    }

    private CalibrationText split(Samples samples, Recipe.Calibration calibration, double weight) {
      return samples.split(calibration.batchSize(), tokenizer.padId(), weight);
    }
  }
}
