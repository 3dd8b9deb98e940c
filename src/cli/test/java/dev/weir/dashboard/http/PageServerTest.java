package dev.weir.dashboard.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.dashboard.Dashboard;
import dev.weir.dashboard.Records;
import dev.weir.dashboard.ServedPage;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.dashboard.view.DashboardState;
import dev.weir.dashboard.view.SeriesTable;
import dev.weir.kafka.KafkaClients;
import dev.weir.model.Mode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.BindException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page gets, and who gets it. */
class PageServerTest {

  private static final String HOSTILE = "<img src=x onerror=alert(1)>\"'\u2028</script>";

  @AutoClose private ServedPage page;

  @BeforeEach
  void start() throws Exception {
    page = ServedPage.start();
  }

  private void fill(String series) {
    page.take(
        List.of(
            Records.record(Records.observation(series, 1_000, 1.25)),
            Records.record(Records.observation(series, 2_000, -2.5)),
            Records.record(Records.forecast(series, Mode.MANY_TO_ONE, 2_000, "demand", 4)),
            Records.record(Records.forecast(series, Mode.MANY_TO_MANY, 2_000, "", -1)),
            Records.record(Records.score(series, Mode.MANY_TO_ONE, 2_000, 1.5, 2, 3))));
  }

  // ---- what is served

  @Test
  void aLineOfTheListHasTheFiguresOfTheTopics() {
    fill("pump");
    JsonNode list = page.json("/api/series");
    assertThat(list.path("total").intValue()).isEqualTo(1);
    JsonNode item = list.path("items").get(0);
    assertThat(item)
        .isEqualTo(
            ServedPage.parse(
                """
                {"series":"pump","status":"OK","value":-2.5,"relative":0.75,"relative_seasonal":0.5,
                 "sparkline":[1.25,-2.5]}\
                """));
  }

  @Test
  void aHistoryHasWhatWasIssued() {
    fill("pump");
    JsonNode history = page.json("/api/series/history?series=pump");
    assertThat(ServedPage.numbers(history.path("observations").path("value")))
        .containsExactly(1.25, -2.5);
    JsonNode forecast = history.path("modes").path("many-to-one").path("forecasts").get(0);
    assertThat(forecast.path("origin").longValue()).isEqualTo(2_000);
    assertThat(forecast.path("model").textValue()).isEqualTo("demand");
    assertThat(ServedPage.numbers(forecast.path("times"))).containsExactly(62_000, 122_000);
    assertThat(forecast.path("steps"))
        .isEqualTo(
            ServedPage.parse(
                """
                {"value":[7.0,9.0],"mean":[7.0,9.0],
                 "intervals":[{"level":0.8,"lower":[6.0,8.0],"upper":[8.0,10.0]}]}\
                """));
    assertThat(forecast.has("series")).as("that of the history").isFalse();
    JsonNode score = history.path("modes").path("many-to-one").path("score");
    assertThat(score.path("methods").get(2).path("name").textValue()).isEqualTo("expert:rls-ar");
    assertThat(history.path("cut").booleanValue()).isFalse();
  }

  @Test
  void whenAForecastCameIsServedUnlessItWasThereBefore() {
    long before = System.currentTimeMillis();
    fill("pump");
    page.state.takeOutput(
        Records.record(Records.forecast("pump", Mode.MANY_TO_ONE, 1_500, "demand", 4)), false);
    JsonNode forecasts =
        page.json("/api/series/history?series=pump").at("/modes/many-to-one/forecasts");
    assertThat(forecasts.get(0).path("issued").isNull()).isTrue();
    assertThat(forecasts.get(1).path("issued").longValue())
        .isBetween(before, System.currentTimeMillis());
  }

  @Test
  void theFirstOfTheListAreWhatWasAskedFor() {
    fill("pump");
    fill("fan");
    fill("valve");
    JsonNode list = page.json("/api/series?sort=name&limit=2");
    assertThat(list.path("total").intValue()).isEqualTo(3);
    assertThat(list.path("items"))
        .extracting(item -> item.path("series").textValue())
        .containsExactly("fan", "pump");
  }

  @Test
  void historyHasTheThresholdsOfItsSeries() {
    fill("pump");
    fill("pump-2");
    assertThat(page.json("/api/series/history?series=pump").path("limits"))
        .isEqualTo(
            ServedPage.parse(
                "[{\"limit\":66.0,\"direction\":\"above\"},{\"limit\":-1.0,\"direction\":\"below\"}]"));
    assertThat(page.json("/api/series/history?series=pump-2").path("limits")).hasSize(1);
  }

