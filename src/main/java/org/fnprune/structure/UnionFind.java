package org.fnprune.structure;

import java.util.Arrays;

/** Disjoint sets of channels that can only be removed together. */
final class UnionFind {

  private int[] parent = new int[0];

  /** Adds {@code count} channels, each on its own, and returns the first one's number. */
  int add(int count) {
    int first = parent.length;
    parent = Arrays.copyOf(parent, first + count);
    for (int i = first; i < parent.length; i++) {
      parent[i] = i;
    }
    return first;
  }

  int find(int channel) {
    int root = channel;
    while (parent[root] != root) {
      parent[root] = parent[parent[root]];
      root = parent[root];
    }
    return root;
  }

  void union(int a, int b) {
    int rootA = find(a);
    int rootB = find(b);
    parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
  }
}
