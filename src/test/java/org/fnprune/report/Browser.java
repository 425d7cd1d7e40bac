package org.fnprune.report;

import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The Chromium that is installed on this machine; Playwright's own is never downloaded. */
final class Browser implements AutoCloseable {

  private static final List<String> PLACES =
      List.of(
          "/usr/bin/chromium",
          "/usr/bin/chromium-browser",
          "/usr/bin/google-chrome",
          "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser browser;

  private Browser(Path executable) {
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(executable)
                    .setArgs(List.of("--no-sandbox", "--disable-gpu")));
  }

  /** Starts it; skips the test where there is none. */
  static Browser open() {
    Optional<Path> executable =
        Optional.ofNullable(System.getenv("CHROMIUM"))
            .or(
                () ->
                    PLACES.stream().filter(place -> Files.isExecutable(Path.of(place))).findFirst())
            .map(Path::of);
    Assumptions.assumeTrue(
        executable.isPresent(),
        "no browser is installed: install Chromium (Debian: apt-get install chromium), or set"
            + " CHROMIUM to one, to test report.html in it");
    return new Browser(executable.orElseThrow());
  }

  com.microsoft.playwright.Browser get() {
    return browser;
  }

  @Override
  public void close() {
    playwright.close();
  }
}