  @Test
  void theJobIsCountedEachSecondAndUnreadableRecordsDoNoHarm() {
    fill("pump");
    page.take(
        List.of(
            Records.record("observations", "k", new byte[] {1, 2, 3}),
            Records.record("observations", "k", null),
            Records.record("forecasts", "k", new byte[] {1, 2, 3}),
            Records.record("scores", "k", null),
            Records.record("models", "k", new byte[] {5}),
            Records.record("models", "k", null), // a model taken away
            Records.record("observations.dlq", "k", new byte[] {0}),
            Records.record(Records.observation("pump", 3_000, Double.NaN)),
            Records.record(Records.observation("pump", Long.MAX_VALUE, 1)),
            Records.record(Records.observation("", 3_000, 1))));
    page.job.takeSecond(System.currentTimeMillis());
    JsonNode job = page.json("/api/job");
    assertThat(job.path("state").textValue()).isEqualTo("LIVE");
    assertThat(job.path("series").intValue()).isEqualTo(1);
    assertThat(job.path("observations").intValue()).isEqualTo(7);
    assertThat(job.path("forecasts").intValue()).isEqualTo(3);
    assertThat(job.path("scores").intValue()).isEqualTo(2);
    assertThat(job.path("dead_letters").intValue()).isEqualTo(1);
    assertThat(job.path("unreadable").intValue()).isEqualTo(8);
    assertThat(job.path("skill").path("naive").doubleValue()).isEqualTo(0.25);
    assertThat(job.path("skill").path("seasonal_naive").doubleValue()).isEqualTo(0.5);
    assertThat(job.path("coverage").toString()).isEqualTo("{\"level\":0.8,\"held\":0.75}");
    assertThat(job.path("status").path("OK").intValue()).isEqualTo(1);
    assertThat(job.path("models").get(0).path("series").intValue()).isEqualTo(1);
    assertThat(job.path("dead_letters_by_reason").get(0).path("reason").textValue())
        .isEqualTo("NONE GIVEN");
  }

  @Test
  void onlyWhatArrivesNowIsARate() {
    for (int i = 0; i < 1_000; i++) {
      page.state.takeObservation(Records.record(Records.observation("pump", i, 1)), false);
      page.state.takeOutput(
          Records.record(Records.forecast("pump", Mode.MANY_TO_ONE, i, "demand", 4)), false);
    }
    page.job.takeSecond(System.currentTimeMillis());
    JsonNode job = page.json("/api/job");
    assertThat(job.path("observations").intValue()).isEqualTo(1_000);
    assertThat(job.path("rates").path("observations_per_second").doubleValue()).isZero();
    assertThat(job.path("rates").path("forecasts_per_second").doubleValue()).isZero();
    fill("pump"); // two of each
    page.job.takeSecond(System.currentTimeMillis());
    JsonNode rates = page.json("/api/job").path("rates");
    assertThat(rates.path("observations_per_second").doubleValue()).isPositive();
    assertThat(rates.path("forecasts_per_second").doubleValue()).isPositive();
  }

  @Test
  void aHostileNameComesBackAsItIsAndAsDataOnly() {
    fill(HOSTILE);
    HttpResponse<String> list = page.get("/api/series?search=" + ServedPage.encoded("<IMG"));
    assertThat(list.headers().firstValue("Content-Type").orElseThrow())
        .isEqualToIgnoringCase("application/json; charset=utf-8".replace("; ", ";"));
    JsonNode item = ServedPage.parse(list.body()).path("items").get(0);
    assertThat(item.path("series").textValue()).isEqualTo(HOSTILE);
    JsonNode history = page.json("/api/series/history?series=" + ServedPage.encoded(HOSTILE));
    assertThat(history.path("series").textValue()).isEqualTo(HOSTILE);
    String error = page.get("/api/series?sort=" + ServedPage.encoded(HOSTILE)).body();
    assertThat(ServedPage.parse(error).path("error").textValue()).contains("expected one of");
  }

  @Test
  void eventsTellOfTheJobAndOfTheSeriesAsItHappens() throws Exception {
    fill("pump");
    try (Socket socket = page.listen("?series=pump")) {
      socket.setSoTimeout(120_000);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      assertThat(nextEvent(in, "job").path("series").isNumber()).isTrue();
      page.take(List.of(Records.record(Records.observation("pump", 3_000, 7))));
      JsonNode news = nextEvent(in, "series");
      assertThat(ServedPage.numbers(news.path("observations").path("time"))).containsExactly(3_000);
      assertThat(news.path("modes").path("many-to-one").path("forecasts")).isEmpty();
    }
  }

