package dev.weir.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.Http;
import dev.weir.cli.InProcess;
import dev.weir.cli.WeirProcess;
import dev.weir.cli.alarm.WebhookCommand;
import dev.weir.dashboard.Records;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Observation;
import dev.weir.job.JobSettings;
import dev.weir.job.KafkaFixture;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.codec.IncidentCodec;
import dev.weir.webhook.Endpoint.Post;
import dev.weir.webhook.WebhookDelivery.Source;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Incidents of a real broker, posted to a real HTTP server that fails in many ways. */
class WebhookIT {

  private static final Event[] EVENTS = {Event.OPENED, Event.UPDATED, Event.CLOSED};

  private static final KafkaFixture kafka = KafkaFixture.shared();

  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  private static Incident incident(String series, Event event) {
    return Records.incident(series, 1_000, event, event == Event.OPENED ? 2.75 : 4.5);
  }

  private static String key(String series, Event event) {
    return "%s-%s-%s-error"
        .formatted(
            Incident.id(series, 1_000),
            event.name().toLowerCase(),
            event == Event.OPENED ? "low" : "high");
  }

  private static List<String> keys(int from, int to) {
    List<String> keys = new ArrayList<>();
    for (int i = from; i < to; i++) {
      for (Event event : EVENTS) {
        keys.add(key("s" + i, event));
      }
    }
    return keys;
  }

  /** Writes three records of each series in a transaction. */
  private static void send(String topic, int from, int to, boolean commits) {
    IncidentCodec codec = new IncidentCodec();
    try (Producer<byte[], byte[]> producer =
        KafkaClients.of(kafka.bootstrapServers())
            .with("transactional.id", topic + from)
            .producer()) {
      producer.initTransactions();
      producer.beginTransaction();
      for (Event event : EVENTS) {
        for (int i = from; i < to; i++) {
          Incident incident = incident("s" + i, event);
          byte[] series = incident.series().getBytes(StandardCharsets.UTF_8);
          byte[] value = i % 2 == 0 ? codec.encode(incident) : codec.toJson(incident);
          producer.send(new ProducerRecord<>(topic, null, incident.time(), series, value));
        }
      }
      producer.flush();
      if (commits) {
        producer.commitTransaction();
      } else {
        producer.abortTransaction();
      }
    }
  }

  private static ProducerRecord<byte[], byte[]> foreign(String topic) {
    byte[] value = new IncidentCodec().encode(incident("of another job", Event.OPENED));
    ProducerRecord<byte[], byte[]> foreign = new ProducerRecord<>(topic, 0, null, value);
    foreign.headers().add("__weir.job", "another".getBytes(StandardCharsets.UTF_8));
    return foreign;
  }

  private WebhookDelivery delivery(String topic, Endpoint endpoint) {
    WebhookDelivery delivery =
        new WebhookDelivery(
            new Source(
                KafkaClients.of(kafka.bootstrapServers()),
                topic,
                topic + "-webhook",
                "mine",
                null,
                null),
            new WebhookSettings(endpoint.address(), WebhookSettings.Format.JSON),
            Duration.ofMillis(50),
            lines::add);
    delivery.start();
    return delivery;
  }

  private static void awaitTaken(Endpoint endpoint, int count) {
    await().until(() -> endpoint.taken().stream().map(Post::id).distinct().count() >= count);
  }

