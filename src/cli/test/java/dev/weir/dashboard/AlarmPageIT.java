package dev.weir.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Http;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Observation;
import dev.weir.job.JobSettings;
import dev.weir.job.KafkaFixture;
import dev.weir.kafka.codec.IncidentCodec;
import dev.weir.kafka.codec.SampleRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** Alarms on the live page: a real broker, job and server, seen by a real browser. */
class AlarmPageIT extends BrowserPage {

  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final Duration STEP = Duration.ofMinutes(5);
  private static final int VALUES = 1_100;
  private static final int SPIKE = 400; // far before what the page loads at first
  private static final int SHIFT = VALUES - 6; // is open at the end
  private static final List<String> SERIES = List.of("plant/fan", "plant/pump", HOSTILE);

  private static JobSettings settings;

  @BeforeAll
  static void start() throws Exception {
    settings =
        KafkaFixture.job(
            kafka.learned("alarms"), "alarms=on", "topics.alarms=incidents", "learning.size=small");
    kafka.create(settings, 2);
    send(0, VALUES);
    job = flink.submit(settings, 2);
    dashboard = serve(settings.kafka().topics(), 0);
    job.await()
        .atMost(Duration.ofMinutes(3))
        .until(
            () ->
                kafka.read(settings.kafka().topics().forecasts()).size() == SERIES.size() * VALUES);
  }

  private static void send(int from, int to) throws Exception {
    List<Observation> all = new ArrayList<>();
    for (int i = from; i < to; i++) {
      for (String series : SERIES) {
        double value =
            50
                + 10 * Math.sin(i * Math.PI / 12)
                + new SplittableRandom(series.hashCode() + 31L * i).nextGaussian();
        value += i == SPIKE && series.endsWith("pump") ? 60 : 0;
        value += i >= SHIFT && i < VALUES && !series.endsWith("fan") ? 40 : 0;
        all.add(new Observation(series, time(i), value));
      }
    }
    kafka.sendObservations(settings, all);
  }

  private static long time(int i) {
    return START.plus(STEP.multipliedBy(i)).toEpochMilli();
  }

  private static long rows() {
    return browser.js("return document.querySelectorAll('.incidents tbody tr').length");
  }

  @Test
  void incidentsAreListedAndLeadToTheSeriesAtTheirTime() throws Exception {
    open("#view=alarms");
    browser.await("the list", () -> rows() >= 3);
    assertThat(browser.text(".incidents tbody tr")).as("newest first").contains("2026-03-04 19:1");
    assertThat(browser.text(".incidents tbody")).contains(HOSTILE, "novelty", "2026-03-02 09:20");
    assertNothingHostileRan();
    assertThat(browser.accessibilityProblems()).isEmpty();

    search("PUMP");
    browser.await("the search", () -> !browser.text(".incidents tbody").contains(HOSTILE));
    choose("state", "closed");
    choose("severity", "high");
    String spike = "tr[data-open='false'] a[data-at='" + time(SPIKE) + "']";
    browser.await("the spike", () -> browser.find(spike).isDisplayed());
    browser.find(spike).click();
    browser.await(
        "its values",
        () -> browser.text("[data-mode] .key-incident").contains("high · novelty: 10"));
    double from = Double.parseDouble(browser.data(".mode-panel", "from"));
    double to = Double.parseDouble(browser.data(".mode-panel", "to"));
    assertThat(from).isBetween((double) time(SPIKE - 60), (double) time(SPIKE - 10));
    assertThat(to).isBetween((double) time(SPIKE + 10), (double) time(SPIKE + 60));
    assertThat(browser.text(".key-incident")).contains("expected", "surprise 5.0", "closed");
    String canvas = "[data-chart='main'] canvas";
    assertThat(browser.pixels(canvas, "alarm")).as("the mark").isGreaterThan(40);
    assertThat(shaded()).as("its stretch").isBetween(1_000L, 20_000L);
    assertThat(browser.accessibilityProblems()).isEmpty();

    browser.press("a");
    browser.await("the list as it was left", () -> browser.find(spike).isDisplayed());
    choose("state", "");
    choose("severity", "");
    search("");
    browser.await("all", () -> rows() >= 3);
    search("nobody");
    browser.await("none", () -> browser.text(".alarms-view .empty").startsWith("No incident is"));
  }

  /** Pixels of the chart that only the soft red of an incident's stretch covers. */
  private static long shaded() {
    return browser.js(
        """
        const canvas = document.querySelector("[data-chart='main'] canvas");
        const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let found = 0;
        for (let i = 0; i < data.length; i += 4) {
          found += data[i + 3] > 15 && data[i + 3] < 80 && data[i] > 2 * data[i + 1] ? 1 : 0;
        }
        return found;
        """);
  }

  private static void search(String text) {
    browser.js(
        "const box = document.getElementById('alarms-search'); box.value = arguments[0];"
            + " box.dispatchEvent(new Event('input'))",
        text);
  }

  private static void choose(String select, String value) {
    browser.js(
        "const one = document.getElementById('alarms-' + arguments[0]);"
            + " one.value = arguments[1]; one.dispatchEvent(new Event('change'))",
        select,
        value);
  }

