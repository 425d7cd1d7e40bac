package org.fnprune.data;

import java.io.IOException;
import java.io.Reader;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.fnprune.common.UsageException;

/**
 * The characters of a table for a parser that wants them. Lines that cannot be used are passed on
 * as well as they can be read and remembered, for the parser's rows may be made of several. Behind
 * one that is too long no row can be told from another.
 */
final class TableReader extends Reader {

  private final LineReader lines;
  private final NavigableMap<Integer, UsageException> bad = new TreeMap<>();
  private String text = "";
  private String end = "";
  private int position;
  private long rowStart;
  private long read;

  TableReader(LineReader lines) {
    this.lines = lines;
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (position == text.length()) {
      if (!end.isEmpty()) {
        text = end;
        end = "";
      } else if (lines.next()) {
        text = line();
        end = lines.end();
      } else {
        return -1;
      }
      position = 0;
    }
    int count = Math.min(length, text.length() - position);
    text.getChars(position, position + count, target, offset);
    position += count;
    read += count;
    if (read - rowStart > LineReader.MAX_LINE_BYTES) {
      throw new UsageException(
          lines.where() + "a row goes on for more than 16 MiB", "is a quote not closed?");
    }
    return count;
  }

  private String line() {
    try {
      return lines.text();
    } catch (UsageException e) {
      if (lines.isTooLong()) {
        throw e;
      }
      bad.put(lines.number(), e);
      return lines.readableText();
    }
  }

  /** The parser has all of a row; the next one starts. */
  void endRow() {
    rowStart = read;
  }

  /** What is wrong with the first bad line among these, both included. */
  Optional<UsageException> wrongWith(int first, int last) {
    NavigableMap<Integer, UsageException> found = bad.subMap(first, true, last, true);
    return found.isEmpty() ? Optional.empty() : Optional.of(found.firstEntry().getValue());
  }

  /** Lines before this one are done with. */
  void forget(int before) {
    bad.headMap(before).clear();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
