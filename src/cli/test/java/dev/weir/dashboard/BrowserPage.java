package dev.weir.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.job.FlinkFixture;
import dev.weir.job.KafkaFixture;
import dev.weir.job.RunningJob;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Tests of the page of a job, on a real broker and in a real browser. */
abstract class BrowserPage {

  /** A name that a page must not run. */
  static final String HOSTILE = "<img src=x onerror=\"window.owned=1\">";

  static final KafkaFixture kafka = KafkaFixture.shared();
  static final FlinkFixture flink = FlinkFixture.shared();

  static Chromium browser;
  static RunningJob job;
  static Dashboard dashboard;

  @BeforeAll
  static void startBrowser() {
    browser = Chromium.shared();
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable one : new AutoCloseable[] {browser, dashboard, job}) {
      if (one != null) {
        one.close();
      }
    }
    dashboard = null;
    job = null;
  }

  @BeforeEach
  void beginAtADesk() {
    browser.leave();
    browser.consoleProblems(); // that test reports its own
    browser.screen(1440, 900, false);
    browser.scheme("light");
    browser.zone("UTC");
  }

  @AfterEach
  void nothingIsWrongOnTheConsole() {
    assertThat(browser.consoleProblems()).isEmpty();
  }

  static Dashboard serve(Topics topics, int port) throws IOException {
    Dashboard page =
        Dashboard.open(
            new DashboardSettings(KafkaClients.of(kafka.bootstrapServers()), topics), port);
    page.read();
    return page;
  }

  static void open(Dashboard of, String fragment) {
    browser.open(URI.create(of.address() + fragment));
  }

  static void open(String fragment) {
    open(dashboard, fragment);
  }

  static void assertNothingHostileRan() {
    assertThat(browser.<Boolean>js("return window.owned === undefined")).isTrue();
  }

  /** On dark ground, whole, and to everybody. */
  static void assertAPhoneShows(String fragment, String css) throws IOException {
    browser.screen(390, 844, true);
    browser.scheme("dark");
    open(fragment);
    browser.await(css, () -> browser.find(css).isDisplayed());
    assertThat(fitsTheScreen()).isTrue();
    assertThat(browser.accessibilityProblems()).isEmpty();
  }

  static boolean fitsTheScreen() {
    return browser.js(
        "return document.documentElement.scrollWidth <= document.documentElement.clientWidth");
  }
}
