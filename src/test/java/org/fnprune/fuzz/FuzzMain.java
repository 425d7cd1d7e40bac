package org.fnprune.fuzz;
import java.nio.file.Path;
import java.util.Arrays;
public final class FuzzMain {
  public static void main(String[] a) throws Exception {
    Targets t = a[0].equals("ALL") ? null : Targets.valueOf(a[0]);
    Path f = Path.of("target/fuzz/" + a[0]).toAbsolutePath();
    java.nio.file.Files.createDirectories(f);
    System.out.println(a[0] + " " + new JazzerRun(t, f).run(Arrays.asList(a).subList(1, a.length)));
  }
}