  @Test
  void eachIncidentArrivesInOrderThroughFailuresAndARestart() throws Exception {
    kafka.create("failing", 3, Map.of());
    send("failing", 100, 110, false); // aborted, so it never happened
    send("failing", 0, 40, true);
    String left = key("s7", Event.CLOSED); // for the second delivery
    AtomicBoolean isOpen = new AtomicBoolean();
    try (Endpoint endpoint =
        new Endpoint(
            (n, id, exchange) -> {
              if (id.equals(left) && !isOpen.get()) {
                return 503;
              }
              int[] statuses = {500, 429, 404, 0, 503, 301};
              return n <= 33 && n % 3 == 0 ? statuses[n / 3 % statuses.length] : 200 + n % 5;
            })) {
      try (WebhookDelivery before = delivery("failing", endpoint)) {
        await().until(() -> endpoint.posts().stream().filter(p -> p.id().equals(left)).count() > 3);
      }
      assertThat(endpoint.taken()).noneMatch(post -> post.id().equals(left));
      isOpen.set(true);
      send("failing", 40, 45, true); // while nobody is there
      try (WebhookDelivery after = delivery("failing", endpoint)) {
        awaitTaken(endpoint, 135);
        await().until(() -> kafka.lag("failing", "failing-webhook") == 0);
      }
      Map<String, Post> first = new LinkedHashMap<>(); // of each record
      endpoint.taken().forEach(post -> first.putIfAbsent(post.id(), post));
      List<Post> taken = List.copyOf(first.values());
      assertThat(first.keySet()).containsExactlyInAnyOrderElementsOf(keys(0, 45));
      Map<String, List<String>> bySeries =
          taken.stream()
              .collect(
                  Collectors.groupingBy(
                      post -> json(post).get("series").textValue(),
                      Collectors.mapping(
                          post -> json(post).get("event").textValue(), Collectors.toList())));
      assertThat(bySeries).hasSize(45);
      assertThat(bySeries.values())
          .allMatch(events -> events.equals(List.of("OPENED", "UPDATED", "CLOSED")));
      for (Post post : endpoint.posts()) {
        assertThat(post.type()).isEqualTo("application/json");
      }
      JsonNode body = json(taken.get(0));
      String series = body.get("series").textValue();
      ObjectNode expected =
          (ObjectNode)
              new ObjectMapper()
                  .readTree(new IncidentCodec().toJson(incident(series, Event.OPENED)));
      expected.put(
          "text",
          "Low incident opened in %s since 1970-01-01 00:00 UTC: error, value 12.500, expected 10.000"
              .formatted(series));
      assertThat(body).isEqualTo(expected);
    }
    assertThat(lines.get(0))
        .matches(
            "posts the incidents of topic failing to http://localhost:[0-9]+/h\\*{3}\\?\\*{3} as"
                + " group failing-webhook");
    assertThat(lines)
        .anyMatch(
            line ->
                line.matches(
                    "failing-[0-2]@[0-9]+: POST to http://localhost:[0-9]+/h.*: .*; it is tried"
                        + " again until it succeeds, and nothing is lost meanwhile"));
    assertThat(String.join("\n", lines)).doesNotContain("in-the-address", "token");
  }

  private static JsonNode json(Post post) {
    try {
      return new ObjectMapper().readTree(post.body());
    } catch (java.io.IOException e) {
      throw new AssertionError(post.body(), e);
    }
  }

  @Test
  void refusedRecordIsNamedAndTheOthersFollow() throws Exception {
    kafka.create("refusing", 3, Map.of());
    send("refusing", 0, 3, true);
    kafka.send(List.of(new ProducerRecord<>("refusing", 0, null, new byte[] {1, 2, 3})));
    kafka.send(List.of(foreign("refusing")));
    String refused = key("s1", Event.UPDATED);
    try (Endpoint endpoint = new Endpoint((n, id, exchange) -> id.equals(refused) ? 422 : 202)) {
      try (WebhookDelivery delivery = delivery("refusing", endpoint)) {
        awaitTaken(endpoint, 8);
        await().until(() -> kafka.lag("refusing", "refusing-webhook") == 0);
        assertThat(delivery.metrics().toString())
            .contains("result=\"taken\"}=8.0", "result=\"skipped\"}=2.0", "_reads_total{")
            .contains("target=\"http://localhost:");
      }
      assertThat(endpoint.posts().stream().filter(post -> post.id().equals(refused))).hasSize(1);
      List<String> others = new ArrayList<>(keys(0, 3));
      others.remove(refused);
      assertThat(endpoint.taken().stream().map(Post::id))
          .containsExactlyInAnyOrderElementsOf(others);
    }
    assertThat(lines)
        .anyMatch(
            line ->
                line.matches(
                    "refusing-[0-2]@[0-9]+: http://localhost:[0-9]+/h.* refused %s, status 422; skipped,"
                            .formatted(refused)
                        + " and the next ones follow"))
        .anyMatch(line -> line.matches("refusing-0@[0-9]+: .*; skipped, and the next ones follow"));
  }

