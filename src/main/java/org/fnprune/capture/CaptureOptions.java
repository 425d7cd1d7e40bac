package org.fnprune.capture;

import java.time.Duration;

/**
 * What is captured, and in how much memory.
 *
 * @param memory bytes that a capture may hold at a time: sums on the heap, and outputs and rows of
 *     one batch outside it. The model itself and what it computes with come on top.
 * @param lag whether {@link LagProducts} are captured
 * @param rank r, how many directions a sketch keeps of signals whose products do not fit
 * @param seed of a sketch's random start
 * @param model what identifies the model, such as its SHA-256; only captures of one model add up
 * @param lost how much work an interruption may cost: sums go to disk about as often, and less
 *     often where that would take more than a twentieth of the time; zero for after every batch
 */
public record CaptureOptions(
    long memory, boolean lag, int rank, long seed, String model, Duration lost) {

  /** Directions that a sketch keeps where nothing else is asked for. */
  public static final int RANK = 128;

  private static final Duration LOST = Duration.ofSeconds(2);

  public CaptureOptions {
    if (memory < 1 || rank < 1) {
      throw new IllegalArgumentException(memory + " bytes, rank " + rank);
    }
  }

  /** Half of the largest heap that this process may have, and sketches of {@link #RANK}. */
  public static CaptureOptions defaults(String model) {
    return new CaptureOptions(defaultMemory(), false, RANK, 0, model, LOST);
  }

  /** Half of the largest heap that this process may have, in bytes. */
  public static long defaultMemory() {
    return Runtime.getRuntime().maxMemory() / 2;
  }

  /** These options with another memory limit, in bytes. */
  public CaptureOptions withMemory(long bytes) {
    return new CaptureOptions(bytes, lag, rank, seed, model, lost);
  }

  /** These options with or without {@link LagProducts}. */
  public CaptureOptions withLag(boolean wanted) {
    return new CaptureOptions(memory, wanted, rank, seed, model, lost);
  }

  /** These options with sketches of {@code directions}. */
  public CaptureOptions withRank(int directions) {
    return new CaptureOptions(memory, lag, directions, seed, model, lost);
  }

  /** These options with another start of the sketches. */
  public CaptureOptions withSeed(long start) {
    return new CaptureOptions(memory, lag, rank, start, model, lost);
  }

  /** These options with sums on disk as often as after {@code work}. */
  public CaptureOptions withLost(Duration work) {
    return new CaptureOptions(memory, lag, rank, seed, model, work);
  }
}
