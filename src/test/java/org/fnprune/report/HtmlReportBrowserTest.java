package org.fnprune.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code report.html} as a browser without a network shows it. */
class HtmlReportBrowserTest {

  private static final String OPEN_ALL =
      "document.querySelectorAll('details').forEach(d => d.open = true)";

  @TempDir private static Path folder;
  private static Path file;
  private static Browser browser;

  @BeforeAll
  static void prepare() throws IOException {
    browser = Browser.open();
    SampleReport.folder(folder, 16, 200);
    file = folder.resolve("report.html");
    Files.writeString(file, HtmlReport.render(RunContents.read(folder)));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  /** Opens the page, offline, and all that is folded. */
  private static void with(int width, ColorScheme scheme, Consumer<Page> check) {
    try (BrowserContext context =
        browser
            .get()
            .newContext(
                new com.microsoft.playwright.Browser.NewContextOptions()
                    .setOffline(true)
                    .setViewportSize(width, 900)
                    .setColorScheme(scheme))) {
      Page page = context.newPage();
      List<String> complaints = new ArrayList<>();
      List<String> requests = new ArrayList<>();
      page.onConsoleMessage(message -> complaints.add(message.type() + ": " + message.text()));
      page.onPageError(complaints::add);
      page.onRequest(
          request -> {
            if (!request.url().startsWith("data:")) {
              requests.add(request.url());
            }
          });
      page.navigate(file.toUri().toString());
      page.evaluate(OPEN_ALL);
      assertThat(complaints).isEmpty();
      assertThat(requests).containsExactly(file.toUri().toString());
      check.accept(page);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LIGHT", "DARK"})
  void nothingStandsInTheWayOfAScreenReader(ColorScheme scheme) {
    with(
        1280,
        scheme,
        page -> {
          assertThat(violations(page)).isEmpty();
          page.evaluate("document.documentElement.removeAttribute('lang')");
          assertThat(violations(page)).anyMatch(found -> found.startsWith("html-has-lang"));
        });
  }

  private static List<String> violations(Page page) {
    List<String> violations = new ArrayList<>();
    for (Rule rule : new AxeBuilder(page).analyze().getViolations()) {
      rule.getNodes().forEach(node -> violations.add(rule.getId() + ": " + node.getHtml()));
    }
    return violations;
  }

  @Test
  void thePageItselfForbidsToLoadAnything() {
    with(
        1280,
        ColorScheme.LIGHT,
        page -> {
          List<String> complaints = new ArrayList<>();
          page.onConsoleMessage(message -> complaints.add(message.text()));
          page.evaluate(
              "new Promise(done => { const i = new Image(); i.onerror = done;"
                  + " i.src = 'http://127.0.0.1:9/x.png'; })");
          assertThat(complaints).anyMatch(text -> text.contains("Content Security Policy"));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {320, 375, 768, 1280})
  void noScreenIsTooNarrow(int width) {
    with(
        width,
        ColorScheme.LIGHT,
        page -> {
          assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
              .isLessThanOrEqualTo(width);
          assertThat(page.evaluate("[...document.querySelectorAll('.scroll')].length"))
              .isNotEqualTo(0);
        });
  }

  @Test
  void darkModeIsDarkAndLightModeIsLight() {
    String background = "getComputedStyle(document.body).backgroundColor";
    with(
        1280,
        ColorScheme.LIGHT,
        page -> assertThat(page.evaluate(background)).isEqualTo("rgb(255, 255, 255)"));
    with(
        1280,
        ColorScheme.DARK,
        page -> assertThat(page.evaluate(background)).isEqualTo("rgb(16, 20, 24)"));
  }

  @Test
  void hostileNamesAreShownAsTheyAre() {
    with(
        1280,
        ColorScheme.LIGHT,
        page -> {
          assertThat(page.locator("#accuracy tbody th").first().textContent())
              .isEqualTo(SampleReport.HOSTILE);
          assertThat(page.locator("script").count()).isZero();
        });
  }

  @Test
  void picturesAreDecoded() {
    with(
        1280,
        ColorScheme.LIGHT,
        page ->
            assertThat(
                    page.evaluate("[...document.images].filter(i => i.naturalWidth == 16).length"))
                .isEqualTo(3));
  }

  @Test
  void whatIsFoldedIsPrinted() {
    with(
        1280,
        ColorScheme.LIGHT,
        page -> {
          page.evaluate("document.querySelectorAll('details').forEach(d => d.open = false)");
          page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
          assertThat(page.locator(".card").last().isVisible()).isTrue();
        });
  }
}