  @ParameterizedTest
  @CsvSource({"json, 204", "alertmanager, 200", "json, 404", "json, 422", "json, 0"})
  void testIncidentIsPostedOnceAndItsAnswerTold(String format, int status) throws Exception {
    String line =
        "webhook jobs/many-to-one.yaml --test --set alarms=on --set alarms.webhook=%s"
            + " --set alarms.webhook-format=%s --set kafka.bootstrap-servers=localhost:1";
    try (Endpoint endpoint = new Endpoint((n, id, exchange) -> status)) {
      if (status / 100 == 2) {
        assertThat(InProcess.succeeds(line, endpoint.address(), format).out())
            .matches("http://localhost:[0-9]+.* took the test incident, status " + status + "\n");
      } else {
        assertThat(InProcess.fails(1, line, endpoint.address(), format).err())
            .contains("alarms.webhook: POST of the test incident to http://localhost:")
            .contains(status == 0 ? "IOException" : " " + status)
            .contains("; check the address with its token, and that this machine may reach it")
            .doesNotContain("in-the-address");
      }
      assertThat(endpoint.posts()).hasSize(1);
      JsonNode body = json(endpoint.posts().get(0));
      JsonNode labels = format.equals("json") ? body : body.get(0).get("labels");
      assertThat(labels.get("series").textValue()).isEqualTo("weir webhook --test");
      if (body.isArray()) { // nobody closes it
        assertThat(Instant.parse(body.get(0).get("endsAt").textValue()))
            .isBefore(Instant.now().plus(Duration.ofMinutes(6)));
      }
    }
  }

  /** Of the sample job with other options, as the command line starts them. */
  private WebhookDeliveries deliveries(String topic, String addresses) throws Exception {
    Path file = Path.of("jobs", "many-to-one.yaml");
    Map<String, String> options =
        Map.of(
            "name", topic,
            "kafka.bootstrap-servers", kafka.bootstrapServers(),
            "alarms", "on",
            "topics.alarms", topic,
            "alarms.webhook", addresses);
    return WebhookCommand.deliveries(file, options, JobSettings.read(file, options), null).start();
  }

  @Test
  void targetThatIsDownDoesNotHoldAnotherAndANewOneRepeatsNothing() throws Exception {
    kafka.create("several", 3, Map.of());
    send("several", 0, 5, true);
    try (Endpoint down = new Endpoint((n, id, exchange) -> 503);
        Endpoint well = new Endpoint((n, id, exchange) -> 200);
        Endpoint added = new Endpoint((n, id, exchange) -> 200)) {
      String both = down.address() + ", " + well.address();
      try (WebhookDeliveries before = deliveries("several", both)) {
        awaitTaken(well, 15);
        assertThat(down.taken()).isEmpty();
        await().until(() -> down.posts().size() > 1);
      }
      down.behave((n, id, exchange) -> 200);
      send("several", 5, 6, true);
      try (WebhookDeliveries after = deliveries("several", added.address() + "," + both)) {
        for (Endpoint each : List.of(down, well, added)) {
          awaitTaken(each, 18);
          assertThat(each.taken().stream().map(Post::id))
              .containsExactlyInAnyOrderElementsOf(keys(0, 6));
        }
      }
    }
  }

  private static ProducerRecord<byte[], byte[]> silence(String topic, Event event, int values) {
    Incident.Worst worst = new Incident.Worst(1_000, 22, Double.NaN, 0, 3);
    Incident incident =
        new Incident(
            "pump",
            Incident.id("pump", 1_000),
            event,
            1_000L * values,
            1_000,
            1_000L * values,
            values,
            worst,
            Incident.Reason.SILENCE,
            Incident.Severity.HIGH,
            List.of(),
            "",
            -1,
            null);
    return new ProducerRecord<>(topic, new IncidentCodec().encode(incident));
  }

  @Test
  void silenceThatBeganAndEndedWhileNothingRanIsPosted() throws Exception {
    kafka.create("silent", 1, Map.of());
    send("silent", 0, 1, true);
    try (Endpoint endpoint = new Endpoint((n, id, exchange) -> 200)) {
      try (WebhookDeliveries before = deliveries("silent", endpoint.address())) {
        awaitTaken(endpoint, 3);
      }
      kafka.send(List.of(silence("silent", Event.OPENED, 3), silence("silent", Event.CLOSED, 60)));
      try (WebhookDeliveries after = deliveries("silent", endpoint.address())) {
        awaitTaken(endpoint, 5);
      }
      assertThat(endpoint.taken().stream().map(post -> json(post).get("text").textValue()))
          .containsSubsequence(
              "High incident opened in pump since 1970-01-01 00:00 UTC: silence, 3 values missing,"
                  + " the last one was 22.000",
              "High incident closed in pump since 1970-01-01 00:00 UTC: silence, 60 values missing,"
                  + " the last one was 22.000");
    }
  }

