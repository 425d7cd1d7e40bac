package org.fnprune.common;

import com.google.common.hash.Hashing;
import com.google.common.hash.HashingOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Hashes of files. */
public final class Hashes {

  private Hashes() {}

  /** SHA-256 of a file in hexadecimal. */
  public static String sha256(Path file) throws IOException {
    try (HashingOutputStream hash =
        new HashingOutputStream(Hashing.sha256(), OutputStream.nullOutputStream())) {
      Files.copy(file, hash);
      return hash.hash().toString();
    }
  }
}
