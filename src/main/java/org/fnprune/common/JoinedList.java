package org.fnprune.common;

import com.google.common.collect.ImmutableList;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/** Lists one behind the other, as a view: what they make when asked is never held together. */
public final class JoinedList<T> extends AbstractList<T> implements RandomAccess {

  private final ImmutableList<List<T>> parts;
  private final int size;

  private JoinedList(ImmutableList<List<T>> parts) {
    this.parts = parts;
    this.size = parts.stream().mapToInt(List::size).reduce(0, Math::addExact);
  }

  /** The elements of all parts, which do not change any more. */
  public static <T> List<T> of(Iterable<? extends List<T>> parts) {
    ImmutableList<List<T>> lists = ImmutableList.copyOf(parts);
    return lists.size() == 1 ? lists.get(0) : new JoinedList<>(lists);
  }

  @Override
  public T get(int index) {
    int left = Objects.checkIndex(index, size);
    int part = 0;
    while (left >= parts.get(part).size()) {
      left -= parts.get(part++).size();
    }
    return parts.get(part).get(left);
  }

  @Override
  public int size() {
    return size;
  }
}
