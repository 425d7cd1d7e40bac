package org.fnprune.data;

import com.google.common.primitives.ImmutableIntArray;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** Token sequences that may be made when they are asked for; their lengths are always at hand. */
abstract class Sequences extends AbstractList<ImmutableIntArray> implements RandomAccess {

  /** Tokens of a row. */
  abstract int length(int row);

  /** A list as it is. */
  static Sequences of(List<ImmutableIntArray> rows) {
    return rows instanceof Sequences sequences ? sequences : new Held(List.copyOf(rows));
  }

  /** A view of some rows, in this order. */
  Sequences only(ImmutableIntArray rows) {
    return new Some(this, rows);
  }

  private static final class Held extends Sequences {
    private final List<ImmutableIntArray> rows;

    Held(List<ImmutableIntArray> rows) {
      this.rows = rows;
    }

    @Override
    int length(int row) {
      return rows.get(row).length();
    }

    @Override
    public ImmutableIntArray get(int row) {
      return rows.get(row);
    }

    @Override
    public int size() {
      return rows.size();
    }
  }

  private static final class Some extends Sequences {
    private final Sequences all;
    private final ImmutableIntArray rows;

    Some(Sequences all, ImmutableIntArray rows) {
      this.all = all;
      this.rows = rows;
    }

    @Override
    int length(int row) {
      return all.length(rows.get(row));
    }

    @Override
    public ImmutableIntArray get(int row) {
      return all.get(rows.get(row));
    }

    @Override
    public int size() {
      return rows.length();
    }
  }
}
