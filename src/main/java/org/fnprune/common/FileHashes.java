package org.fnprune.common;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Hashes of files, each computed once: of a model of some gigabytes it takes seconds. */
public final class FileHashes {

  private final Map<Path, String> known = new HashMap<>();

  /** SHA-256 of a file in hexadecimal, as it was when it was first asked for. */
  public String sha256(Path file) throws IOException {
    String hash = known.get(file);
    if (hash == null) {
      hash = Hashes.sha256(file);
      known.put(file, hash);
    }
    return hash;
  }
}
