package org.fnprune.data;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * How a file is compressed, by the ending of its name. Everything is unpacked as a stream, so what
 * a small file unpacks to is never held; {@link LineReader} limits what one line may take.
 */
enum Compression {
  NONE(""),
  GZIP(".gz"),
  ZSTD(".zst"),
  BZIP2(".bz2"),
  XZ(".xz");

  /** What unpacking xz may take; its strongest setting takes 65 MiB. */
  private static final int XZ_MEMORY_KIB = 128 << 10;

  private static final int BUFFER = 1 << 16;

  private final String ending;

  Compression(String ending) {
    this.ending = ending;
  }

  /** The compression of a file with this name, in small letters. */
  static Compression of(String name) {
    for (Compression compression : values()) {
      if (compression != NONE && name.endsWith(compression.ending)) {
        return compression;
      }
    }
    return NONE;
  }

  /** As users call it. */
  String label() {
    return ending.substring(Math.min(1, ending.length()));
  }

  /** The name without the compression's ending. */
  String inner(String name) {
    return name.substring(0, name.length() - ending.length());
  }

  /** What a decoder says of damaged bytes is an {@link IOException}, whatever it throws. */
  private static final class Unpacked extends ByteFilter {

    Unpacked(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return in.read(target, offset, length);
      } catch (RuntimeException e) {
        throw new IOException(String.valueOf(e.getMessage()), e);
      }
    }
  }

  /** The unpacked bytes. Several streams behind one another are one, as for the usual tools. */
  InputStream open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
    try {
      InputStream unpacked =
          switch (this) {
            case NONE -> in;
            case GZIP ->
                GzipCompressorInputStream.builder()
                    .setInputStream(in)
                    .setDecompressConcatenated(true)
                    .get();
            case ZSTD -> new ZstdInputStream(new ZstdWindows(in));
            case BZIP2 -> new BZip2CompressorInputStream(in, true);
            case XZ -> new XZInputStream(in, XZ_MEMORY_KIB);
          };
      return this == NONE ? in : new Unpacked(unpacked);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }
}
