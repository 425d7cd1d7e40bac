package org.fnprune.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.fnprune.capture.Captured;
import org.fnprune.capture.LagProducts;
import org.fnprune.capture.Moments;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.SampleMoments;
import org.fnprune.common.Progress;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Npy;
import org.fnprune.recipe.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkFilesTest {

  @TempDir private Path folder;

  @Test
  void networksComeBackBitByBit() throws Exception {
    for (Networks options :
        new Networks[] {
          Networks.of(4),
          Methods.of(Networks.Method.SPATIAL_ICA, 3, 2, Networks.Grouping.SEPARATE),
          Methods.of(Networks.Method.SPATIAL_ICA, 3, 2, Networks.Grouping.STACKED),
          Methods.with(Networks.of(2), new Networks.Components.Estimated(Networks.Estimator.MINKA)),
          Methods.with(Networks.of(2), Networks.Signals.ACTIVATION_AND_UP)
        }) {
      ImmutableMap<String, NetworkMaps> networks = find(options);
      NetworkFiles.write(folder, networks, options);

      assertThat(NetworkFiles.read(folder)).contains(networks);
      deleteFeatures();
    }
  }

  @Test
  void theIndexSaysHowAndWithWhatSupports() throws Exception {
    Networks options =
        Methods.with(Networks.of(2), new Networks.Components.Estimated(Networks.Estimator.PESEL));
    ImmutableMap<String, NetworkMaps> networks = find(options);
    ImmutableList<FunctionalNetwork> supports =
        FunctionalNetwork.of(networks.values().asList().get(0), new Thresholds.Budget(7));

    NetworkFiles.write(folder, networks, options);
    assertThat(unit().get("threshold").getAsDouble()).isEqualTo(2);
    NetworkFiles.writeIndex(folder, networks, options, ImmutableMap.of("u", supports));

    JsonObject unit = unit();
    assertThat(unit.get("id").getAsString()).isEqualTo("u");
    assertThat(unit.get("method").getAsString()).isEqualTo("spatial-ica");
    assertThat(unit.get("signals").getAsString()).isEqualTo("activation");
    assertThat(unit.get("threshold").getAsDouble()).isEqualTo(supports.get(0).cut().tau());
    assertThat(unit.getAsJsonArray("sizes")).hasSize(unit.get("networks").getAsInt());
    assertThat(unit.getAsJsonArray("stability")).hasSize(unit.get("networks").getAsInt());
    JsonObject components = unit.getAsJsonObject("components");
    assertThat(components.get("method").getAsString()).isEqualTo("pesel");
    assertThat(components.get("effective_samples").getAsDouble()).isLessThan(200);
    assertThat(components.get("autocorrelation").getAsDouble()).isCloseTo(0.5, within(1e-12));
    assertThat(components.getAsJsonArray("evidence")).isNotEmpty();
    assertThat(unit.getAsJsonArray("non_gaussianity")).hasSize(unit.get("networks").getAsInt());
  }

  @Test
  void mapsOfTwoSignalsAreFoldedToTheNeurons() throws Exception {
    Networks options = Methods.with(Networks.of(3), Networks.Signals.ACTIVATION_AND_UP);

    NetworkFiles.write(folder, find(options), options);

    Matrix unfolded = Npy.read(folder.resolve("u.features.npy"));
    Matrix folded = Npy.read(folder.resolve("u.maps.npy"));
    assertThat(unfolded).hasToString("Matrix 3 × 20");
    assertThat(folded).hasToString("Matrix 3 × 10");
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 10; j++) {
        double first = unfolded.get(i, j);
        double second = unfolded.get(i, j + 10);
        assertThat(folded.get(i, j))
            .isEqualTo(Math.abs(first) >= Math.abs(second) ? first : second);
      }
    }
  }

  /** Twenty directions, each weaker than the one before: none is a floor of noise. */
  @Test
  void anEstimateThatReducesLittleIsComplainedAbout() {
    Matrix turn = Matrices.gaussian(20, 20, 7);
    Matrix graded = Matrix.tabulate(20, 20, (i, j) -> Math.pow(0.8, i) * turn.get(i, j));
    Matrix samples = Matrices.gaussian(3000, 20, 8).times(graded);
    Networks minka =
        Methods.with(Networks.of(2), new Networks.Components.Estimated(Networks.Estimator.MINKA));
    ImmutableList<CalibrationGroup> group =
        ImmutableList.of(
            CalibrationGroup.of(MomentsStore.of(ImmutableMap.of("u", SampleMoments.of(samples)))));

    NetworkMaps maps =
        NetworkFinder.find(group, minka, 1, Long.MAX_VALUE, Progress.NONE).values().asList().get(0);

    assertThat(maps.components().count()).isGreaterThan(10);
    assertThat(maps.complaints()).anyMatch(c -> c.contains("reduces little"));
  }

  @Test
  void nothingWrittenIsNothingRead() throws Exception {
    assertThat(NetworkFiles.read(folder)).isEmpty();
  }

  @Test
  void damagedFilesAreNamed() throws Exception {
    NetworkFiles.write(folder, find(Networks.of(3)), Networks.of(3));
    Npy.write(folder.resolve("u.maps.npy"), Matrix.zeros(2, 20));
    damaged();
    Files.writeString(folder.resolve("networks.json"), "{\"units\": [{}]}");
    damaged();
    Files.writeString(folder.resolve("networks.json"), "{");
    damaged();
  }

  private void damaged() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> NetworkFiles.read(folder))
        .withMessageContaining("networks.json is damaged");
  }

  private void deleteFeatures() throws IOException {
    Files.deleteIfExists(folder.resolve("u.features.npy"));
  }

  private JsonObject unit() throws IOException {
    return JsonParser.parseString(Files.readString(folder.resolve("networks.json")))
        .getAsJsonObject()
        .getAsJsonArray("units")
        .get(0)
        .getAsJsonObject();
  }

  /** Of as many groups as the options have shards, of 20 neurons or of 10 twice. */
  private static ImmutableMap<String, NetworkMaps> find(Networks options) {
    int count = ((Networks.Groups.Shards) options.groups()).count();
    ImmutableList.Builder<CalibrationGroup> groups = ImmutableList.builder();
    for (int g = 0; g < count; g++) {
      groups.add(CalibrationGroup.of(store(Matrices.gaussian(300, 20, 60 + g))));
    }
    return NetworkFinder.find(groups.build(), options, 1, Long.MAX_VALUE, Progress.NONE);
  }

  /** Moments with lagged products that make for ρ = 0.5. */
  private static MomentsStore store(Matrix samples) {
    Moments moments = SampleMoments.of(samples);
    Matrix mean = moments.mean();
    Matrix variance = moments.variance();
    Matrix products =
        Matrix.tabulate(
            1, 20, (i, j) -> 299 * (0.5 * variance.get(0, j) + mean.get(0, j) * mean.get(0, j)));
    MomentsStore plain = MomentsStore.of(ImmutableMap.of("u", moments));
    return new MomentsStore() {
      @Override
      public ImmutableSet<String> ids() {
        return plain.ids();
      }

      @Override
      public Captured get(String id) {
        return plain.get(id);
      }

      @Override
      public Optional<LagProducts> lag(String id) {
        return Optional.of(new LagProducts(299, products));
      }
    };
  }
}