  private static JsonNode nextEvent(BufferedReader in, String name) throws Exception {
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals("event: " + name)) {
        String data = in.readLine();
        return ServedPage.parse(data.substring("data: ".length()));
      }
    }
    throw new AssertionError("expected an event " + name + ", got the end");
  }

  // ---- who is let in

  @ParameterizedTest
  @ValueSource(strings = {"/", "/api/job", "/api/series", "/uplot/uPlot.esm.js", "/nothing"})
  void responsesHaveStrictSecurityHeaders(String path) {
    HttpResponse<String> response = page.get(path, "Origin", "http://evil.example");
    Map<String, List<String>> headers = response.headers().map();
    assertThat(headers.get("content-security-policy").get(0))
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(headers.get("x-content-type-options")).containsExactly("nosniff");
    assertThat(headers.get("referrer-policy")).containsExactly("no-referrer");
    assertThat(headers.get("x-frame-options")).containsExactly("DENY");
    assertThat(headers.get("cache-control")).containsExactly("no-store");
    assertThat(headers.get("cross-origin-resource-policy")).containsExactly("same-origin");
    assertThat(headers.get("cross-origin-opener-policy")).containsExactly("same-origin");
    assertThat(headers.keySet()).noneMatch(name -> name.startsWith("access-control-"));
    assertThat(headers).doesNotContainKeys("server", "x-powered-by");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"})
  void onlyReadingIsAllowed(String method) {
    HttpResponse<String> response = page.send(method, "/api/job");
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains("GET, HEAD");
    assertThat(page.send("HEAD", "/api/job").statusCode()).isEqualTo(200);
    assertThat(page.send("HEAD", "/api/events", "Accept", "text/event-stream").body()).isEmpty();
    assertThat(page.listeners()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "LOCALHOST:8090, 200",
    "127.0.0.1:1, 200",
    "[::1]:8090, 200",
    "evil.example, 403",
    "localhost.evil.example, 403",
    "127.0.0.1.evil.example, 403",
    "0.0.0.0, 403",
    "127.999.1.1, 403",
    "localhost:99999, 400",
    "192.168.1.9:8090, 403"
  })
  void onLoopbackOnlyNamesOfThisMachineAreAnswered(String host, int status) throws Exception {
    String answer =
        page.raw("GET /api/job HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(host));
    assertThat(answer).startsWith("HTTP/1.1 " + status);
  }

  @Test
  void withoutAHostNothingIsAnswered() throws Exception {
    assertThat(page.raw("GET /api/job HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 403");
    String two = "Host: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assertThat(page.raw("GET /api/job HTTP/1.1\r\n" + two)).startsWith("HTTP/1.1 400");
    assertThat(page.raw("GET /api/job HTTP/1.0\r\n" + two)).startsWith("HTTP/1.1 40");
    assertThat(page.raw("GET /api/job HTTP/1.1\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400");
  }

  private static String request(String path) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".formatted(path);
  }

  @Test
  void addressIsOneThatAnswers() throws Exception {
    try (Dashboard dashboard = Dashboard.open(SETTINGS, 0)) {
      HttpURLConnection page = (HttpURLConnection) dashboard.address().toURL().openConnection();
      assertThat(page.getResponseCode()).isEqualTo(200);
    }
  }

  @Test
  void aPortThatIsTakenIsSaid() {
    assertThatThrownBy(() -> Dashboard.open(SETTINGS, page.port()))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("port " + page.port())
        .hasMessageContaining("--port");
  }

  // ---- what is asked

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/series?limit=0 | 400 | limit: expected a whole number from 1 to 2000, got 0",
        "/api/series?limit=2001 | 400 | limit: expected a whole number from 1 to 2000, got 2001",
        "/api/series?sort=up | 400 | sort: expected one of [worst, best, name, recent, status], got"
            + " up",
        "/api/series?status=ok | 400 | status: expected one of [WARMUP, OK, FALLBACK], got ok",
        "/api/series?limit=1&limit=2 | 400 | limit: expected one, got 2",
        "/api/series/history | 400 | series: expected a name, got none",
        "/api/series/history?series=nobody | 404 | series: expected one that was seen",
        "/api/events | 406 | accept: expected text/event-stream, got another",
        "/api/nothing | 404 | not found",
        "/../etc/passwd | 400 | ",
        "/dashboard/index.html | 404 | not found"
      })
  void wrongRequestsAreAnsweredWithWhatWasExpected(String path, int status, String error)
      throws Exception {
    fill("pump");
    String answer = page.raw(request(path));
    assertThat(answer).startsWith("HTTP/1.1 " + status);
    if (error != null) {
      assertThat(answer).contains(error);
    }
    assertThat(page.listeners()).isZero();
  }

  @Test
  void aLongRequestIsRefused() throws Exception {
    assertThat(page.get("/api/series?search=" + "x".repeat(201)).statusCode()).isEqualTo(400);
    assertThat(page.get("/api/series/history?series=" + "x".repeat(1_001)).statusCode())
        .isEqualTo(400);
    assertThat(page.raw(request("/api/series?search=" + "x".repeat(100_000))))
        .startsWith("HTTP/1.1 4");
    String name = "名".repeat(1_000); // as long as a name may be, and nine times that in an address
    fill(name);
    assertThat(page.get("/api/series/history?series=" + ServedPage.encoded(name)).statusCode())
        .isEqualTo(200);
  }

  // ---- who listens

  @Test
  void noThreadIsLeftOfThePagesThatListened() throws Exception {
    for (int round = 0; round < 5; round++) {
      List<Socket> sockets = new ArrayList<>();
      try (ServedPage other = ServedPage.start()) {
        for (int i = 0; i < 32; i++) {
          sockets.add(other.listen(""));
          assertThat(status(sockets.get(i))).isEqualTo(200);
          if (i % 2 == 0) {
            sockets.get(i).close();
          }
        }
      }
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .doesNotContain("dashboard-events"));
  }

  private static int status(Socket socket) throws Exception {
    socket.setSoTimeout(120_000);
    byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
    return Integer.parseInt(new String(line, StandardCharsets.US_ASCII).substring(9));
  }

  private static final DashboardSettings SETTINGS =
      new DashboardSettings(KafkaClients.of("localhost:1"), Records.TOPICS);
  private final DashboardState state =
      new DashboardState(SETTINGS, new SeriesTable(2_000)); // room for two
  private String waiting; // for what
  private final JobPage jobPage = new JobPage(SETTINGS, state, () -> waiting);
  private long now = System.currentTimeMillis();

  private void seconds(int count) {
    for (int i = 0; i < count; i++) {
      now += 1_000;
      jobPage.takeSecond(now);
    }
  }

  private JsonNode newest() {
    return ServedPage.parse(new String(jobPage.newest(), StandardCharsets.UTF_8));
  }

  private void observe(int count) {
    for (int i = 0; i < count; i++) {
      state.takeObservation(Records.record(Records.observation("pump", i, 1)), true);
    }
  }

  @Test
  void aRateIsThatOfTenSeconds() {
    seconds(20);
    observe(30);
    now += 5_000; // seconds that were late
    seconds(1);
    assertThat(newest().at("/rates/observations_per_second").doubleValue()).isEqualTo(2); // 30 / 15
    assertThat(newest().path("last_record").longValue()).isEqualTo(now);
    long came = now;
    seconds(9);
    assertThat(newest().at("/rates/observations_per_second").doubleValue()).isEqualTo(2);
    seconds(1);
    assertThat(newest().at("/rates/observations_per_second").doubleValue()).isZero();
    assertThat(newest().path("last_record").longValue()).isEqualTo(came);
    assertThat(newest().path("now").longValue()).isEqualTo(now);
  }

  @Test
  void latenciesAreThoseOfHalfAMinute() {
    for (int i = 1; i <= 100; i++) {
      state.latencies.observed("s" + i, 7, 5_000);
      state.latencies.issued("s" + i, 7, 5_000 + i);
    }
    seconds(1);
    assertThat(newest().path("latency_ms").toString()).isEqualTo("{\"p50\":50.0,\"p99\":99.0}");
    seconds(29);
    assertThat(newest().at("/latency_ms/p99").doubleValue()).isEqualTo(99);
    seconds(1);
    assertThat(newest().at("/latency_ms/p99").isNull()).isTrue();
  }

  @Test
  void whatItWaitsForIsSaidAndElseThatThereIsNoRoom() {
    seconds(1);
    assertThat(newest().path("state").textValue()).isEqualTo("LIVE");
    assertThat(newest().path("why").isNull()).isTrue();
    for (String series : new String[] {"pump", "fan", "valve"}) {
      state.takeObservation(Records.record(Records.observation(series, 1, 1)), true);
    }
    seconds(1);
    assertThat(newest().path("state").textValue()).isEqualTo("LIVE");
    assertThat(newest().path("why").textValue())
        .isEqualTo("Shows 2 series; there are more, and no room for them.");
    seconds(3);
    waiting = "For rain.";
    seconds(1);
    long since = now;
    seconds(4);
    assertThat(newest().path("since").longValue()).as("waits").isEqualTo(since);
    assertThat(newest().path("state").textValue()).isEqualTo("WAITING");
    assertThat(newest().path("why").textValue()).isEqualTo("For rain.");
    waiting = null;
    seconds(1);
    assertThat(newest().path("since").longValue()).as("is live").isEqualTo(now);
  }

  @Test
  void whatBrokersCannotGiveCountsAsUnreadableToo() {
    state.takeObservation(Records.record("observations", "k", new byte[] {1, 2, 3}), true);
    state.damaged.add(7);
    seconds(1);
    assertThat(newest().path("unreadable").intValue()).isEqualTo(8);
  }
}
