package org.fnprune.network;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Npy;

/** Reference arrays that the scripts under benchmarks/oracle made. */
final class Oracle {

  private Oracle() {}

  static Matrix read(String name) throws IOException, URISyntaxException {
    String resource = "/oracle/" + name + ".npy";
    return Npy.read(Path.of(Objects.requireNonNull(Oracle.class.getResource(resource)).toURI()));
  }
}
