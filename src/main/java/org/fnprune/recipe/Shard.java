package org.fnprune.recipe;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fnprune.common.UsageException;

/**
 * Every {@code count}-th sample, starting at the {@code index}-th.
 *
 * @param index from 1 to {@code count}
 * @param count how many shards there are; 1 is no sharding
 */
public record Shard(int index, int count) {

  /** All samples. */
  public static final Shard ALL = new Shard(1, 1);

  private static final Pattern TEXT = Pattern.compile("([0-9]{1,6})/([0-9]{1,6})");

  public Shard {
    if (index < 1 || index > count) {
      throw new IllegalArgumentException("shard " + index + " of " + count);
    }
  }

  /**
   * Reads {@code I/N}, as the flag {@code --shard} takes it.
   *
   * @throws UsageException when it is not that, or I is not from 1 to N
   */
  public static Shard parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new UsageException(
          "--shard '" + text + "': must be I/N, two whole numbers", "write 1/4 for the first of 4");
    }
    int index = Integer.parseInt(matcher.group(1));
    int count = Integer.parseInt(matcher.group(2));
    if (index < 1 || index > count) {
      throw new UsageException(
          "--shard '" + text + "': the shard's number must lie between 1 and the number of shards",
          "write 1/4 for the first of 4");
    }
    return new Shard(index, count);
  }

  /** Whether the shard has the sample at this place, counted from 0. */
  public boolean has(int place) {
    return place % count == index - 1;
  }

  @Override
  public String toString() {
    return index + "/" + count;
  }
}
