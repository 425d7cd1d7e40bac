package org.fnprune.data;

import io.airlift.compress.Decompressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Unpacks pages of Parquet files in Java alone. Parquet's own codecs are Hadoop's: they bring
 * native libraries, and take whatever size a page claims.
 */
final class ParquetCodecs implements CompressionCodecFactory {

  /** Writers make pages of about 1 MiB. */
  private static final int MAX_PAGE_BYTES = 256 << 20;

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("nothing is written");
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return new Page(codec);
  }

  @Override
  public void release() {}

  /** Unpacks pages of one codec. */
  private record Page(CompressionCodecName codec) implements BytesInputDecompressor {

    @Override
    public BytesInput decompress(BytesInput packed, int size) throws IOException {
      if (codec == CompressionCodecName.UNCOMPRESSED) {
        return packed;
      }
      if (size < 0 || size > MAX_PAGE_BYTES) {
        throw new IOException("a page of " + size + " bytes; allowed: " + MAX_PAGE_BYTES);
      }
      byte[] from = bytes(packed);
      return BytesInput.from(
          switch (codec) {
            case SNAPPY -> unpack(new SnappyDecompressor(), from, size);
            case ZSTD -> unpack(new ZstdDecompressor(), from, size);
            case LZ4_RAW -> unpack(new Lz4Decompressor(), from, size);
            case GZIP -> gzip(from, size);
            default -> throw new IOException("compression " + codec + " is not supported");
          });
    }

    private static byte[] bytes(BytesInput input) throws IOException {
      return input.toInputStream().readAllBytes();
    }

    private static byte[] unpack(Decompressor codec, byte[] packed, int size) throws IOException {
      byte[] page = new byte[size];
      return whole(page, codec.decompress(packed, 0, packed.length, page, 0, size));
    }

    private static byte[] gzip(byte[] packed, int size) throws IOException {
      byte[] page = new byte[size];
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
        return whole(page, in.readNBytes(page, 0, size));
      }
    }

    private static byte[] whole(byte[] page, int unpacked) throws IOException {
      if (unpacked != page.length) {
        throw new IOException("a page of " + unpacked + " bytes, not " + page.length);
      }
      return page;
    }

    @Override
    public void decompress(ByteBuffer packed, int packedSize, ByteBuffer page, int size)
        throws IOException {
      byte[] from = new byte[packedSize];
      packed.get(from);
      page.put(bytes(decompress(BytesInput.from(from), size)));
    }

    @Override
    public void release() {}
  }
}
