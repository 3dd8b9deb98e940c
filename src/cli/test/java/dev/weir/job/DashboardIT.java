package dev.weir.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.Patience;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.dashboard.Dashboard;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.dashboard.view.DashboardSettings.Limits;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Score;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.model.Mode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page's server beside a real broker and a real job: what it serves is what the topics hold.
 */
class DashboardIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration WAIT = Patience.LIMIT;
  private static final long START = 1_767_225_600_000L;
  private static final long HOUR = 3_600_000;

  @TempDir private Path dir;
  private final HttpClient http = HttpClient.newHttpClient();

  private static Dashboard page(String bootstrapServers, Topics topics, int back, long history)
      throws IOException {
    return Dashboard.start(
        new DashboardSettings(
            KafkaClients.of(bootstrapServers),
            topics,
            null,
            null,
            null,
            new Limits(back, 1_000, history),
            null,
            null),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        null);
  }

  private JsonNode get(Dashboard page, String path) throws Exception {
    URI address = page.address().resolve(path);
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(address).timeout(Patience.LIMIT).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(path + response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private JsonNode history(Dashboard page, String series) throws Exception {
    return get(page, "/api/series/history?limit=2000&series=" + URLEncoder.encode(series, UTF_8));
  }

  private static double[] numbers(JsonNode array) {
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.get(i).doubleValue();
    }
    return numbers;
  }

  private static List<Observation> observations(int from, int to) {
    List<Observation> all = new ArrayList<>();
    for (int i = from; i < to; i++) {
      for (String series : List.of("a", "größe/<b>", "c")) {
        double value = Math.sin(i * 0.7 + series.length()) * 10 + i % 3;
        all.add(new Observation(series, START + i * HOUR, value));
      }
    }
    return all;
  }

  @Test
  void whatIsServedIsWhatTheTopicsHold() throws Exception {
    Path job =
        Files.writeString(
            dir.resolve("page.yaml"),
            "scores: {every: 1}\nforecast: {many-to-one: {horizon: 2}, many-to-many: {}}\n");
    KafkaFixture kafka = KafkaFixture.shared();
    FlinkFixture flink = FlinkFixture.shared();
    Map<String, String> overrides = kafka.sampleOverrides("served");
    overrides.remove("output"); // learned, without a model
    overrides.put("learning.size", "small");
    JobSettings settings = JobSettings.read(job, overrides);
    Topics topics = settings.kafka().topics();
    try (Dashboard page = page(kafka.bootstrapServers(), topics, Limits.USUAL.back(), 8 << 20)) {
      // the page is there before its topics are
      await()
          .atMost(WAIT)
          .untilAsserted(
              () -> {
                JsonNode waiting = get(page, "/api/job");
                assertThat(waiting.path("state").textValue()).isEqualTo("WAITING");
                assertThat(waiting.path("why").textValue())
                    .contains("no topic served.observations", "weir produce");
              });
      kafka.create(topics.observations().first(), 2, Map.of());
      try (RunningJob running = flink.submit(settings, 1, Duration.ofMillis(500))) {
        kafka.sendObservations(topics.observations().first(), observations(0, 60));
        kafka.send(
            List.of(
                new ProducerRecord<>(
                    topics.observations().first(), "x".getBytes(UTF_8), new byte[] {1, 2})));
        running
            .await()
            .untilAsserted(
                () -> {
                  JsonNode live = get(page, "/api/job");
                  assertThat(live.path("forecasts").intValue()).isEqualTo(2 * 180);
                  assertThat(live.path("dead_letters").intValue()).isEqualTo(1);
                  assertThat(live.path("state").textValue()).isEqualTo("LIVE");
                });
        kafka.sendObservations(
            topics.observations().first(), observations(60, 61)); // of a live page
        running
            .await()
            .untilAsserted(
                () -> {
                  JsonNode live = get(page, "/api/job");
                  assertThat(live.path("forecasts").intValue()).isEqualTo(2 * 183);
                  assertThat(live.path("scores").intValue())
                      .isEqualTo(kafka.read(topics.scores(), KafkaFixture.COMMITTED).size());
                });
        List<Forecast> issued = kafka.forecasts(topics.forecasts(), KafkaFixture.COMMITTED);
        running
            .await() // one reader may be behind the other, and what is shown a second behind both
            .untilAsserted(
                () -> {
                  assertCounts(get(page, "/api/job"));
                  for (String series : List.of("a", "größe/<b>", "c")) {
                    JsonNode served = history(page, series);
                    assertObservations(served, series, observations(0, 61));
                    assertForecasts(
                        served, issued.stream().filter(f -> f.series().equals(series)).toList());
                  }
                  assertScores(kafka, topics, get(page, "/api/series?sort=name"));
                });
      }
      // a page that begins now, with no room for histories, reads back what it is asked for
      try (Dashboard late = page(kafka.bootstrapServers(), topics, 50, 1)) {
        await()
            .atMost(WAIT)
            .untilAsserted(
                () -> assertThat(get(late, "/api/series").path("total").intValue()).isEqualTo(3));
        await()
            .atMost(WAIT)
            .untilAsserted(
                () -> {
                  JsonNode served = history(late, "c");
                  assertThat(served.path("observations").path("time").size()).isBetween(10, 50);
                  assertThat(served.path("modes").path("many-to-one").path("forecasts"))
                      .isNotEmpty();
                });
        JsonNode served = history(late, "c");
        double[] known = numbers(history(page, "c").path("observations").path("value"));
        double[] readBack = numbers(served.path("observations").path("value"));
        assertThat(known).endsWith(readBack);
      }
    }
  }

  private static void assertCounts(JsonNode job) {
    assertThat(job.path("observations").intValue()).isEqualTo(184);
    assertThat(job.path("series").intValue()).isEqualTo(3);
    assertThat(job.path("unreadable").intValue()).isEqualTo(1);
    assertThat(job.path("status").path("OK").intValue()).isEqualTo(3);
    assertThat(job.path("skill").path("series").intValue()).as("with 184 values").isZero();
    assertThat(job.path("new_skill").path("series").intValue()).isEqualTo(3);
    assertThat(job.path("new_skill").path("naive").doubleValue()).isBetween(-1.0, 1.0);
    assertThat(job.path("latency_ms").path("p50").isNumber()).isTrue();
    JsonNode dead = job.path("dead_letters_by_reason").get(0);
    assertThat(dead.path("reason").textValue()).isEqualTo("MALFORMED");
    assertThat(dead.path("example").path("value").textValue()).isEqualTo("0x0102");
    assertThat(dead.path("example").path("key").textValue()).isEqualTo("x");
    assertThat(dead.path("example").path("topic").textValue()).isEqualTo("served.observations");
  }

  private static void assertObservations(JsonNode served, String series, List<Observation> sent) {
    List<Observation> own = sent.stream().filter(o -> o.series().equals(series)).toList();
    assertThat(numbers(served.path("observations").path("time")))
        .containsExactly(own.stream().mapToDouble(Observation::time).toArray());
    assertThat(numbers(served.path("observations").path("value")))
        .containsExactly(own.stream().mapToDouble(Observation::value).toArray());
  }

  /** Each forecast of the topic, to the last bit. */
  private static void assertForecasts(JsonNode served, List<Forecast> issued) {
    int count = 0;
    for (Forecast forecast : issued) {
      JsonNode found = null;
      for (JsonNode one : served.path("modes").path(forecast.mode().label()).path("forecasts")) {
        if (one.path("origin").longValue() == forecast.origin()) {
          found = one;
        }
      }
      assertThat(found).as("%s", forecast).isNotNull();
      assertThat(numbers(found.path("value"))).containsExactly(forecast.values());
      if (!forecast.intervals().isEmpty()) {
        Forecast.Interval interval = forecast.intervals().get(0);
        assertThat(numbers(found.path("lower"))).containsExactly(interval.lower());
        assertThat(numbers(found.path("upper"))).containsExactly(interval.upper());
      }
      assertThat(found.path("status").textValue()).isEqualTo(forecast.status().name());
      count++;
    }
    assertThat(count).isEqualTo(122);
  }

  private static void assertScores(KafkaFixture kafka, Topics topics, JsonNode list)
      throws Exception {
    ScoreCodec codec = new ScoreCodec();
    Map<String, Score> newest = new TreeMap<>();
    for (var record : kafka.read(topics.scores(), KafkaFixture.COMMITTED)) {
      Score score = codec.decode(record.value());
      if (score.mode().label().equals("many-to-one")) {
        newest.put(score.series(), score);
      }
    }
    assertThat(list.path("items")).hasSize(3);
    for (JsonNode item : list.path("items")) {
      Score score = newest.get(item.path("series").textValue());
      double naive =
          score.methods().stream()
              .filter(method -> method.name().equals("naive"))
              .findFirst()
              .orElseThrow()
              .mae();
      assertThat(item.path("mae").doubleValue()).isEqualTo(score.mae());
      assertThat(item.path("relative").doubleValue()).isEqualTo(score.mae() / naive);
      assertThat(item.path("coverage").doubleValue()).isEqualTo(score.coverage());
    }
  }

  @Tag("slow")
  @Test
  void thePageOutlivesItsBrokerAndFindsNewPartitions() throws Exception {
    Topics topics = new Topics("o", "f", "s", "d", "m");
    EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("broker"), 0);
    String servers = broker.bootstrapServers();
    int port = Integer.parseInt(servers.substring(servers.indexOf(':') + 1));
    try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(servers))) {
      admin.createMissing(topics, 1);
    }
    send(servers, topics.observations().first(), 0, observations(0, 20));
    try (Dashboard page = page(servers, topics, Limits.USUAL.back(), 8 << 20)) {
      await().atMost(WAIT).until(() -> observations(page) == 60);
      broker.close();
      await()
          .atMost(WAIT)
          .untilAsserted(
              () -> {
                JsonNode job = get(page, "/api/job");
                assertThat(job.path("state").textValue()).isEqualTo("WAITING");
                assertThat(job.path("why").textValue()).contains(servers, "does not answer");
              });
      assertThat(numbers(history(page, "a").path("observations").path("value")))
          .as("what it knew")
          .hasSize(20);
      broker = EmbeddedBroker.start(dir.resolve("broker"), port);
      send(servers, topics.observations().first(), 0, observations(20, 30));
      await().atMost(WAIT).until(() -> observations(page) == 90);
      try (var admin =
          org.apache.kafka.clients.admin.Admin.create(Map.of("bootstrap.servers", servers))) {
        admin
            .createPartitions(
                Map.of(
                    topics.observations().first(),
                    org.apache.kafka.clients.admin.NewPartitions.increaseTo(2)))
            .all()
            .get();
      }
      send(servers, topics.observations().first(), 1, observations(30, 40));
      await().atMost(WAIT).until(() -> observations(page) == 120);
      assertThat(numbers(history(page, "a").path("observations").path("time")))
          .as("each once, in order")
          .hasSize(40)
          .isSorted();
    } finally {
      broker.close();
    }
  }

  @Test
  void whatWasNeverCommittedIsNeverShown() throws Exception {
    Topics topics = new Topics("o", "f", "s", "d", "m");
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("aborting"), 0)) {
      String servers = broker.bootstrapServers();
      try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(servers))) {
        admin.createMissing(topics, 1);
      }
      try (Dashboard page = page(servers, topics, Limits.USUAL.back(), 8 << 20);
          Producer<byte[], byte[]> producer =
              KafkaClients.of(servers).with("transactional.id", "t").producer()) {
        producer.initTransactions();
        for (boolean commit : List.of(false, true)) {
          producer.beginTransaction();
          String series = commit ? "committed" : "aborted";
          Forecast forecast =
              new Forecast(
                  series,
                  START,
                  START,
                  5,
                  Mode.MANY_TO_ONE,
                  null,
                  new double[] {1},
                  List.of(),
                  "",
                  -1,
                  0,
                  Forecast.Status.WARMUP);
          producer.send(
              new ProducerRecord<>(
                  topics.forecasts(),
                  series.getBytes(UTF_8),
                  new ForecastCodec().encode(forecast)));
          producer.flush();
          if (commit) {
            producer.commitTransaction();
          } else {
            producer.abortTransaction();
          }
        }
        await().atMost(WAIT).until(() -> get(page, "/api/series").path("total").intValue() > 0);
        JsonNode list = get(page, "/api/series");
        assertThat(list.path("items")).hasSize(1);
        assertThat(list.path("items").get(0).path("series").textValue()).isEqualTo("committed");
        JsonNode forecast =
            history(page, "committed").path("modes").path("many-to-one").path("forecasts").get(0);
        assertThat(forecast.path("time").isNull()).as("spacing is not known").isTrue();
        assertThat(forecast.path("lower").isNull()).isTrue();
      }
    }
  }

  private int observations(Dashboard page) throws Exception {
    return get(page, "/api/job").path("observations").intValue();
  }

  private static void send(
      String servers, String topic, int partition, List<Observation> observations)
      throws Exception {
    try (Producer<byte[], byte[]> producer = KafkaClients.of(servers).producer()) {
      ObservationCodec codec = new ObservationCodec();
      for (Observation observation : observations) {
        producer.send(
            new ProducerRecord<>(
                topic, partition, observation.series().getBytes(UTF_8), codec.encode(observation)));
      }
      producer.flush();
    }
  }
}