  /** The one sample of a metric with this text among its labels; NaN for none. */
  private static double metric(WebhookDeliveries deliveries, String name, String label) {
    Pattern sample = Pattern.compile("(?m)^weir_webhook_%s\\{.*%s.*} (.*)$".formatted(name, label));
    Matcher matcher = sample.matcher(deliveries.metrics());
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : Double.NaN;
  }

  @Test
  void whatWaitsIsMeasuredAlsoAfterARestart() throws Exception {
    kafka.create("measured", 3, Map.of());
    send("measured", 100, 110, false);
    send("measured", 0, 4, true);
    kafka.send(List.of(foreign("measured")));
    try (Endpoint endpoint = new Endpoint((n, id, exchange) -> 503)) {
      for (int restart = 0; restart < 2; restart++) {
        endpoint.behave((n, id, exchange) -> 503);
        try (WebhookDeliveries deliveries = deliveries("measured", endpoint.address())) {
          await().until(() -> metric(deliveries, "failures_in_a_row", "") > 0);
          assertThat(metric(deliveries, "posts_total", "failed")).isPositive();
          assertThat(metric(deliveries, "waiting_records", "")).isEqualTo(12);
          assertThat(metric(deliveries, "oldest_waiting_seconds", "")) // since 1970
              .isCloseTo(System.currentTimeMillis() / 1_000.0, Offset.offset(60.0));
          if (restart == 1) {
            endpoint.behave((n, id, exchange) -> 200);
            await().until(() -> metric(deliveries, "waiting_records", "") == 0);
            assertThat(metric(deliveries, "oldest_waiting_seconds", "")).isZero();
            assertThat(metric(deliveries, "posts_total", "taken")).isEqualTo(12);
            assertThat(metric(deliveries, "failures_in_a_row", "")).isZero();
          }
        }
      }
    }
  }

  @Test
  void readThatFailsIsCountedAndItsValuesAreMissing() {
    KafkaClients none = KafkaClients.of("localhost:1");
    Source source = new Source(none, "topic", "group", "mine", null, null);
    WebhookSettings settings = new WebhookSettings("http://a", WebhookSettings.Format.JSON);
    WebhookDelivery delivery = new WebhookDelivery(source, settings, Duration.ZERO, lines::add);
    assertThat(new WebhookDeliveries(List.of(delivery)).metrics())
        .contains("weir_webhook_failed_reads_total{group=\"group\",target=\"http://a\"} 1.0\n")
        .contains("# TYPE weir_webhook_failed_reads_total counter\n")
        .doesNotContain("waiting_records{", "oldest_waiting_seconds{");
  }

  @Tag("slow")
  @Test
  void twoProcessesShareThePartitions() throws Exception {
    kafka.create("shared", 3, Map.of());
    send("shared", 0, 20, true);
    try (Endpoint endpoint = new Endpoint((n, id, exchange) -> 503)) {
      try (WebhookDelivery first = delivery("shared", endpoint)) {
        await().until(() -> endpoint.posts().size() > 3);
        try (WebhookDelivery second = delivery("shared", endpoint)) {
          await().until(() -> members("shared-webhook", 2));
          endpoint.behave((n, id, exchange) -> 200);
          awaitTaken(endpoint, 60);
        }
      }
      assertThat(endpoint.taken().stream().map(Post::id).collect(Collectors.toSet()))
          .isEqualTo(Set.copyOf(keys(0, 20)));
    }
  }

