package org.fnprune.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.fnprune.Pipeline;

/** Counts what it is told, and fails when it is told one thing: as if the process ended there. */
final class FaultyListener implements Pipeline.Listener {

  /** Not an exception that anything catches. */
  static final class Fault extends Error {
    private static final long serialVersionUID = 1;
  }

  private final int fails;
  private final String stage;
  private final Runnable fault;
  private int told;

  private FaultyListener(int fails, String stage, Runnable fault) {
    this.fails = fails;
    this.stage = stage;
    this.fault = fault;
  }

  private static void fail() {
    throw new Fault();
  }

  /** Fails when it is told something for the {@code n}th time, from 1; 0 for never. */
  static FaultyListener after(int n) {
    return new FaultyListener(n, "", FaultyListener::fail);
  }

  /** Fails when a stage starts. */
  static FaultyListener at(String stage) {
    return new FaultyListener(0, stage, FaultyListener::fail);
  }

  /** Moves a file away when a stage starts. */
  static FaultyListener moving(Path file, Path to, String stage) {
    return new FaultyListener(
        0,
        stage,
        () -> {
          try {
            Files.move(file, to);
          } catch (NoSuchFileException e) {
            // Moved when the stage started before.
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** How often it was told something. */
  int told() {
    return told;
  }

  private void tell() {
    told++;
    if (told == fails) {
      fault.run();
    }
  }

  @Override
  public void start(String name, long total, String unit) {
    if (name.equals(stage)) {
      fault.run();
    }
    tell();
  }

  @Override
  public void advance(long units) {
    tell();
  }

  @Override
  public void done() {
    tell();
  }

  @Override
  public void warn(String message) {
    tell();
  }

  @Override
  public void note(String message) {
    tell();
  }
}
