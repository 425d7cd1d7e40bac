package org.fnprune.capture;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.hash.HashingInputStream;
import com.google.common.hash.HashingOutputStream;
import com.google.common.io.ByteStreams;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.common.primitives.ImmutableIntArray;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.fnprune.common.AtomicFiles;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Numbers;
import org.fnprune.runtime.RuntimeOptions;
import org.jspecify.annotations.Nullable;

/**
 * What unfinished passes over the text have added up, on disk, so that an interrupted capture goes
 * on instead of starting over. A pass is found again by a hash of all that its sums depend on: the
 * model, the device, the text, and what is measured. The sums are those in memory bit by bit, and
 * batches are added in the same order, so that an interruption changes no bit of the result.
 */
final class PassJournal {

  /** Remembers nothing. */
  static final PassJournal NONE = new PassJournal(null, HashCode.fromInt(0), Duration.ZERO);

  private static final int MAGIC = 0x666e7031;
  private static final int CHUNK = 1 << 13;

  /** Writing may take one part in so many of the time. */
  private static final int SELDOM = 20;

  private final @Nullable Path folder;
  private final HashCode context;
  private final long interval;

  private PassJournal(@Nullable Path folder, HashCode context, Duration interval) {
    this.folder = folder;
    this.context = context;
    this.interval = interval.toNanos();
  }

  /** The journal of a capture into a moments folder. */
  static PassJournal in(
      Path moments, List<TokenBatch> text, CaptureOptions options, RuntimeOptions runtime) {
    Hasher hash = Hashing.sha256().newHasher();
    hash.putUnencodedChars(options.model() + '\n' + runtime.deviceName() + '\n');
    hash.putUnencodedChars(RuntimeOptions.version());
    for (TokenBatch batch : text) {
      hash.putInt(batch.padId()).putInt(batch.size());
      batch.sequences().forEach(row -> put(hash, row));
      batch.types().forEach(row -> put(hash, row));
    }
    return new PassJournal(moments.resolve(MomentsFiles.UNFINISHED), hash.hash(), options.lost());
  }

  private static void put(Hasher hash, ImmutableIntArray row) {
    hash.putInt(row.length());
    for (int i = 0; i < row.length(); i++) {
      hash.putInt(row.get(i));
    }
  }

  /** Forgets all passes of a capture into a moments folder. */
  static void remove(Path moments) throws IOException {
    Path folder = moments.resolve(MomentsFiles.UNFINISHED);
    if (Files.exists(folder)) {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  /** The pass that measures this. */
  Pass pass(List<Signal> signals, List<Measurement> measurements) {
    if (folder == null) {
      return new Pass(null, measurements);
    }
    Hasher hash = Hashing.sha256().newHasher().putBytes(context.asBytes());
    signals.forEach(signal -> hash.putUnencodedChars(signal.toString()));
    measurements.forEach(measurement -> measurement.identify(hash));
    return new Pass(folder.resolve(hash.hash() + ".sums"), measurements);
  }

  /** One pass over the text. */
  final class Pass {

    private final @Nullable Path file;
    private final List<Measurement> measurements;
    private long saved = System.nanoTime();
    private long cost;

    private Pass(@Nullable Path file, List<Measurement> measurements) {
      this.file = file;
      this.measurements = measurements;
    }

    /**
     * Puts what is on disk into the measurements.
     *
     * @param batches of the whole pass
     * @return how many of them are in it; 0 where nothing whole is there
     */
    int restore(int batches) {
      if (file == null || !Files.isRegularFile(file)) {
        return 0;
      }
      try {
        return isWhole(file) ? load(file, batches) : 0;
      } catch (IOException e) {
        return 0;
      }
    }

    private int load(Path sums, int batches) throws IOException {
      try (DataInputStream in =
          new DataInputStream(new BufferedInputStream(Files.newInputStream(sums), CHUNK * 8))) {
        int done = in.readInt() == MAGIC ? in.readInt() : 0;
        if (done < 1 || done > batches) {
          return 0;
        }
        for (Measurement measurement : measurements) {
          measurement.load((values, from, count) -> get(in, values, from, count));
        }
        return done;
      }
    }

    /**
     * Writes the sums if the last time is long enough ago.
     *
     * @param done batches that are in them
     * @throws UncheckedIOException when they cannot be written
     */
    void save(int done) {
      long start = System.nanoTime();
      long due = interval == 0 ? 0 : Math.max(interval, SELDOM * cost);
      if (file == null || start - saved < due) {
        return;
      }
      try {
        write(file, done);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      saved = System.nanoTime();
      cost = saved - start;
    }

    private void write(Path sums, int done) throws IOException {
      MoreFiles.createParentDirectories(sums);
      AtomicFiles.write(
          sums,
          raw -> {
            HashingOutputStream hashed = new HashingOutputStream(Hashing.crc32c(), raw);
            DataOutputStream out = new DataOutputStream(hashed);
            out.writeInt(MAGIC);
            out.writeInt(done);
            for (Measurement measurement : measurements) {
              measurement.save((values, from, count) -> put(out, values, from, count));
            }
            out.writeInt(hashed.hash().asInt());
          });
    }
  }

  /** Looks at the sum of all bytes before the last four, which say it. */
  private static boolean isWhole(Path file) throws IOException {
    long body = Files.size(file) - Integer.BYTES;
    if (body < 2 * Integer.BYTES) {
      return false;
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), CHUNK * 8)) {
      HashingInputStream hashed =
          new HashingInputStream(Hashing.crc32c(), ByteStreams.limit(in, body));
      ByteStreams.exhaust(hashed);
      return new DataInputStream(in).readInt() == hashed.hash().asInt();
    } catch (EOFException e) {
      return false;
    }
  }

  private static void put(DataOutputStream out, double[] values, int from, int count)
      throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK * Double.BYTES);
    for (int at = from; at < from + count; at += CHUNK) {
      int size = Math.min(CHUNK, from + count - at);
      chunk.clear().asDoubleBuffer().put(values, at, size);
      out.write(chunk.array(), 0, size * Double.BYTES);
    }
  }

  private static void get(DataInputStream in, double[] values, int from, int count)
      throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK * Double.BYTES);
    for (int at = from; at < from + count; at += CHUNK) {
      int size = Math.min(CHUNK, from + count - at);
      in.readFully(chunk.array(), 0, size * Double.BYTES);
      chunk.clear().asDoubleBuffer().get(values, at, size);
    }
  }
}
