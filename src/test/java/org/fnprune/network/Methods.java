package org.fnprune.network;

import org.fnprune.recipe.Networks;

/** Options of tests that differ from the usual in their method, groups or signals. */
final class Methods {

  private Methods() {}

  static Networks of(Networks.Method method, int components) {
    return of(method, components, 1, Networks.Grouping.STACKED);
  }

  static Networks of(
      Networks.Method method, int components, int groups, Networks.Grouping grouping) {
    Networks usual = Networks.of(components);
    return new Networks(
        method,
        usual.signals(),
        usual.components(),
        usual.threshold(),
        new Networks.Groups.Shards(groups),
        grouping,
        usual.ica());
  }

  static Networks with(Networks options, Networks.Components components) {
    return new Networks(
        options.method(),
        options.signals(),
        components,
        options.threshold(),
        options.groups(),
        options.grouping(),
        options.ica());
  }

  static Networks with(Networks options, Networks.Signals signals) {
    return new Networks(
        options.method(),
        signals,
        options.components(),
        options.threshold(),
        options.groups(),
        options.grouping(),
        options.ica());
  }
}
