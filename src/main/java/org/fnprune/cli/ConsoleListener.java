package org.fnprune.cli;

import com.google.common.base.Strings;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.fnprune.Pipeline;
import org.jspecify.annotations.Nullable;

/**
 * Shows progress on stderr: a bar with speed and time left on a terminal, one line per stage
 * elsewhere.
 */
final class ConsoleListener implements Pipeline.Listener, AutoCloseable {

  private static final int REFRESH_MS = 200;

  /** Units per second from which a speed tells something. */
  private static final double WORTH_SAYING = 10;

  private final Console console;
  private final boolean animated;
  private final Deque<Stage> stages = new ArrayDeque<>();

  /** A stage that has started; one may start within another. */
  private static final class Stage {
    private final String name;
    private final String unit;
    private final long started = System.nanoTime();
    private @Nullable ProgressBar bar;
    private long finished;

    Stage(String name, String unit) {
      this.name = name;
      this.unit = unit;
    }

    /** Whether there was something to take off the screen. */
    boolean hide() {
      ProgressBar shown = bar;
      bar = null;
      if (shown != null) {
        shown.close();
      }
      return shown != null;
    }
  }

  ConsoleListener(Console console) {
    this.console = console;
    this.animated = !console.quiet() && isTerminal();
  }

  /** On JDK 17 to 21 there is a console only when both stdin and stdout are a terminal. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    return System.console() != null && !"dumb".equals(System.getenv("TERM"));
  }

  /** Shows the stage; of one within another the inner one, since a screen has one bar. */
  @Override
  public void start(String name, long total, String counted) {
    stages.forEach(Stage::hide);
    Stage stage = new Stage(name, counted);
    stages.push(stage);
    if (animated) {
      stage.bar =
          new ProgressBarBuilder()
              .setTaskName(name)
              .setInitialMax(total)
              .setUnit(" " + counted, 1)
              .showSpeed()
              .setUpdateIntervalMillis(REFRESH_MS)
              .setStyle(
                  Strings.isNullOrEmpty(System.getenv("NO_COLOR"))
                      ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK
                      : ProgressBarStyle.ASCII)
              .continuousUpdate()
              .build();
    }
  }

  @Override
  public void advance(long units) {
    Stage stage = stages.peek();
    if (stage == null) {
      return;
    }
    stage.finished += units;
    ProgressBar shown = stage.bar;
    if (shown != null) {
      shown.stepBy(units);
    }
  }

  @Override
  public void done() {
    Stage stage = stages.poll();
    if (stage == null || stage.hide()) {
      return;
    }
    double seconds = (System.nanoTime() - stage.started) / 1e9;
    double speed = stage.finished / Math.max(seconds, 1e-9);
    String rate =
        speed < WORTH_SAYING ? "" : String.format(Locale.ROOT, " (%,.0f %s/s)", speed, stage.unit);
    String counted = stage.finished == 1 ? stage.unit.replaceFirst("s$", "") : stage.unit;
    console.note(
        String.format(
            Locale.ROOT,
            "%s: %,d %s in %.1f s%s",
            stage.name,
            stage.finished,
            counted,
            seconds,
            rate));
  }

  @Override
  public void warn(String message) {
    console.warn(message);
  }

  @Override
  public void note(String message) {
    console.note(message);
  }

  @Override
  public void close() {
    stages.forEach(Stage::hide);
    stages.clear();
  }
}
