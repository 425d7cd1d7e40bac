package org.fnprune.fuzz;

import com.google.common.collect.ImmutableMap;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fnprune.capture.MomentsFiles;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Npy;
import org.fnprune.network.NetworkFiles;
import org.fnprune.network.SampleNetworks;
import org.fnprune.recipe.Flag;
import org.fnprune.recipe.Overrides;
import org.fnprune.recipe.RecipeReader;
import org.fnprune.report.RunContents;

/** Reads the JSON files of a run folder that somebody else made; the first byte says which. */
final class RunFolderTarget implements FuzzTarget {

  private static final List<String> FILES =
      List.of(
          "moments/moments.json",
          "networks/networks.json",
          "report.json",
          "plan.json",
          "networks/drivers.json",
          "lesion/lesion.json",
          "sweep/sweep.json");

  private static final String MOMENTS =
      "{\"schema\": 1, \"tokens\": 5, \"device\": \"cpu\", \"model\": \"m\", \"units\": [{\"id\":"
          + " \"u\", \"n\": 5, \"width\": 2, \"kind\": \"gram\"}, {\"id\": \"v\", \"n\": 5,"
          + " \"width\": 2, \"kind\": \"sketch\", \"rank\": 1, \"residual\": 0.5, \"lag_pairs\":"
          + " 4}]}";

  private static final String REPORT =
      "{\"tool\": {\"name\": \"fnprune\", \"version\": \"1\"}, \"model\": {\"dense\": {\"path\":"
          + " \"p\", \"parameters\": 9, \"bytes\": 9, \"sha256\": \"x\"}, \"slim\": {\"path\":"
          + " \"p\", \"parameters\": 9, \"bytes\": 9, \"sha256\": \"x\"}}, \"selection\":"
          + " {\"chosen\": \"c\", \"reason\": \"r\", \"trials\": []}, \"equivalence\":"
          + " {\"max_abs_diff\": 0, \"tolerance\": 1, \"passed\": true}, \"tasks\": [{\"name\":"
          + " \"t\", \"metric\": \"m\", \"dense\": 1, \"slim\": null, \"n\": 3}], \"networks\":"
          + " [{\"unit\": \"u\", \"networks\": 1, \"thresholds\": [{\"centre\": 0, \"tau\": 1}],"
          + " \"sizes\": [1], \"stability\": [0.5]}], \"units\": [{\"id\": \"u\", \"kind\": \"ffn\","
          + " \"width\": 4, \"kept\": 2}], \"latency\": [{\"batch_size\": 1, \"runs\": 2}],"
          + " \"gate\": {\"passed\": true, \"reasons\": [], \"max_drop\": 0.1}, \"timings\":"
          + " {\"capture\": 5}, \"warnings\": []}";

  @Override
  public List<byte[]> seeds() throws IOException {
    Path folder = Files.createTempDirectory("fnprune-seeds");
    NetworkFiles.write(
        folder,
        ImmutableMap.of("u", SampleNetworks.of(Matrix.tabulate(2, 4, (i, j) -> i - j))),
        RecipeReader.fromFlags(
                Overrides.none()
                    .with(Flag.MODEL, "m")
                    .with(Flag.OUTPUT, "o")
                    .with(Flag.SPARSITY, "0.5")
                    .with(Flag.SELECTOR, "random")
                    .with(Flag.COMPENSATE, "none"))
            .networks());
    String networks = Files.readString(folder.resolve("networks.json"));
    MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    List<String> contents =
        List.of(
            MOMENTS,
            networks,
            REPORT,
            "{\"units\": [{\"id\": \"u\", \"unit_size\": 1, \"kept\": [0, 2]}]}",
            "{\"u\": [{\"network\": 0}]}",
            "{\"dense\": [], \"lesions\": [{\"unit\": \"u\", \"network\": 0, \"neurons\": 1,"
                + " \"tasks\": []}]}",
            "{\"rows\": []}");
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < contents.size(); i++) {
      byte[] content = contents.get(i).getBytes(StandardCharsets.UTF_8);
      byte[] seed = new byte[content.length + 1];
      seed[0] = (byte) i;
      System.arraycopy(content, 0, seed, 1, content.length);
      seeds.add(seed);
    }
    return seeds;
  }

  @Override
  public void read(byte[] input, Path folder) throws IOException {
    Path run = folder.resolve("run");
    String changed = FILES.get(input.length == 0 ? 0 : (input[0] & 0xff) % FILES.size());
    if (!Files.exists(run)) {
      for (String name : List.of("moments/u.sum", "moments/v.sum", "moments/v.squares")) {
        matrix(run.resolve(name + ".npy"), 1, 2);
      }
      matrix(run.resolve("moments/u.gram.npy"), 2, 2);
      matrix(run.resolve("moments/v.values.npy"), 1, 1);
      matrix(run.resolve("moments/v.vectors.npy"), 2, 1);
      matrix(run.resolve("moments/v.lag.npy"), 1, 2);
      matrix(run.resolve("networks/u.maps.npy"), 2, 4);
    }
    for (String other : FILES) {
      Files.deleteIfExists(run.resolve(other));
    }
    Files.writeString(run.resolve("report.json"), REPORT);
    Path file = run.resolve(changed);
    MoreFiles.createParentDirectories(file);
    Files.write(file, Arrays.copyOfRange(input, Math.min(1, input.length), input.length));
    switch (changed) {
      case "moments/moments.json" -> {
        try {
          MomentsFiles.require(run.resolve("moments"), "m", List.of());
        } catch (UsageException e) {
          MomentsFiles.open(run.resolve("moments"));
          throw e;
        }
        var moments = MomentsFiles.require(run.resolve("moments"), "m", List.of());
        moments.ids().forEach(moments::get);
        moments.ids().forEach(moments::lag);
      }
      case "networks/networks.json" -> {
        RunContents.read(run);
        NetworkFiles.read(run.resolve("networks"));
      }
      default -> RunContents.read(run);
    }
  }

  private static void matrix(Path file, int rows, int cols) throws IOException {
    MoreFiles.createParentDirectories(file);
    Npy.write(file, Matrix.tabulate(rows, cols, (i, j) -> i + j));
  }
}
