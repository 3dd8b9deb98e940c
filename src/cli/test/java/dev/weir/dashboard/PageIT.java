package dev.weir.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.Http;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Score;
import dev.weir.job.JobSettings;
import dev.weir.job.KafkaFixture;
import dev.weir.job.RunningJob;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.option.Durations;
import dev.weir.option.Numbers;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The live page as a person meets it: a real broker, job and server, seen by a real browser. */
class PageIT extends BrowserPage {

  private static final String TAXI = "nab_nyc_taxi";
  private static final List<String> SERIES =
      List.of(TAXI, "uci_bike", "nab_ambient_temp", "nab_elb_requests", "vega_seattle_tmax");
  private static final int VALUES = 260; // of each series, before the first test
  private static final String ONE = "[data-mode=many-to-one] ";
  private static final String MAIN = ONE + "[data-chart=main] canvas";

  private static final Map<String, List<Observation>> SAMPLE = new TreeMap<>();
  private static final Map<String, Integer> SENT = new HashMap<>();

  private static JobSettings settings;

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> overrides = kafka.learned("page");
    overrides.put("learning.size", "small");
    settings = JobSettings.builtin("demo", overrides);
    kafka.create(topics().observations().first(), 2, Map.of());
    kafka.create("page.many", 2, Map.of());
    for (String series : SERIES) {
      SAMPLE.put(series, KafkaFixture.sampleSeries(series, 1_000));
      SENT.put(series, 0);
    }
    job = flink.submit(settings, 1);
    dashboard = serve(topics(), 0);
    for (String series : SERIES) {
      send(series, VALUES);
    }
    byte[] damaged = "<b>no Avro</b>\u0007".getBytes(UTF_8);
    kafka.send(
        List.of(
            new ProducerRecord<>(
                topics().observations().first(), 0, HOSTILE.getBytes(UTF_8), damaged)));
    awaitForecasts();
    job.await().until(() -> kafka.deadLetters(topics().deadLetters()).size() == 1);
    job.await() // else the first test may ask for what the server has not read yet
        .until(() -> told(dashboard, "forecasts") == forecasts().size());
    job.await().until(() -> told(dashboard, "dead_letters") == 1);
  }

  /** A figure of the job as a page's server has it. */
  private static long told(Dashboard of, String figure) throws IOException {
    return Http.json(of.address().resolve("/api/job")).path(figure).longValue();
  }

  private static Topics topics() {
    return settings.kafka().topics();
  }

  /** Sends the next values of a series. */
  private static void send(String series, int values) throws Exception {
    int from = SENT.merge(series, values, Integer::sum) - values;
    kafka.sendObservations(
        topics().observations().first(), SAMPLE.get(series).subList(from, from + values));
  }

  private static void awaitForecasts() {
    int sent = SENT.values().stream().mapToInt(Integer::intValue).sum();
    job.await().until(() -> forecasts().size() == 2 * sent);
  }

  private static List<Forecast> forecasts() {
    return kafka.forecasts(topics().forecasts());
  }

  /** By origin, as a consumer of the topic sees them. */
  private static TreeMap<Long, Forecast> forecasts(String series, Mode mode) {
    TreeMap<Long, Forecast> found = new TreeMap<>();
    for (Forecast forecast : forecasts()) {
      if (forecast.series().equals(series) && forecast.mode() == mode) {
        found.put(forecast.origin(), forecast);
      }
    }
    return found;
  }

  private static long newest(String series) {
    return SAMPLE.get(series).get(SENT.get(series) - 1).time();
  }

  private static String hash(String series) {
    return "#series=" + URLEncoder.encode(series, UTF_8);
  }

  private static void awaitNewest(String series) {
    browser.await(
        "the newest forecast of " + series,
        () -> Long.toString(newest(series)).equals(browser.data(ONE.strip(), "origin")));
  }

  /** Opens a series and waits until the page shows its newest forecast. */
  private static void openSeries(String series) {
    open(hash(series));
    awaitNewest(series);
    browser.await("values of " + series, () -> browser.find("#controls").isDisplayed());
  }

  private static boolean isLive() {
    return "LIVE".equals(browser.data("[data-tile=state]", "value"));
  }

  /** Waits until a canvas shows more of a colour than that; what changes is drawn a frame later. */
  private static void awaitPixels(String canvas, String colour, long moreThan) {
    browser.await(
        "more than %d pixels of %s in %s".formatted(moreThan, colour, canvas),
        () -> browser.pixels(canvas, colour) > moreThan);
  }

  /**
   * Pixels before or after the newest origin that show these colours on each other, inside an area:
   * an edge blends its colours to any other.
   */
  private static long layered(boolean after, String... colours) {
    return browser.js(
        """
        const [panel, after, colours] = arguments;
        const {from, to, origin} = document.querySelector(panel).dataset;
        const over = document.querySelector(panel + "[data-chart=main] .u-over");
        const canvas = document.querySelector(panel + "[data-chart=main] canvas");
        const x = Math.round(over.offsetLeft + over.offsetWidth * (origin - from) / (to - from));
        const probe = document.createElement("canvas").getContext("2d");
        for (const name of colours) {
          probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
          probe.fillRect(0, 0, 1, 1);
        }
        const wanted = [...probe.getImageData(0, 0, 1, 1).data];
        const [left, width] = after ? [x + 2, canvas.width - x - 2] : [over.offsetLeft, x - 2 - over.offsetLeft];
        const {data} = canvas.getContext("2d").getImageData(left, 0, width, canvas.height);
        const isIt = i => wanted.every((part, k) => Math.abs(data[4 * i + k] - part) <= (k === 3 ? 2 : 24));
        let found = 0;
        for (let i = width; i < data.length / 4 - width; i++) {
          found += [i, i - 1, i + 1, i - width, i + width].every(isIt) ? 1 : 0;
        }
        return found;
        """,
        ONE,
        after,
        List.of(colours));
  }

  private static List<Map<String, String>> rows(String table) {
    return browser.js(
        """
        return [...document.querySelectorAll(arguments[0] + " tbody tr")].map(row => ({time: row.dataset.time,
          ...Object.fromEntries([...row.querySelectorAll("td")].map((cell, i) => ["" + i, cell.dataset.value]))}));
        """,
        table);
  }

  private static double value(Map<String, String> row, int cell) {
    return Double.parseDouble(row.get(Integer.toString(cell)));
  }

  @Test
  void tilesAboveDescribeTheWholeJob() throws Exception {
    open("");
    browser.await("the tiles", PageIT::isLive);

    browser.await( // the records came more than 10 s ago
        "idle", () -> "Idle".equals(browser.text("[data-tile=state] .tile-value")));
    assertThat(browser.text("[data-tile=state] .tile-more")).startsWith("no record for ");
    send("nab_ambient_temp", 1);
    browser.await("live", () -> "Live".equals(browser.text("[data-tile=state] .tile-value")));
    int sent = kafka.read(topics().observations().first()).size();
    browser.await(
        "as many as on the topic",
        () -> Integer.toString(sent).equals(browser.data("[data-tile=records]", "value")));
    assertThat(browser.data("[data-tile=series]", "value")).isEqualTo("" + SERIES.size());
    assertThat(browser.data("[data-tile=letters]", "value")).isEqualTo("1");
    send("nab_ambient_temp", 1); // the delay is that of the last half minute
    browser.await(
        "the skill", () -> browser.text("[data-tile=skill] .tile-value").endsWith("better"));
    for (String tile : List.of("coverage", "latency")) {
      browser.await(tile, () -> !"".equals(browser.data("[data-tile=" + tile + "]", "value")));
    }
    assertThat(Double.parseDouble(browser.data("[data-tile=coverage]", "value")))
        .isBetween(0.6, 0.95);
    assertThat(Double.parseDouble(browser.data("[data-tile=latency]", "value"))).isPositive();
    List<String> untold =
        browser.js(
            """
            return [...document.querySelectorAll(".tile")].filter(tile =>
              !document.getElementById(tile.getAttribute("aria-describedby"))?.textContent).map(tile => tile.dataset.tile)
            """);
    assertThat(untold).isEmpty();
    browser.await("a series of its own choice", () -> browser.title().endsWith(" · Weir"));
    assertThat(browser.title()).isIn(SERIES.stream().map(name -> name + " · Weir").toList());
  }

  @Tag("slow")
  @Test
  void tilesShowTheirWholeWords() {
    open("");
    browser.await("the tiles", PageIT::isLive);
    for (int width : new int[] {1_440, 1_330, 1_000, 800, 390}) {
      browser.screen(width, 900, width < 600);
      assertThat(
              browser.<List<String>>js(
                  """
                  for (const more of document.querySelectorAll(".tile-more")) {
                    more.textContent = "OUT_OF_ORDERNESS, FEATURES_MISSING …";
                  }
                  return [...document.querySelectorAll(".tile, .tile > span")]
                    .filter(one => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight + 1)
                    .map(one => one.className + one.textContent);
                  """))
          .as("cut at %d", width)
          .isEmpty();
    }
  }

  @Test
  void chartsAreDrawnInTheColoursOfTruthAndForecast() throws Exception {
    openSeries(TAXI);
    awaitPixels(MAIN, "actual", 150);
    awaitPixels(MAIN, "said", 100);
    awaitPixels(MAIN, "forecast", 20);
    browser.await( // of 95 %, beside that of 80 %
        "wide intervals of what was said and of the forecast",
        () -> layered(false, "band-past-wide") > 20 && layered(true, "future", "band-wide") > 20);
    assertThat(browser.text(ONE + ".key-bands")).contains("80\u00a0%", "95\u00a0% (light)");
    awaitPixels(ONE + "[data-chart=residuals] canvas", "within", 200);
    browser.await("a sparkline", () -> browser.pixels(".row-line", "actual") > 10);

    browser.find("[data-choice=many-to-many]").click();
    awaitPixels("[data-mode=many-to-many] [data-chart=main] canvas", "forecast", 20);
  }

  @Test
  void valuesOnThePageAreThoseOfTheTopics() {
    for (Mode mode : Mode.values()) {
      open(hash(TAXI) + "&mode=" + mode.label());
      String panel = "[data-mode=" + mode.label() + "]";
      browser.await(
          "the newest forecast",
          () -> Long.toString(newest(TAXI)).equals(browser.data(panel, "origin")));
      browser.find(panel + " .values summary").click();
      browser.await("the tables", () -> !rows(panel + " [data-table=past]").isEmpty());
      TreeMap<Long, Forecast> issued = forecasts(TAXI, mode);

      Forecast newest = issued.lastEntry().getValue();
      List<Map<String, String>> next = rows(panel + " [data-table=next]");
      assertThat(next).hasSize(newest.values().length);
      for (int i = 0; i < next.size(); i++) {
        assertThat(next.get(i).get("time")).isEqualTo("" + newest.times()[i]);
        assertThat(value(next.get(i), 0)).isEqualTo(newest.values()[i]);
        assertThat(value(next.get(i), 1)).isEqualTo(newest.mean(i + 1));
        assertThat(value(next.get(i), 2)).isEqualTo(newest.intervals().get(0).lower()[i]);
        assertThat(value(next.get(i), 3)).isEqualTo(newest.intervals().get(0).upper()[i]);
        assertThat(value(next.get(i), 4)).isEqualTo(newest.intervals().get(1).lower()[i]);
        assertThat(value(next.get(i), 5)).isEqualTo(newest.intervals().get(1).upper()[i]);
      }
      assertThat(Double.parseDouble(browser.data(panel + " .facts", "crps"))).isPositive();
      assertThat(browser.text(panel + " .facts")).contains("CRPS");
      List<Map<String, String>> past = rows(panel + " [data-table=past]");
      assertThat(past).hasSize(40);
      Map<String, Observation> came = new HashMap<>();
      SAMPLE.get(TAXI).forEach(one -> came.put(Long.toString(one.time()), one));
      for (Map<String, String> row : past) {
        Observation actual = came.get(row.get("time"));
        Forecast before = issued.lowerEntry(actual.time()).getValue();
        assertThat(value(row, 0)).isEqualTo(actual.value());
        assertThat(value(row, 1)).isEqualTo(before.values()[0]);
        assertThat(value(row, 2)).isEqualTo(before.intervals().get(0).lower()[0]);
        assertThat(value(row, 3)).isEqualTo(before.intervals().get(0).upper()[0]);
        assertThat(value(row, 4)).isEqualTo(before.intervals().get(1).lower()[0]);
        assertThat(value(row, 5)).isEqualTo(before.intervals().get(1).upper()[0]);
        assertThat(value(row, 6)).isEqualTo(actual.value() - before.values()[0], within(1e-9));
      }
    }
  }

  @Tag("slow")
  @Test
  void otherKindsOfJobsAreShownWithoutAnError(@TempDir Path dir) throws Exception {
    isShownWithoutAnError(
        dir,
        "no-model",
        "forecast: {many-to-one: {horizon: 2}, many-to-many: {}}",
        List.of(Mode.MANY_TO_ONE, Mode.MANY_TO_MANY),
        "no base model");
    isShownWithoutAnError(
        dir,
        "learning-off",
        """
        learning: off
        forecast: {many-to-one: {model: window-many-to-one, file: builtin:window-many-to-one}}
        """,
        List.of(Mode.MANY_TO_ONE),
        "window-many-to-one v");
    isShownWithoutAnError(
        dir,
        "many-only",
        "forecast: {many-to-many: {}}",
        List.of(Mode.MANY_TO_MANY),
        "no base model");
  }

  private static void isShownWithoutAnError(
      Path dir, String name, String file, List<Mode> modes, String model) throws Exception {
    Map<String, String> overrides = kafka.learned(name);
    overrides.put("learning.size", "small");
    JobSettings of =
        JobSettings.read(
            Files.writeString(dir.resolve(name + ".yaml"), "scores: {every: 1}\n" + file),
            overrides);
    Topics own = of.kafka().topics();
    kafka.create(own.observations().first(), 1, Map.of());
    List<Observation> values = SAMPLE.get(TAXI).subList(0, 80);
    String newest = Long.toString(values.get(values.size() - 1).time());
    try (RunningJob running = flink.submit(of, 1);
        Dashboard page = serve(own, 0)) {
      kafka.sendObservations(own.observations().first(), values.subList(0, 60));
      for (Mode mode : modes) {
        String panel = "[data-mode=" + mode.label() + "]";
        open(page, hash(TAXI) + "&mode=" + mode.label());
        browser.await("a forecast", () -> !"".equals(browser.data(panel, "origin")));
        if (mode == modes.get(0)) { // news of a page that is open
          kafka.sendObservations(own.observations().first(), values.subList(60, 80));
        }
        browser.await("the newest", () -> newest.equals(browser.data(panel, "origin")));
        browser.await("live", PageIT::isLive);
        browser.await("its model", () -> browser.text(panel + " .facts").contains(model));
        assertThat(browser.text(panel + " .headline")).startsWith("Forecast for ");
        awaitPixels(panel + " [data-chart=main] canvas", "forecast", 20);
        browser.find(panel + " .values summary").click();
        browser.await("the table", () -> rows(panel + " [data-table=past]").size() == 40);
        browser.await(
            "the errors or the reason for their absence",
            () -> browser.find("#scores").isDisplayed());
        browser.find("#series-name").click();
        browser.press(Keys.ARROW_LEFT);
        browser.await("one back", () -> browser.text(panel + " .headline").startsWith("At "));
      }
      running.assertRunning();
      browser.leave();
    }
  }

  /** Every test's end asks for these: they have to be seen. */
  @Test
  void anErrorOfThePageIsSeen() {
    open("");
    browser.await("the tiles", () -> browser.text("[data-tile=state] .tile-value") != null);
    browser.js(
        """
        setTimeout(() => { throw new Error("thrown"); });
        setTimeout(() => Promise.reject(new Error("rejected")));
        setTimeout(() => console.error("logged"));
        """);
    Set<String> seen = new TreeSet<>();
    browser.await(
        "all three",
        () -> {
          browser.consoleProblems().stream()
              .map(problem -> problem.replaceAll(".*(thrown|rejected|logged).*", "$1"))
              .forEach(seen::add);
          return seen.size() == 3;
        });
    assertThat(seen).containsExactly("logged", "rejected", "thrown");
  }

  @Tag("slow")
  @Test
  void goingBackShowsWhatWasSaidThenAndWhatCame() {
    openSeries(TAXI);
    browser.find("#series-name").click(); // keys go to the page

    for (int i = 0; i < 6; i++) {
      browser.press(Keys.ARROW_LEFT);
    }

    Forecast then =
        new ArrayList<>(forecasts(TAXI, Mode.MANY_TO_ONE).descendingMap().values()).get(6);
    browser.await(
        "six forecasts back",
        () -> Long.toString(then.origin()).equals(browser.data(ONE.strip(), "origin")));
    assertThat(browser.text(ONE + ".headline")).startsWith("At 2014-07-").contains("It came to");
    browser.find(ONE + ".values summary").click();
    browser.await("the table", () -> !rows(ONE + "[data-table=next]").isEmpty());
    assertThat(value(rows(ONE + "[data-table=next]").get(0), 0)).isEqualTo(then.values()[0]);
    awaitPixels(MAIN, "later", 5);

    browser.press(Keys.ESCAPE);
    awaitNewest(TAXI);
    assertThat(browser.text(ONE + ".headline")).startsWith("Forecast for ");
  }

  @Test
  void newsArriveByThemselvesAndWaitWhileItIsPaused() throws Exception {
    openSeries("uci_bike");
    send("uci_bike", 3);
    awaitNewest("uci_bike");

    String bySight = "[data-mode=many-to-one] [data-chart=main]";
    browser.await( // its values come from another reader of the server's
        "the values of the news",
        () ->
            browser
                .<String>js(
                    "return document.querySelector(arguments[0]).getAttribute('aria-label')",
                    bySight)
                .contains(SENT.get("uci_bike") + " values"));
    browser.find("#pause").click();
    String paused = browser.data(ONE.strip(), "origin");
    send("uci_bike", 2);
    browser.await("two wait", () -> browser.text("#pause").equals("Resume (2 new)"));
    awaitForecasts();
    assertThat(browser.data(ONE.strip(), "origin")).isEqualTo(paused);
    browser.find("#pause").click();
    awaitNewest("uci_bike");
  }

  @Tag("slow")
  @Test
  void draggingZoomsAndThePageSaysHowToGoBack() {
    openSeries(TAXI);
    assertThat(browser.find("#zoom-reset").isEnabled()).isFalse();
    double wide = shown();

    browser.drag(browser.find(ONE + "[data-chart=main] .u-over"), -100, 60);

    browser.await("a zoom", () -> browser.find("#zoom-reset").isEnabled());
    int width = browser.find(ONE + "[data-chart=main] .u-over").getSize().width;
    assertThat(shown() / wide).isCloseTo(160.0 / width, within(0.01));
    awaitPixels(MAIN, "actual", 0);
    browser.find("#zoom-reset").click();
    browser.await("all again", () -> shown() == wide);
  }

  /** An answer and the stream of news come on connections of their own. */
  @Test
  void anAnswerThatComesAfterNewerNewsTakesNoCorrectionBack() {
    open("");
    List<Number> values =
        browser.js(
            """
            return import("/history.js").then(({History}) => {
              const history = new History("pump");
              const told = (sequence, time, value) => ({sequence, observations: {time, value}, modes: {}, cut: false});
              history.merge(told(7, [200], [2.5]));
              history.merge(told(6, [100, 200], [1, 2]));
              history.merge(told(8, [100], [1.5]));
              return history.observations.flatMap(one => [one.time, one.value]);
            });
            """);
    assertThat(values.stream().map(Number::doubleValue)).containsExactly(100.0, 1.5, 200.0, 2.5);
  }

  @Test
  void durationsAndCountsAreWrittenAsTheCommandsWriteThem() {
    open("");
    List<Long> numbers =
        List.of(0L, 1L, 60L, 1250L, 9999L, 12_500L, 65_000L, 20_400_000L, 86_400_000L, 90_000_001L);
    List<String> written =
        browser.js(
            """
            return import("/numbers.js").then(({counted, duration}) => arguments[0].map(one =>
              (duration(one) + ", " + counted(one, "value") + ", " + counted(one, "series")).replaceAll("\u00a0", " ")));
            """,
            numbers);
    assertThat(written)
        .isEqualTo(
            numbers.stream()
                .map(
                    one ->
                        "%s, %s, %s"
                            .formatted(
                                Durations.shown(one),
                                Numbers.counted(one, "value"),
                                Numbers.counted(one, "series")))
                .toList());
  }

  /** Milliseconds from the left to the right edge of the chart. */
  private static double shown() {
    return Double.parseDouble(browser.data(ONE.strip(), "to"))
        - Double.parseDouble(browser.data(ONE.strip(), "from"));
  }

  @Tag("slow")
  @Test
  void anotherVersionOfTheModelIsNamed() throws Exception {
    String series = "nab_elb_requests";
    openSeries(series);
    var target =
        settings.forecast().modes().stream()
            .filter(one -> one.mode() == Mode.MANY_TO_ONE)
            .findFirst()
            .orElseThrow();
    ForecastModel first =
        ModelFiles.fromBytes(target.initialModel(), ModelFiles.Defaults.NONE, target.model());
    long version = first.version() + 6;

    kafka.models(settings).publish(first.withVersion(version));
    do { // the stream goes on while the model arrives
      send(series, 2);
      awaitForecasts();
    } while (forecasts(series, Mode.MANY_TO_ONE).lastEntry().getValue().modelVersion() != version);

    browser.await(
        "its version",
        () -> browser.text(ONE + ".facts").contains("window-many-to-one v" + version));
    browser.find("#tab-job").click();
    browser.await(
        "the model",
        () ->
            browser.text("[data-model=window-many-to-one][data-version='" + version + "']")
                != null);
  }

  @Tag("slow")
  @Test
  void aDeadLetterIsShownWithItsReasonAndAnExample() {
    open("");
    browser.await("the tile", () -> "1".equals(browser.data("[data-tile=letters]", "value")));

    browser.find("[data-tile=letters]").click();

    assertThat(browser.title()).isEqualTo("Job · Weir");
    assertThat(browser.data("[data-reason]", "reason")).isEqualTo("MALFORMED");
    assertThat(browser.data("[data-reason]", "count")).isEqualTo("1");
    browser.find("[data-reason=MALFORMED] summary").click();
    assertThat(browser.find("[data-reason=MALFORMED] .example").getText())
        .contains(topics().observations().first(), "partition 0", HOSTILE);
    assertThat(browser.find("#view-job").getText())
        .contains("weir dead-letters replay", "--reason MALFORMED");
    assertNothingHostileRan();
  }

  @Tag("slow")
  @Test
  void afterTheServersRestartItGoesOnByItselfAndSaysSoMeanwhile() throws Exception {
    openSeries("vega_seattle_tmax");
    int port = dashboard.address().getPort();

    dashboard.close();
    browser.await(
        "the word for it",
        () -> "Reconnecting".equals(browser.text("[data-tile=state] .tile-value")));
    assertThat(
            browser.<Boolean>js(
                "const tile = document.querySelector('.tile[data-tile=state]');"
                    + " return tile.scrollWidth <= tile.clientWidth"))
        .as("the word is not cut off")
        .isTrue();
    browser.await( // a server that stops may answer once more
        "the notice", () -> browser.text("#notice").contains("The server does not answer"));
    assertThat(browser.pixels(MAIN, "actual")).as("what was seen stays").isGreaterThan(100);
    send("vega_seattle_tmax", 4); // while nobody looks
    awaitForecasts();
    dashboard = serve(topics(), port);

    awaitNewest("vega_seattle_tmax");
    browser.await("live", PageIT::isLive);
    assertThat(browser.find("#notice").isDisplayed()).isFalse();
    send("vega_seattle_tmax", 1); // and the stream of news is there again
    awaitNewest("vega_seattle_tmax");
    assertThat(browser.consoleProblems()) // the browser's own words for a server that is away
        .allMatch(problem -> problem.contains("Failed to load resource"));
  }

  @Test
  void withoutAPointerASeriesAndItsChartAreReached() {
    open("");
    browser.await("the list", () -> browser.find("#option-4").isDisplayed());
    browser.js(
        "document.getElementById('sort').value = 'name';"
            + "document.getElementById('sort').dispatchEvent(new Event('change'))");
    browser.await("by name", () -> "uci_bike".equals(browser.data("#option-3", "series")));

    browser.tabTo("#list");
    browser.press(Keys.HOME);
    for (int i = 0; i < 3; i++) {
      browser.press(Keys.ARROW_DOWN);
    }
    browser.await("the fourth", () -> browser.title().equals("uci_bike · Weir"));
    assertThat(
            browser.<String>js(
                "return document.activeElement.getAttribute('aria-activedescendant')"))
        .isEqualTo("option-3");
    browser.await("its chart", () -> browser.pixels(MAIN, "actual") > 100);
    browser.tabTo("#origin");
    browser.press(Keys.ARROW_LEFT);
    browser.await("one back", () -> browser.text(ONE + ".headline").startsWith("At "));
    browser.tabTo(ONE + "summary"); // around, since it precedes the slider
    browser.press(Keys.ENTER);
    browser.await("the values", () -> !rows(ONE + "[data-table=past]").isEmpty());
    browser.press("?");
    browser.await("the keys", () -> browser.find("#keys").isDisplayed());
    browser.press(Keys.ESCAPE);
  }

  @Test
  void skippingToTheChartLeavesTheSeriesInTheAddress() {
    openSeries("uci_bike");
    browser.tabTo(".skip");
    browser.press(Keys.ENTER);
    assertThat(browser.<String>js("return document.activeElement.id")).isEqualTo("chosen");
    assertThat(browser.<String>js("return location.hash")).isEqualTo("#series=uci_bike");
  }

  @Tag("slow")
  @Test
  void accessibilityCheckFindsNothingSerious() throws Exception {
    assertAccessible("light", "dark");
    assertAccessible("dark", "light");
  }

  private static void assertAccessible(String ofSeries, String ofJob) throws Exception {
    browser.scheme(ofSeries);
    openSeries(TAXI);
    browser.find(ONE + ".values summary").click();
    assertThat(browser.accessibilityProblems()).isEmpty();
    browser.scheme(ofJob);
    browser.find("[data-tile=letters]").click();
    browser.find("[data-reason] summary").click();
    assertThat(browser.accessibilityProblems()).as("job").isEmpty();
  }

  @Tag("slow")
  @Test
  void aDemoSaysThatItReplays() throws Exception {
    String note = "This demo replays 7 public series.";
    DashboardSettings told =
        new DashboardSettings(KafkaClients.of(kafka.bootstrapServers()), topics()).withNote(note);
    try (Dashboard demo = ServedPage.read(told)) {
      open(demo, "");
      browser.await("the note", () -> browser.find("#note").getText().equals(note));
      browser.leave();
    }
    open("");
    browser.await("the tiles", PageIT::isLive);
    assertThat(browser.find("#note").isDisplayed()).as("of a job of one's own").isFalse();
  }

  @Tag("slow")
  @Test
  void theNewestForecastSaysHowOldItIs() throws Exception {
    openSeries("nab_ambient_temp");
    send("nab_ambient_temp", 1);
    awaitForecasts(); // else the page that starts below reads the newest one live
    String newest = Long.toString(newest("nab_ambient_temp"));
    browser.await("the newest", () -> newest.equals(browser.data(ONE.strip(), "origin")));
    String age = ONE + ".age";
    browser.await("its age", () -> browser.text(age).matches(" It came (just now|.* ago)\\."));
    String first = browser.text(age);
    browser.await("it grows", () -> !browser.text(age).equals(first));
    assertThat(browser.text(age)).startsWith(" It came ").endsWith(" ago.");
    browser.find("#series-name").click();
    browser.press(Keys.ARROW_LEFT);
    browser.await("none of an earlier one", () -> browser.text(age).isEmpty());
    try (Dashboard late = serve(topics(), 0)) { // reads back what came before it
      open(late, hash("nab_ambient_temp"));
      browser.await(
          "its age", () -> String.valueOf(browser.text(age)).startsWith(" It came more than "));
      browser.leave();
    }
  }

  @Tag("slow")
  @Test
  void anOutlierIsMarkedAndFlattensNothing() throws Exception {
    String series = "with an outlier";
    long time = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    List<Observation> values = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      values.add(new Observation(series, time + i * 60_000L, i == 50 ? 1e6 : Math.sin(i / 5.0)));
    }
    kafka.create("page.outlier", 1, Map.of());
    kafka.sendObservations("page.outlier", values);
    String canvas = "[data-chart=main] canvas";
    try (Dashboard other = serve(elsewhere("page.outlier"), 0)) {
      job.await().until(() -> told(other, "observations") == values.size());
      open(other, hash(series));
      browser.await("it is clipped", () -> "1".equals(browser.data(".mode-panel", "clipped")));
      assertThat(browser.find(".key-clipped").getText()).contains("1 value beyond the chart");
      browser.await("the others fill the chart", () -> heightOf(canvas, "actual") > 150);
      recordDrawnTexts();
      browser.find("#series-name").click();
      browser.press("-"); // draws the chart
      browser.await("its value at the edge", () -> drawnTexts().contains("1M"));
      List<Number> errors =
          browser.js(
              """
              return import("/plot.js").then(({residualRange}) =>
                residualRange(arguments[0].map((residual, i) => ({time: i, residual})), 0, 90));
              """,
              values.stream().map(Observation::value).toList());
      assertThat(errors.get(1).doubleValue()).as("of errors, too").isLessThan(2);
      List<Number> range =
          browser.js(
              """
              const [values, from, to] = arguments;
              return import("/plot.js").then(({valueRange}) =>
                valueRange(values.map((actual, i) => ({time: i, actual})), from, to));
              """,
              values.stream().map(Observation::value).toList(),
              48,
              52);
      assertThat(range.get(1).doubleValue()).as("by itself it is shown").isGreaterThan(1e6);
      List<Number> young =
          browser.js(
              """
              return import("/plot.js").then(({valueRange}) => valueRange([
                {time: 0, actual: 0}, {time: 1, actual: 10},
                {time: 2, fan: 5, fanLowest: -8, fanLow: 0, fanHigh: 14, fanHighest: 24}], 0, 2));
              """);
      assertThat(young.get(0).doubleValue()).as("bands are not cut").isLessThan(-8);
      assertThat(young.get(1).doubleValue()).as("bands are not cut").isGreaterThan(24);
      browser.leave();
    }
  }

  /** What charts write from now on. */
  private static void recordDrawnTexts() {
    browser.js(
        """
        window.drawn = [];
        const draw = CanvasRenderingContext2D.prototype.fillText;
        CanvasRenderingContext2D.prototype.fillText = function (text, ...more) {
          window.drawn.push(text);
          return draw.call(this, text, ...more);
        };
        """);
  }

  private static List<String> drawnTexts() {
    return browser.js("return window.drawn");
  }

  /** Rows of pixels from the highest to the lowest one of a colour. */
  private static long heightOf(String canvas, String colour) {
    return browser.js(
        """
        const [r, g, b] = getComputedStyle(document.documentElement).getPropertyValue("--" + arguments[1]).trim()
          .match(/[0-9a-f]{2}/gi).map(part => parseInt(part, 16));
        const {width, height} = document.querySelector(arguments[0]);
        const {data} = document.querySelector(arguments[0]).getContext("2d").getImageData(0, 0, width, height);
        const rows = [];
        for (let i = 0; i < data.length; i += 4) {
          if (data[i + 3] > 200 && Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 24) {
            rows.push(Math.floor(i / 4 / width));
          }
        }
        return rows.length ? rows[rows.length - 1] - rows[0] : 0;
        """,
        canvas, colour);
  }

  @Test
  void theErrorOfEachStepIsThatOfTheNewestScore() throws Exception {
    open(hash(TAXI) + "&mode=many-to-many");
    Score newest = null;
    ScoreCodec codec = new ScoreCodec();
    for (var record : kafka.read(topics().scores())) {
      Score score = codec.decode(record.value());
      boolean later = newest == null || score.time() >= newest.time();
      if (score.series().equals(TAXI) && score.mode() == Mode.MANY_TO_MANY && later) {
        newest = score;
      }
    }
    List<Double> errors = Arrays.stream(newest.errors()).boxed().toList();
    assertThat(errors).hasSizeGreaterThan(2);
    browser.await(
        "an error for each step",
        () ->
            browser
                .<List<String>>js(
                    "return [...document.querySelectorAll('[data-bars=steps]"
                        + " tr[data-step]')].map(row => row.dataset.mae)")
                .stream()
                .map(Double::valueOf)
                .toList()
                .equals(errors));
  }

  @Tag("slow")
  @Test
  void localTimeIsShownBesideUtc() {
    browser.zone("America/St_Johns"); // two and a half hours behind in summer
    openSeries(TAXI);
    Forecast newest = forecasts(TAXI, Mode.MANY_TO_ONE).lastEntry().getValue();
    DateTimeFormatter minute = DateTimeFormatter.ofPattern("HH:mm");
    Instant at = Instant.ofEpochMilli(newest.times()[0]);
    String utc = minute.format(at.atOffset(ZoneOffset.UTC));
    String local = minute.format(at.atZone(ZoneId.of("America/St_Johns")));
    browser.await(
        "both",
        () ->
            browser
                .text(ONE + ".headline")
                .matches(
                    "Forecast for (.* )?%s \\((.* )?%s\u00a0local\\): .*".formatted(utc, local)));
    assertThat(browser.text(ONE + ".key-time")).contains(" UTC (").endsWith("local)");
    recordDrawnTexts();
    browser.find("#series-name").click();
    browser.press("+"); // draws the axes
    browser.await(
        "an axis of its own",
        () ->
            drawnTexts().stream().anyMatch(label -> label.matches("\\d\\d:30"))
                && drawnTexts().stream().anyMatch(label -> label.matches("\\d\\d:00")));
    browser.zone("UTC");
    openSeries(TAXI);
    assertThat(browser.text(ONE + ".headline")).doesNotContain("local");
  }

  @Test
  void phoneShowsTheChartFirstAndNeedsNoScrollingToTheSide() {
    browser.screen(390, 844, true);
    for (String hash : List.of(hash(TAXI), hash(TAXI) + "&mode=many-to-many", "#view=job")) {
      open(hash);
      browser.await("the tiles", PageIT::isLive);
      String drawn = "[data-chart=main] canvas";
      browser.await(
          "its content",
          () ->
              hash.contains("job")
                  ? browser.find("[data-reason]").isDisplayed()
                  : browser.pixels(drawn, "forecast") > 10);
      assertThat(browser.<Long>js("return document.documentElement.scrollWidth"))
          .as(hash)
          .isLessThanOrEqualTo(390);
      if (hash.equals(hash(TAXI))) {
        assertThat(
                browser
                    .<Number>js(
                        "scrollTo(0, 0); return"
                            + " document.querySelector(arguments[0]).getBoundingClientRect().bottom",
                        ONE + "[data-chart=main]")
                    .doubleValue())
            .isLessThanOrEqualTo(844);
        assertThat(
                browser.<Boolean>js(
                    "return [...document.querySelectorAll('.headline, .chart-main')].every(one =>"
                        + " one.getBoundingClientRect().top > 0)"))
            .isTrue();
      }
    }
    browser.find("#tab-series").click();
    browser.find("#side-toggle").click();
    browser.await("the list", () -> browser.find("#option-0").isDisplayed());
    browser.find("#option-0").click();
    browser.await("it closes", () -> !browser.find("#list").isDisplayed());
  }

  @Test
  void whatIsMissingIsSaidInsteadOfAnEmptyPage() throws Exception {
    try (Dashboard other = serve(elsewhere("page.none"), 0)) {
      open(other, "");
      browser.await("waiting", () -> "WAITING".equals(browser.data("[data-tile=state]", "value")));
      browser.await("why", () -> browser.find("#notice").getText().contains("weir produce"));
      assertThat(browser.find("#notice").getText()).contains("page.none");
      browser.await("the list says so", () -> browser.find("#list-empty").isDisplayed());
      assertThat(browser.find("#series-why").getText()).contains("page.none");
      browser.leave();
    }
    open("#series=nobody");
    browser.await(
        "no such series",
        () -> browser.find("#panel .empty").getText().contains("no series of this name"));
    browser.leave(); // or it asks again, and the console has one more
    assertThat(browser.consoleProblems())
        .allMatch(problem -> problem.contains("Failed to load resource"));
  }

  private static Topics elsewhere(String observations) {
    return new Topics(observations, "page.f", "page.s", "page.d", "page.m");
  }

  @Test
  void thousandsOfSeriesAndTheNamesOfAnAttackerDoNoHarm() throws Exception {
    List<String> hostile =
        List.of(
            HOSTILE,
            "\u202Eevil\u0007\u001b[2J\r\n",
            "مضخة ١",
            "'\"></option><script>window.owned=1</script>&#x27;",
            "w".repeat(990),
            "javascript:window.owned=1#&mode=<b>");
    String longName = "berlin/vibration-of-the-northern-bearing-7";
    int crowd = 3_000;
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    long time = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    for (int i = 0; i < crowd; i++) {
      records.add(KafkaFixture.record("page.many", null, new Observation("pump-" + i, time, i)));
    }
    for (String name : hostile) {
      for (int i = 0; i < 30; i++) {
        records.add(
            KafkaFixture.record(
                "page.many", null, new Observation(name, time + i * 60_000, Math.sin(i))));
      }
    }
    records.add(KafkaFixture.record("page.many", null, new Observation(longName, time, 1)));
    kafka.send(records);
    try (Dashboard other = serve(elsewhere("page.many"), 0)) {
      int all = crowd + hostile.size() + 1;
      job.await().until(() -> told(other, "series") == all);
      open(other, "#series=pump-1");
      browser.await(
          "all of them", () -> ("" + all).equals(browser.data("[data-tile=series]", "value")));
      browser.await("their number", () -> browser.text("#list-count").startsWith("3,007"));
      browser.await("the first", () -> browser.data("#option-99", "series") != null);
      browser.find("#list-more").click();
      browser.await("more", () -> browser.data("#option-199", "series") != null);
      browser.js("document.getElementById('list').focus()");
      browser.press(Keys.END);
      browser.await("the last", () -> browser.find("#option-199").isDisplayed());
      assertThat(browser.<Long>js("return document.querySelectorAll('[role=option]').length"))
          .as("rows in the page")
          .isEqualTo(200);
      for (String name : hostile) {
        if (name.equals(HOSTILE)) {
          open(other, hash(name));
        } else { // the same page goes there
          browser.js("location.hash = arguments[0]", hash(name));
        }
        browser.await("the series " + name, () -> name.equals(browser.data("#chosen", "series")));
        browser.await("its chart", () -> browser.pixels("[data-chart=main] canvas", "actual") > 50);
        assertThat(browser.title()).endsWith(" · Weir").doesNotContain("\u202E", "\u0007");
        assertThat(browser.find("#panel .headline").getText()).startsWith("No forecast of this");
        assertThat(browser.<Long>js("return document.documentElement.scrollWidth"))
            .isLessThanOrEqualTo(1440);
      }
      browser.find("#search").sendKeys("img src");
      browser.await("found", () -> HOSTILE.equals(browser.data("#option-0", "series")));
      assertThat(browser.text("#option-0 .row-name")).isEqualTo(HOSTILE);
      browser.find("#search").clear();
      browser.find("#search").sendKeys("bearing-7");
      browser.await("found", () -> longName.equals(browser.data("#option-0", "series")));
      assertThat(
              browser.<String>js(
                  "return document.querySelector('#option-0 .row-name').textContent"))
          .isEqualTo(longName);
      assertThat(browser.text("#option-0 .row-path")).isEqualTo("berlin/");
      assertThat(
              browser.<Boolean>js(
                  """
                  const name = document.querySelector("#option-0 .row-name");
                  const end = document.createRange();
                  const text = [...name.querySelectorAll("bdi")].at(-1).firstChild;
                  end.setStart(text, text.length - 1);
                  end.setEnd(text, text.length);
                  return end.getBoundingClientRect().right <= name.getBoundingClientRect().right + 1;
                  """))
          .as("the end of a name tells it from others")
          .isTrue();
      assertThat(
              browser.<Boolean>js(
                  "return window.owned === undefined && !document.querySelector('img[src=x], body"
                      + " script')"))
          .isTrue();
      browser.leave();
    }
  }
}
