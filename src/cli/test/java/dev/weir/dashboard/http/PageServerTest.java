package dev.weir.dashboard.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.Patience;
import dev.weir.dashboard.Dashboard;
import dev.weir.dashboard.Records;
import dev.weir.dashboard.ServedPage;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.dashboard.view.SeriesHistory;
import dev.weir.kafka.KafkaClients;
import dev.weir.model.Mode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page gets, and who gets it. */
class PageServerTest {

  private static final String TOKEN = "a-token-of-some-length";
  private static final String HOSTILE = "<img src=x onerror=alert(1)>\"'\u2028</script>";

  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration SILENCE = Duration.ofMillis(500);

  private ServedPage page;

  @BeforeEach
  void start() throws Exception {
    page = ServedPage.start();
  }

  @AfterEach
  void stop() {
    page.close();
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
                {"series":"pump","modes":["many-to-one","many-to-many"],"status":"OK","time":2000,
                 "value":-2.5,"mae":1.5,"mase":0.5,"relative":0.75,"relative_seasonal":0.5,
                 "coverage":0.75,"model":"demand","version":4,"sparkline":[1.25,-2.5]}"""));
  }

  @Test
  void errorsOfAGroupAreServed() {
    fill("plant/pump");
    assertThat(page.json("/api/errors"))
        .isEqualTo(
            ServedPage.parse(
                """
                {"naive":{"series":1,"p10":0.75,"p50":0.75,"p90":0.75},
                 "seasonal_naive":{"series":1,"p10":0.5,"p50":0.5,"p90":0.5},
                 "group_count":1,"groups":[{"name":"plant/","series":1,"compared":1,"worse":0,"p50":0.5,
                   "worst":"plant/pump","worst_error":0.5}]}"""));
    assertThat(page.json("/api/errors?group=fan/").at("/naive/p50").isNull()).isTrue();
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
    assertThat(ServedPage.numbers(forecast.path("time"))).containsExactly(62_000, 122_000);
    assertThat(ServedPage.numbers(forecast.path("value"))).containsExactly(7, 9);
    assertThat(ServedPage.numbers(forecast.path("lower"))).containsExactly(6, 8);
    assertThat(ServedPage.numbers(forecast.path("upper"))).containsExactly(8, 10);
    JsonNode other = history.path("modes").path("many-to-many").path("forecasts").get(0);
    assertThat(other.path("model").isNull()).isTrue();
    assertThat(other.path("version").isNull()).isTrue();
    JsonNode score = history.path("modes").path("many-to-one").path("score");
    assertThat(score.path("methods").get(2).path("name").textValue()).isEqualTo("expert:rls-ar");
    assertThat(history.path("oldest").longValue()).isEqualTo(1_000);
    assertThat(history.path("why").isNull()).isTrue();
  }

  @Test
  void theWidestIntervalIsServedBesideTheNarrowestOne() {
    fill("pump");
    page.take(
        List.of(
            Records.record(
                Records.withWideInterval(
                    Records.forecast("pump", Mode.MANY_TO_ONE, 3_000, "demand", 4)))));
    JsonNode mode =
        page.json("/api/series/history?series=pump&limit=2").path("modes").path("many-to-one");
    assertThat(mode.path("level").doubleValue()).isEqualTo(0.8);
    assertThat(mode.path("wide_level").doubleValue()).isEqualTo(0.95);
    assertThat(mode.path("forecasts").get(0).path("wide_lower").isNull()).as("one only").isTrue();
    JsonNode forecast = mode.path("forecasts").get(1);
    assertThat(ServedPage.numbers(forecast.path("lower"))).containsExactly(6, 8);
    assertThat(ServedPage.numbers(forecast.path("wide_lower"))).containsExactly(5, 7);
    assertThat(ServedPage.numbers(forecast.path("wide_upper"))).containsExactly(9, 11);
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
  void aPartOfTheListAndOfAHistoryIsWhatWasAskedFor() {
    fill("fan");
    fill("pump");
    fill("valve");
    JsonNode list = page.json("/api/series?sort=name&offset=1&limit=1");
    assertThat(list.path("total").intValue()).isEqualTo(3);
    assertThat(list.path("offset").intValue()).isEqualTo(1);
    assertThat(list.path("items")).hasSize(1);
    assertThat(list.path("items").get(0).path("series").textValue()).isEqualTo("pump");
    JsonNode history = page.json("/api/series/history?series=pump&before=1999");
    assertThat(ServedPage.numbers(history.path("observations").path("time")))
        .containsExactly(1_000);
    assertThat(history.path("modes").path("many-to-one").path("forecasts")).isEmpty();
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
    page.job.takeSecond();
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
    assertThat(job.path("history").path("time")).hasSize(2);
    assertThat(job.path("dead_letters_by_reason").get(0).path("reason").textValue())
        .isEqualTo("NONE GIVEN");
  }

  @Test
  void firstSeriesAndFirstForecastAreSentAtOnce() {
    long version = page.job.version();
    page.job.takeFirst();
    assertThat(page.job.version()).as("nothing has come").isEqualTo(version);
    page.state.takeObservation(Records.record(Records.observation("pump", 1_000, 1)), true);
    page.job.takeFirst();
    assertThat(page.json("/api/job").path("series").intValue()).isEqualTo(1);
    page.state.takeObservation(Records.record(Records.observation("pump", 2_000, 1)), true);
    page.job.takeFirst();
    assertThat(page.json("/api/job").path("observations").intValue()).as("of those").isEqualTo(1);
    page.state.takeOutput(
        Records.record(Records.forecast("pump", Mode.MANY_TO_ONE, 2_000, "demand", 4)), true);
    page.job.takeFirst();
    JsonNode job = page.json("/api/job");
    assertThat(job.path("observations").intValue()).isEqualTo(2);
    assertThat(job.path("forecasts").intValue()).isEqualTo(1);
    assertThat(job.path("history").path("time")).as("seconds of history").hasSize(1);
  }

  @Test
  void onlyWhatArrivesNowIsARate() {
    for (int i = 0; i < 1_000; i++) {
      page.state.takeObservation(Records.record(Records.observation("pump", i, 1)), false);
      page.state.takeOutput(
          Records.record(Records.forecast("pump", Mode.MANY_TO_ONE, i, "demand", 4)), false);
    }
    page.job.takeSecond();
    JsonNode job = page.json("/api/job");
    assertThat(job.path("observations").intValue()).isEqualTo(1_000);
    assertThat(job.path("rates").path("observations_per_second").doubleValue()).isZero();
    assertThat(job.path("rates").path("forecasts_per_second").doubleValue()).isZero();
    fill("pump"); // two of each
    page.job.takeSecond();
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
    try (Socket socket = page.listen("?series=pump", 0)) {
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
    long after = page.json("/api/series/history?series=pump").path("sequence").longValue();
    page.take(List.of(Records.record(Records.observation("pump", 4_000, 8))));
    try (Socket socket = page.listen("?series=pump&after=" + after, 0)) { // comes back
      socket.setSoTimeout(120_000);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      JsonNode missed = nextEvent(in, "series");
      assertThat(ServedPage.numbers(missed.path("observations").path("time")))
          .containsExactly(4_000);
    }
  }

  @Test
  void reconnectedPageGetsEachMissedEventOnce() throws Exception {
    fill("pump");
    long known = page.json("/api/series/history?series=pump").path("sequence").longValue();
    page.take(List.of(Records.record(Records.observation("pump", 3_000, 7))));
    page.take(List.of(Records.record(Records.observation("pump", 4_000, 8))));
    try (Socket socket = page.listen("?series=pump", 0, "Last-Event-ID: " + known)) {
      socket.setSoTimeout(120_000);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      List<String> events = new ArrayList<>();
      for (int seconds = 0; seconds < 3; seconds++) {
        page.job.takeSecond(); // each brings an event that is awaited
        String line = in.readLine();
        for (; !line.equals("event: job"); line = in.readLine()) {
          events.add(line);
        }
        while (!line.isEmpty()) {
          line = in.readLine();
        }
      }
      assertThat(events).filteredOn(line -> line.equals("event: series")).hasSize(1);
      JsonNode missed =
          ServedPage.parse(
              events.stream()
                  .filter(line -> line.startsWith("data: "))
                  .findFirst()
                  .orElseThrow()
                  .substring("data: ".length()));
      assertThat(ServedPage.numbers(missed.path("observations").path("time")))
          .containsExactly(3_000, 4_000);
      assertThat(events).contains("id: " + missed.path("sequence").longValue());
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

  @Test
  void aTokenIsAskedForOnEachPathAndTakenOnceAsAParameterThenAsACookie() throws Exception {
    try (ServedPage guarded = ServedPage.withToken(TOKEN)) {
      for (String path : List.of("/", "/api/job", "/uplot/uPlot.esm.js", "/nothing")) {
        HttpResponse<String> refused = guarded.get(path);
        assertThat(refused.statusCode()).as(path).isEqualTo(401);
        assertThat(refused.body()).contains("token: expected").doesNotContain(TOKEN);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
      }
      for (String wrong : List.of("", "a-token-of-some-lengt", "a-token-of-some-length1", "%")) {
        assertThat(guarded.raw(request("/?token=" + wrong))).startsWith("HTTP/1.1 401");
      }
      HttpResponse<String> in = guarded.get("/?token=" + TOKEN);
      assertThat(in.statusCode()).isEqualTo(303);
      assertThat(in.headers().firstValue("Location")).contains("/");
      String cookie = in.headers().firstValue("Set-Cookie").orElseThrow();
      assertThat(cookie).contains("HttpOnly", "SameSite=Lax", "Path=/");
      String pair = cookie.substring(0, cookie.indexOf(';'));
      assertThat(guarded.get("/api/job", "Cookie", pair).statusCode()).isEqualTo(200);
      assertThat(pair).isEqualTo("weir-token-%d=%s".formatted(guarded.port(), TOKEN));
      String wrong = "weir-token-%d=x".formatted(guarded.port());
      assertThat(guarded.get("/api/job", "Cookie", wrong).statusCode()).isEqualTo(401);
      String other = "weir-token-%d=another-token-of-length".formatted(guarded.port() + 1);
      assertThat(guarded.get("/api/job", "Cookie", other + "; " + pair).statusCode())
          .as("beside the cookie of a page on another port")
          .isEqualTo(200);
      assertThat(guarded.get("/api/job", "Authorization", "Bearer " + TOKEN).statusCode())
          .isEqualTo(200);
      assertThat(guarded.get("/api/job", "Authorization", "Bearer x").statusCode()).isEqualTo(401);
    }
  }

  private static String request(String path) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".formatted(path);
  }

  @Test
  void serverOnAnotherAddressThanLoopbackNeedsAToken() throws Exception {
    DashboardSettings settings =
        new DashboardSettings(KafkaClients.of("localhost:1"), Records.TOPICS);
    InetSocketAddress all = new InetSocketAddress(InetAddress.getByName("0.0.0.0"), 0);
    assertThatThrownBy(() -> Dashboard.open(settings, all, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("token: expected one");
    assertThatThrownBy(() -> Dashboard.open(settings, all, "short"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("16 to 256");
    assertThat(Dashboard.randomToken()).hasSize(32).isNotEqualTo(Dashboard.randomToken());
    try (Dashboard dashboard = Dashboard.open(settings, all, Dashboard.randomToken())) {
      assertThat(dashboard.address().getPort()).isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource({"localhost, localhost", "127.0.0.1, localhost", "127.0.0.2, 127.0.0.2"})
  void addressIsOneThatAnswers(String bind, String host) throws Exception {
    try (Dashboard dashboard =
        Dashboard.open(
            new DashboardSettings(KafkaClients.of("localhost:1"), Records.TOPICS),
            new InetSocketAddress(InetAddress.getByName(bind), 0),
            null)) {
      assertThat(dashboard.address().getHost()).isEqualTo(host);
      HttpURLConnection page = (HttpURLConnection) dashboard.address().toURL().openConnection();
      assertThat(page.getResponseCode()).isEqualTo(200);
    }
  }

  @Test
  void aPortThatIsTakenIsSaid() {
    assertThatThrownBy(
            () ->
                Dashboard.open(
                    new DashboardSettings(KafkaClients.of("localhost:1"), Records.TOPICS),
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), page.port()),
                    null))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("port " + page.port())
        .hasMessageContaining("--port");
  }

  // ---- what is asked

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/series?limit=0 | 400 | limit: expected a whole number from 1 to 200, got 0",
        "/api/series?limit=201 | 400 | limit: expected a whole number from 1 to 200, got 201",
        "/api/series?offset=-1 | 400 | offset: expected a whole number from 0",
        "/api/series?sort=up | 400 | sort: expected one of [worst, best, name, recent, status], got up",
        "/api/series?status=ok | 400 | status: expected one of [WARMUP, OK, FALLBACK], got ok",
        "/api/series?limit=1&limit=2 | 400 | limit: expected one, got 2",
        "/api/series/history | 400 | series: expected a name, got none",
        "/api/series/history?series=nobody | 404 | series: expected one that was seen",
        "/api/series/history?series=pump&before=now | 400 | before: expected a whole number",
        "/api/series/history?series=pump&limit=0 | 400 | limit: expected a whole number from 1 to 2000, got 0",
        "/api/series/history?series=pump&limit=2001 | 400 | limit: expected a whole number from 1 to 2000, got 2001",
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
  }

  @Test
  void clientThatDoesNotAcceptEventsIsRejected() {
    HttpResponse<String> refused = page.get("/api/events", "Accept", "application/json");
    assertThat(refused.statusCode()).isEqualTo(406);
    assertThat(ServedPage.parse(refused.body()).path("error").textValue())
        .isEqualTo("accept: expected text/event-stream, got another");
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
  void onlySoManyListenAtOnceAndAPlaceIsFreeWhenOneLeaves() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < Events.MAX_CLIENTS; i++) {
        sockets.add(page.listen("", 0));
        assertThat(status(sockets.get(i))).isEqualTo(200);
      }
      try (Socket more = page.listen("", 0)) {
        assertThat(status(more)).isEqualTo(503);
      }
      assertThat(page.get("/api/job").statusCode()).as("others are served").isEqualTo(200);
      sockets.remove(0).close();
      await()
          .pollInterval(Duration.ofMillis(300))
          .until(
              () -> {
                page.job.takeSecond(); // a closed page is noticed at the next event
                try (Socket more = page.listen("", 0)) {
                  return status(more) == 200;
                }
              });
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void noThreadIsLeftOfThePagesThatListened() throws Exception {
    for (int round = 0; round < 5; round++) {
      List<Socket> sockets = new ArrayList<>();
      try (ServedPage other = ServedPage.impatient(Duration.ofSeconds(5))) {
        for (int i = 0; i < Events.MAX_CLIENTS; i++) {
          sockets.add(other.listen("", 0));
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
                    .noneMatch(name -> name.startsWith("dashboard-events-")));
  }

  /** A connection from an address of this machine; all of 127.0.0.0/8 are on Linux. */
  private static Socket from(String address, ServedPage to) throws Exception {
    return new Socket(
        InetAddress.getLoopbackAddress(), to.port(), InetAddress.getByName(address), 0);
  }

  /** What such a one is answered within this time; empty for nothing. */
  private static String asked(String address, ServedPage of, Duration limit) throws Exception {
    try (Socket socket = from(address, of)) {
      socket.setSoTimeout((int) limit.toMillis());
      socket.getOutputStream().write(request("/api/job").getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(15), StandardCharsets.US_ASCII);
    } catch (IOException e) { // closed, or silent
      return "";
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void ofManyConnectionsTheLastWaitUntilOneLeaves() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 256; i++) {
        idle.add(from("127.0.0." + (2 + i % 2), page));
      }
      int[] silent = new int[1];
      await() // each of them is taken
          .until(
              () -> {
                silent[0] = asked("127.0.0.1", page, SILENCE).isEmpty() ? silent[0] + 1 : 0;
                return silent[0] == 3; // once may be a server that is slow
              });
      idle.remove(0).close();
      await().until(() -> asked("127.0.0.1", page, ANSWER).equals("HTTP/1.1 200 OK"));
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  /** Each sends a header's byte now and then, so that none is ever idle. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void threeHundredSlowConnectionsShutNobodyOut() throws Exception {
    String slow = "127.0.0.2";
    try (ServedPage impatient = ServedPage.impatient(Duration.ofSeconds(3))) {
      List<Socket> all = new ArrayList<>();
      try {
        for (int i = 0; i < 300; i++) {
          all.add(from(slow, impatient));
          trickle(all.get(i), "GET /api/job HTTP/1.1\r\nHost: localhost\r\nX: ");
        }
        long opened = System.nanoTime();
        assertThat(asked("127.0.0.1", impatient, ANSWER))
            .as("another")
            .isEqualTo("HTTP/1.1 200 OK");
        await()
            .atMost(Duration.ofSeconds(30))
            .pollInterval(Duration.ofMillis(300))
            .until(
                () -> {
                  all.forEach(socket -> trickle(socket, "x"));
                  return asked(slow, impatient, SILENCE).equals("HTTP/1.1 200 OK");
                });
        assertThat(Duration.ofNanos(System.nanoTime() - opened)).isLessThan(Duration.ofSeconds(30));
        assertThat(asked("127.0.0.1", impatient, ANSWER))
            .as("another")
            .isEqualTo("HTTP/1.1 200 OK");
      } finally {
        for (Socket socket : all) {
          socket.close();
        }
      }
    }
  }

  private static void trickle(Socket socket, String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // closed by the server, as it should be
    }
  }

  /** Each has many requests answered and takes no answer, so that threads wait for it. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void connectionsThatTakeNoAnswerShutNobodyOut() throws Exception {
    byte[] requests =
        "GET /uplot/uPlot.esm.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
            .repeat(200)
            .getBytes(StandardCharsets.US_ASCII);
    List<Socket> all = new ArrayList<>();
    try {
      for (int i = 0; i < 60; i++) {
        Socket socket = from("127.0.0.2", page);
        all.add(socket);
        socket.getOutputStream().write(requests);
      }
      for (int i = 0; i < 10; i++) {
        assertThat(asked("127.0.0.1", page, ANSWER)).isEqualTo("HTTP/1.1 200 OK");
      }
    } finally {
      for (Socket socket : all) {
        socket.close();
      }
    }
  }

  @Test
  void aConnectionIsServedAgainAndAgainAndAPageThatListensStays() throws Exception {
    Duration limit = Duration.ofMillis(700);
    try (ServedPage impatient = ServedPage.impatient(limit);
        Socket listening = impatient.listen("", 0)) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(listening.getInputStream(), StandardCharsets.UTF_8));
      await()
          .until(
              () -> {
                try (Socket asking =
                    new Socket(InetAddress.getLoopbackAddress(), impatient.port())) {
                  return isServedForLongerThan(limit, impatient, asking, in);
                }
              });
    }
  }

  /** False if this machine paused for the limit, so that the page may close the connection. */
  private static boolean isServedForLongerThan(
      Duration limit, ServedPage page, Socket asking, BufferedReader events) throws Exception {
    long started = System.nanoTime();
    long asked = started;
    while (System.nanoTime() - started < 3 * limit.toNanos()) {
      Thread.sleep(200);
      page.job.takeSecond();
      assertThat(nextEvent(events, "job").path("series").isNumber()).isTrue();
      long before = asked;
      asked = System.nanoTime();
      trickle(asking, "HEAD /api/job HTTP/1.1\r\nHost: localhost\r\n\r\n");
      String status = line(asking);
      if (status.isEmpty()) {
        assertThat(Duration.ofNanos(System.nanoTime() - before))
            .as("since the request before, when the page closed the connection")
            .isGreaterThan(limit);
        return false;
      }
      assertThat(status).isEqualTo("HTTP/1.1 200 OK");
      while (!line(asking).isEmpty()) {
        // the head of the answer
      }
    }
    return true;
  }

  /** Empty at the end of the head, and where the other side has closed. */
  private static String line(Socket socket) {
    StringBuilder line = new StringBuilder();
    try {
      for (int c = socket.getInputStream().read(); c >= 0 && c != '\n'; ) {
        line.append((char) c);
        c = socket.getInputStream().read();
      }
    } catch (SocketException e) { // reset
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.toString().strip();
  }

  @Test
  void aPageThatTakesNothingIsDroppedAndNothingIsKeptForIt() throws Exception {
    try (ServedPage impatient = ServedPage.impatient(Duration.ofSeconds(1))) {
      String name = "n".repeat(1_000);
      impatient.take(List.of(Records.record(Records.observation(name, 0, 0))));
      try (Socket deaf = impatient.listen("?series=" + name, 4_096)) {
        await().until(() -> impatient.listeners() == 1);
        long sent = 0;
        long deadline = System.nanoTime() + Patience.LIMIT.toNanos();
        while (impatient.listeners() > 0) { // each event some 80 KB; the system's buffers fill
          for (int i = 0; i < SeriesHistory.KEPT; i++) {
            impatient.take(List.of(Records.record(Records.observation(name, 60_000L * i, ++sent))));
          }
          assertThat(System.nanoTime()).as("when it should be gone").isLessThan(deadline);
        }
        assertThat(deaf.isConnected()).isTrue();
      }
      assertThat(impatient.get("/api/job").statusCode()).isEqualTo(200);
    }
  }

  private static int status(Socket socket) throws Exception {
    socket.setSoTimeout(120_000);
    byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
    return Integer.parseInt(new String(line, StandardCharsets.US_ASCII).substring(9));
  }
}