  @Tag("slow")
  @Test
  void openIncidentIsShadedToTheEdgeUntilItCloses() throws Exception {
    open("#series=plant%2Fpump");
    browser.await("the incident", () -> browser.text(".key-incident").contains(", open"));
    browser.await("the tile", () -> !browser.text("[data-tile=alarms]").contains("none"));
    assertThat(browser.data("[data-tile=alarms]", "value")).isEqualTo("2");
    assertThat(browser.text("[data-tile=alarms]")).containsPattern("2 (high|medium|low)|1 .*, 1 ");
    assertThat(shaded()).isGreaterThan(5_000);
    assertThat(browser.find("[data-chart='main']").getAttribute("aria-label"))
        .contains("Incidents: 1, the newest ");
    browser.scheme("dark");
    browser.await(
        "the mark on dark", () -> browser.pixels("[data-chart='main'] canvas", "alarm") > 40);
    assertThat(browser.accessibilityProblems()).isEmpty();

    browser.tabTo("#tab-series");
    browser.press(Keys.ARROW_RIGHT);
    browser.await("the tab", () -> browser.find("#view-alarms").isDisplayed());
    assertThat(browser.title()).isEqualTo("Alarms · Weir");
    assertThat(browser.text("#alarms-title")).isEqualTo("Incidents, 2 open");
    assertThat(browser.accessibilityProblems()).isEmpty();
    send(VALUES, VALUES + 70); // as before the shift
    browser.await("it closes", () -> browser.text("#alarms-title").equals("Incidents"));
    browser.await("the tile", () -> browser.data("[data-tile=alarms]", "value").equals("0"));
  }

  @Test
  void aPhoneShowsThemWithoutScrollingSideways() throws Exception {
    assertAPhoneShows("#view=alarms", ".incidents tbody tr");
  }

  @Tag("slow")
  @Test
  void failedRequestForTheListIsAskedAgain() throws Exception {
    open("#view=alarms");
    browser.await("the list", () -> rows() >= 3);
    browser.js(
        """
        const real = window.fetch;
        window.failed = 0;
        window.fetch = (path, ...more) => {
          if (String(path).startsWith("api/alarms") && window.failed === 0) {
            window.failed++;
            return Promise.reject(new TypeError("gone"));
          }
          return real(path, ...more);
        };
        """);
    search("PUMP");
    browser.await("the search", () -> !browser.text(".incidents tbody").contains(HOSTILE));
    assertThat(browser.<Long>js("return window.failed")).isEqualTo(1);
  }

  @Tag("slow")
  @Test
  void warningsAreListedWithWhatTheyAreAbout() throws Exception {
    JobSettings byHand =
        KafkaFixture.job(kafka.learned("alarms"), "alarms=on", "topics.alarms=by-hand");
    kafka.create("by-hand", 1, Map.of());
    IncidentCodec codec = new IncidentCodec();
    Incident warning = SampleRecords.WARNING;
    Incident ofPump =
        Records.warning(
            "plant/pump",
            time(VALUES - 50),
            warning.worst(),
            new Incident.Warning(66, true, 4, 0.875, null, null));
    kafka.send(
        Stream.of(warning, SampleRecords.INCIDENT, ofPump)
            .map(i -> new ProducerRecord<byte[], byte[]>("by-hand", null, codec.encode(i)))
            .toList());
    try (Dashboard other = serve(byHand.kafka().topics(), 0)) {
      open(other, "#view=alarms");
      browser.await("the list", () -> rows() == 3);
      assertThat(rowOf("pump-7"))
          .contains("threshold\nabove 90 within 4 values: 88", "about 1970-01-01 00:05, crossed");
      assertThat(browser.accessibilityProblems()).isEmpty();
      browser.screen(390, 844, true);
      assertThat(fitsTheScreen()).isTrue();
      browser.screen(1440, 1000, false);
      open(other, "#series=plant%2Fpump");
      browser.await("the limit", () -> "1".equals(browser.data(".mode-panel", "limits")));
      assertThat(browser.find("[data-chart='main']").getAttribute("aria-label"))
          .contains("Limit: above 66.");
      assertThat(browser.pixels("[data-chart='main'] canvas", "alarm"))
          .as("a line across the chart")
          .isGreaterThan(300);
      browser.leave();
    }
  }

  private static String rowOf(String series) {
    return browser.js(
        "return [...document.querySelectorAll('.incidents tbody tr')]"
            + ".find(row => row.querySelector('bdi').textContent === arguments[0]).innerText",
        series);
  }

  @Tag("slow")
  @Test
  void withoutAlarmsNothingIsShownOrRead() throws Exception {
    JobSettings without = KafkaFixture.job(kafka.overrides("alarms"));
    try (Dashboard other = serve(without.kafka().topics(), 0)) {
      open(other, "#view=alarms");
      browser.await("the values", () -> browser.text(".headline").startsWith("Forecast for"));
      assertThat(browser.find("#tab-alarms").isDisplayed()).isFalse();
      assertThat(browser.find("[data-tile=alarms]").isDisplayed()).isFalse();
      assertThat(browser.find("#view-alarms").isDisplayed()).isFalse();
      assertThat(browser.text("#keys-list")).doesNotContain("alarms");
      assertThat(Http.json(other.address().resolve("/api/job")).get("incidents").isNull()).isTrue();
      assertThat(
              browser.<Long>js(
                  "return performance.getEntriesByType('resource')"
                      + ".filter(one => one.name.includes('api/alarms')).length"))
          .isZero();
      browser.leave();
    }
  }
}
