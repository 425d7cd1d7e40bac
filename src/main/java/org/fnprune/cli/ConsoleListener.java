package org.fnprune.cli;

import com.google.common.base.Strings;
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
  private @Nullable ProgressBar bar;
  private String stage = "";
  private String unit = "";
  private long started;
  private long finished;

  ConsoleListener(Console console) {
    this.console = console;
    this.animated = !console.quiet() && isTerminal();
  }

  /** On JDK 17 to 21 there is a console only when both stdin and stdout are a terminal. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    return System.console() != null && !"dumb".equals(System.getenv("TERM"));
  }

  @Override
  public void start(String name, long total, String counted) {
    stage = name;
    unit = counted;
    started = System.nanoTime();
    finished = 0;
    if (animated) {
      bar =
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
    finished += units;
    ProgressBar shown = bar;
    if (shown != null) {
      shown.stepBy(units);
    }
  }

  @Override
  public void done() {
    double seconds = (System.nanoTime() - started) / 1e9;
    boolean drawn = bar != null;
    close();
    if (!drawn) {
      double speed = finished / Math.max(seconds, 1e-9);
      String rate =
          speed < WORTH_SAYING ? "" : String.format(Locale.ROOT, " (%,.0f %s/s)", speed, unit);
      String counted = finished == 1 ? unit.replaceFirst("s$", "") : unit;
      console.note(
          String.format(
              Locale.ROOT, "%s: %,d %s in %.1f s%s", stage, finished, counted, seconds, rate));
    }
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
    ProgressBar shown = bar;
    if (shown != null) {
      shown.close();
      bar = null;
    }
  }
}
