package org.fnprune;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;

/** Passes everything on and keeps the warnings, for a report. */
final class KeptWarnings implements Pipeline.Listener {

  private final Pipeline.Listener listener;
  private final List<String> warnings = new ArrayList<>();

  KeptWarnings(Pipeline.Listener listener) {
    this.listener = listener;
  }

  /** Those so far. */
  ImmutableList<String> warnings() {
    return ImmutableList.copyOf(warnings);
  }

  @Override
  public void warn(String message) {
    warnings.add(message);
    listener.warn(message);
  }

  /** Those since there were {@code before}. */
  ImmutableList<String> since(int before) {
    return ImmutableList.copyOf(warnings.subList(before, warnings.size()));
  }

  /** Passes on what a report says in another place than among its warnings. */
  void warnOnly(String message) {
    listener.warn(message);
  }

  @Override
  public void note(String message) {
    listener.note(message);
  }

  @Override
  public void start(String stage, long total, String unit) {
    listener.start(stage, total, unit);
  }

  @Override
  public void advance(long units) {
    listener.advance(units);
  }

  @Override
  public void done() {
    listener.done();
  }
}
