package org.fnprune.cli;

import java.io.IOException;
import java.nio.file.*;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumbersGoneWrongTest {
  @TempDir private Path folder;
  private Workplace work;
  private int n;

  interface Sick { void make(Path model) throws IOException; }

  private void probe(String name, Sick sick, String... lines) throws IOException {
    work = new Workplace(Files.createDirectory(folder.resolve("p" + n++)));
    sick.make(work.path("m/model.onnx"));
    for (String line : lines) {
      Workplace.Outcome o;
      try { o = work.run("prune @/m --calibration @/text.jsonl --sparsity 0.5 --round-to 4 --components 3 --restarts 2 --latency false --quiet --force --task @/lm.yaml --max-drop 9 --output @/out " + line); }
      catch (Throwable t) { System.out.println("THROW " + name + " | " + line + " | " + t); continue; }
      System.out.println(o.code() + " " + name + " | " + line + " | " + o.err().replace("\n", " // ").replace(work.path("").toString(), "@"));
      if (Files.exists(work.path("out"))) for (String f : work.files("out")) if (f.endsWith(".json")) {
        String t = work.read("out/" + f);
        if (t.matches("(?s).*\\b(NaN|-?Infinity)\\b.*")) { int i = t.indexOf("NaN"); if (i < 0) i = t.indexOf("Infinity"); System.out.println("   !! " + f + ": " + t.substring(Math.max(0, i - 80), i + 20).replace("\n", " ")); }
      }
    }
  }
  static final String[] MATRIX = {
    "--selector auto", "--selector obs", "--selector functional-networks", "--selector wanda-sp --compensate bias", "--selector flap --compensate bias", "--selector magnitude --compensate none", "--selector random --compensate none",
    "--selector flap --compensate least-squares --allocation z-score", "--selector obs --allocation sensitivity", "--selector wanda-sp --allocation curvature", "--selector functional-networks --allocation global"};

  @Test void probes() throws IOException {
    float nan = Float.NaN, inf = Float.POSITIVE_INFINITY;
    probe("NaN in up", m -> WeightEdits.set(m, "layers.0.up.w", 1, 3, nan), MATRIX);
    probe("Inf in down", m -> WeightEdits.set(m, "layers.1.down.w", 2, 3, inf), MATRIX);
    probe("NaN in head", m -> WeightEdits.set(m, "head", 2, 3, nan), MATRIX);
    probe("Inf in head", m -> WeightEdits.set(m, "head", 2, 3, -inf), MATRIX);
    probe("NaN in embed of w3", m -> WeightEdits.set(m, "embed", 3, 0, nan), MATRIX);
    probe("huge embed of w3", m -> WeightEdits.edit(m, "embed", (r, c, v) -> r == 3 ? 3e38f : v), MATRIX);
    probe("large embed of w3", m -> WeightEdits.edit(m, "embed", (r, c, v) -> r == 3 ? 1e20f : v), MATRIX);
    probe("dead neurons", m -> WeightEdits.edit(m, "layers.0.up.b", (r, c, v) -> c < 5 ? -100 : v), MATRIX);
    probe("constant neurons", m -> { WeightEdits.edit(m, "layers.0.up.w", (r, c, v) -> c < 5 ? 0 : v); WeightEdits.edit(m, "layers.0.up.b", (r, c, v) -> c < 5 ? 1 : v);}, MATRIX);
    probe("identical neurons", m -> { WeightEdits.edit(m, "layers.0.up.w", (r, c, v) -> r * 0.3f - 1); WeightEdits.edit(m, "layers.0.up.b", (r, c, v) -> .5f);}, MATRIX);
    probe("all dead", m -> WeightEdits.edit(m, "layers.0.up.b", (r, c, v) -> -100), MATRIX);
    probe("both dead", m -> { WeightEdits.edit(m, "layers.0.up.b", (r, c, v) -> -100); WeightEdits.edit(m, "layers.1.up.b", (r, c, v) -> -100);}, MATRIX);
    probe("all constant", m -> { WeightEdits.edit(m, "layers.0.up.w", (r, c, v) -> 0); WeightEdits.edit(m, "layers.0.up.b", (r, c, v) -> 1);}, MATRIX);
    probe("zero down", m -> WeightEdits.edit(m, "layers.0.down.w", (r, c, v) -> 0), MATRIX);
    probe("zero all", m -> { WeightEdits.edit(m, "embed", (r, c, v) -> 0);  WeightEdits.edit(m, "head", (r, c, v) -> 0);}, MATRIX);
    probe("one text", m -> work.write("text.jsonl", "{\"text\": \"w1 w2 w3\"}\n"), MATRIX);
    probe("equal texts", m -> work.write("text.jsonl", "{\"text\": \"w1 w1\"}\n".repeat(9)), MATRIX);
    probe("unknown", m -> work.write("text.jsonl", "{\"text\": \"q q q q\"}\n".repeat(3)), MATRIX);
    probe("one token", m -> { work.write("text2.jsonl", "{\"text\": \"w1\"}\n"); }, "--calibration @/text2.jsonl", "--calibration @/text2.jsonl --num-samples 1 --batch-size 1");
  }
}