  private static boolean members(String group, int count) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      var members = admin.describeConsumerGroups(List.of(group)).all().get().get(group).members();
      return members.size() == count
          && members.stream().noneMatch(m -> m.assignment().topicPartitions().isEmpty());
    }
  }

  @Tag("slow")
  @Test
  void processThatIsKilledSendsTheSameRecordAgain() throws Exception {
    kafka.create("killed", 1, Map.of());
    send("killed", 0, 4, true);
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch killed = new CountDownLatch(1);
    String held = key("s2", Event.UPDATED);
    try (Endpoint endpoint =
        new Endpoint(
            (n, id, exchange) -> {
              if (id.equals(held)) { // taken, but its sender does not live to know it
                arrived.countDown();
                killed.await(60, TimeUnit.SECONDS);
              }
              return 200;
            })) {
      try (WeirProcess process = process(endpoint)) {
        assertThat(arrived.await(60, TimeUnit.SECONDS)).as(process.err()).isTrue();
        process.kill();
      }
      killed.countDown();
      await().until(() -> endpoint.taken().stream().anyMatch(post -> post.id().equals(held)));
      try (WeirProcess process = process(endpoint)) {
        awaitTaken(endpoint, 12);
        await().until(() -> kafka.lag("killed", "pumps-webhook-e773cede") == 0);
        Matcher served = Pattern.compile("metrics at (http://127.0.0.1:.*)").matcher(process.err());
        assertThat(served.find()).as(process.err()).isTrue();
        assertThat(Http.get(URI.create(served.group(1))))
            .contains("weir_webhook_waiting_records{group=\"pumps-webhook-e773cede\",target=")
            .doesNotContain("in-the-address");
        process.close(); // as Ctrl-C does
        assertThat(process.err()).doesNotContain("in-the-address");
      }
      List<String> ids = endpoint.taken().stream().map(Post::id).toList();
      assertThat(Set.copyOf(ids)).isEqualTo(Set.copyOf(keys(0, 4)));
      assertThat(ids.stream().filter(held::equals)).as("with the same key").hasSize(2);
    }
  }

  private static WeirProcess process(Endpoint endpoint) throws Exception {
    return WeirProcess.start(
        Map.of("WEIR_TEST_ADDRESS", endpoint.address()),
        "webhook jobs/many-to-one.yaml --metrics 0 --set name=pumps --set"
            + " kafka.bootstrap-servers=%s --set kafka.properties.session.timeout.ms=6000 --set"
            + " alarms=on --set topics.alarms=killed --set alarms.webhook=${env:WEIR_TEST_ADDRESS}",
        kafka.bootstrapServers());
  }

  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final int SPIKE = 420;

  private static List<Observation> observations() {
    SplittableRandom random = new SplittableRandom(7);
    List<Observation> all = new ArrayList<>();
    for (int i = 0; i < SPIKE + 30; i++) {
      double value = 50 + 10 * Math.sin(i * Math.PI / 12) + random.nextGaussian();
      long time = START.plus(Duration.ofMinutes(5L * i)).toEpochMilli();
      all.add(new Observation("pump", time, i == SPIKE ? 150 : value));
    }
    return all;
  }

  /** A value that becomes an alarm of {@code weir run}, and a request. */
  @Tag("slow")
  @Test
  void weirRunPostsTheIncidentsOfItsJob() throws Exception {
    try (Endpoint endpoint = new Endpoint((n, id, exchange) -> 200)) {
      kafka.create("observations", 1, Map.of());
      List<Observation> observations = observations();
      kafka.sendObservations("observations", observations);
      String line =
          "run jobs/many-to-one.yaml --set name=pumps --set kafka.bootstrap-servers=%s"
              + " --set alarms=on --set alarms.webhook=${env:WEIR_TEST_ADDRESS}"
              + " --set learning.size=small -D execution.checkpointing.interval=300ms"
              + " -D rest.bind-port=0";
      InProcess without = InProcess.fails(1, line, kafka.bootstrapServers());
      assertThat(without.err())
          .contains(
              "alarms.webhook: expected a value for ${env:WEIR_TEST_ADDRESS} on this machine");
      String id = Incident.id("pump", observations.get(SPIKE).time());
      try (WeirProcess run =
          WeirProcess.start(
              Map.of("WEIR_TEST_ADDRESS", endpoint.address()), line, kafka.bootstrapServers())) {
        await()
            .until(
                () ->
                    endpoint.taken().stream()
                        .anyMatch(post -> post.id().equals(id + "-closed-high-novelty")));
        assertThat(run.err())
            .contains(
                "weir webhook: posts the incidents of topic pumps.alarms to http://localhost:")
            .doesNotContain("in-the-address");
      }
      assertThat(endpoint.taken().stream().map(Endpoint.Post::id))
          .containsOnlyOnce(id + "-opened-high-novelty", id + "-closed-high-novelty");
    }
  }
}
