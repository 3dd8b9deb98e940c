package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.cli.InProcess;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Observation;
import dev.weir.kafka.codec.IncidentCodec;
import dev.weir.kafka.wire.WriterSchemas;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Incidents of a job on Kafka, beside {@code weir evaluate} on files of the same values. */
class AlarmJobIT {

  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final Duration STEP = Duration.ofMinutes(5);
  private static final int VALUES = 900;
  private static final int AT = 700; // where something happens
  private static final int LENGTH = 60; // of a shift and of repeated values
  private static final List<String> SERIES =
      List.of("fan.calm", "pump.spike", "a.shift", "b.stuck");

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();
  private static final Map<String, double[]> VALUES_OF = new LinkedHashMap<>();

  /** Those of a job that nothing happens to, by series. */
  private static Map<String, List<Incident>> expected;

  private static JobSettings undisturbed;

  @BeforeAll
  static void start() throws Exception {
    for (String series : SERIES) {
      SplittableRandom random = new SplittableRandom(series.hashCode());
      double[] values = new double[VALUES];
      for (int i = 0; i < VALUES; i++) {
        values[i] = 50 + 10 * Math.sin(i * Math.PI / 12) + random.nextGaussian();
        boolean isIn = i >= AT && i < AT + LENGTH;
        values[i] += series.endsWith("spike") && i == AT ? 60 : 0;
        values[i] += series.endsWith("shift") && isIn ? 40 : 0;
        values[i] = series.endsWith("stuck") && isIn ? 50 : values[i];
      }
      VALUES_OF.put(series, values);
    }
    undisturbed = settings("alarms-avro");
    send(undisturbed, 0, VALUES);
    try (RunningJob job = flink.submit(undisturbed, 2)) {
      awaitAll(job, undisturbed);
      expected = incidents(undisturbed);
    }
  }

  private static JobSettings settings(String name) throws Exception {
    kafka.create(name + ".observations", 3, Map.of());
    return KafkaFixture.job(
        kafka.learned(name),
        "topics.alarms=" + name + ".alarms",
        "alarms=on",
        "alarms.quiet=12",
        "learning.size=small");
  }

  private static Instant time(int i) {
    return START.plus(STEP.multipliedBy(i));
  }

  private static void send(JobSettings settings, int from, int to) throws Exception {
    List<Observation> observations = new ArrayList<>();
    for (int i = from; i < to; i++) {
      for (String series : SERIES) {
        long time = time(i).toEpochMilli();
        observations.add(new Observation(series, time, VALUES_OF.get(series)[i]));
      }
    }
    kafka.sendObservations(settings, observations);
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(JobSettings settings) {
    return kafka.read(settings.kafka().topics().alarms());
  }

  private static void awaitAll(RunningJob job, JobSettings settings) {
    kafka.awaitForecasts(job, settings, SERIES.size() * VALUES);
  }

  /** All records, by series and in their order. */
  private static Map<String, List<Incident>> incidents(JobSettings settings) throws Exception {
    IncidentCodec codec = new IncidentCodec();
    Map<String, List<Incident>> incidents = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records(settings)) {
      Incident incident = codec.decode(record.value());
      assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(incident.series());
      assertThat(record.timestamp()).isEqualTo(incident.time());
      incidents.computeIfAbsent(incident.series(), s -> new ArrayList<>()).add(incident);
    }
    return incidents;
  }

  private static Incident first(String series, Event event) {
    return expected.get(series).stream()
        .filter(i -> i.event() == event && i.start() >= time(AT).toEpochMilli())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void spikeShiftAndStuckValuesAreIncidents() throws Exception {
    Incident spike = first("pump.spike", Event.OPENED);
    assertThat(spike.start()).isEqualTo(time(AT).toEpochMilli());
    assertThat(spike.worst().value()).isEqualTo(VALUES_OF.get("pump.spike")[AT]);
    assertThat(spike.worst().expected()).isBetween(35.0, 65.0);
    assertThat(spike.reason().label()).isEqualTo("novelty");
    assertThat(spike.severity().label()).isEqualTo("high");
    assertThat(spike.newest()).hasSize(5); // window.seq-len
    assertThat(spike.model()).isEqualTo("window-many-to-one");
    Incident shift = first("a.shift", Event.OPENED);
    assertThat(shift.start()).isEqualTo(time(AT).toEpochMilli());
    Incident stuck = first("b.stuck", Event.OPENED);
    assertThat(stuck.start()).isBetween(time(AT).toEpochMilli(), time(AT + LENGTH).toEpochMilli());
    for (String series : List.of("pump.spike", "a.shift", "b.stuck")) {
      Incident closed = first(series, Event.CLOSED);
      assertThat(closed.id()).isEqualTo(first(series, Event.OPENED).id());
      assertThat(closed.time()).isEqualTo(closed.end() + STEP.multipliedBy(12).toMillis());
    }
    for (List<Incident> ofSeries : expected.values()) {
      Map<String, Long> opened =
          ofSeries.stream()
              .filter(i -> i.event() == Event.OPENED)
              .collect(Collectors.groupingBy(Incident::id, Collectors.counting()));
      assertThat(opened.values()).allMatch(count -> count == 1);
    }
    assertThat(records(undisturbed))
        .allSatisfy(
            record ->
                assertThat(record.headers().lastHeader(WriterSchemas.HEADER).value())
                    .isEqualTo(WriterSchemas.fingerprint(IncidentCodec.SCHEMA)));
  }

  /** An idle source commits its offsets up to ten seconds late; dead letters tell what it read. */
  private static void awaitDeadLetters(RunningJob job, JobSettings settings, int count) {
    job.await().until(() -> kafka.deadLetters(settings).size() == count);
  }

  @Test
  void feedbackIsTakenIn() throws Exception {
    JobSettings settings = settings("alarms-told");
    String topic = settings.kafka().topics().alarms();
    String feedback = settings.kafka().topics().feedback();
    assertThat(feedback).isEqualTo("alarms-told.alarms-feedback");
    send(settings, 0, AT - 20);
    try (RunningJob job = flink.submit(settings, 2)) {
      kafka.awaitForecasts(job, settings, SERIES.size() * (AT - 20));
      byte[] key = "a.shift".getBytes(StandardCharsets.UTF_8);
      String ofNobody =
          "{\"series\":\"nobody\",\"reason\":\"level\",\"start\":\"2026-03-01T00:00:00Z\",\"id\":\"%s\"}"
              .formatted(
                  Incident.id("nobody", Instant.parse("2026-03-01T00:00:00Z").toEpochMilli()));
      ProducerRecord<byte[], byte[]> malformed =
          new ProducerRecord<>(feedback, key, new byte[] {1, 2, 3});
      kafka.send(
          List.of(
              malformed,
              new ProducerRecord<>(feedback, key, ofNobody.getBytes(StandardCharsets.UTF_8))));
      awaitDeadLetters(job, settings, 2);
      send(settings, AT - 20, VALUES);
      awaitAll(job, settings);
      InProcess dismissed = alarmsOf(topic, "--dismiss a.shift").succeeded();
      assertThat(dismissed.out()).matches("dismissed [a-z]+ of a\\.shift since 2026-03-.*\\R");
      assertThat(kafka.read(feedback)).extracting(ConsumerRecord::partition).containsOnly(2);
      alarmsOf(topic, "--dismiss a.shift").succeeded(); // which counts no second time
      assertThat(alarmsOf(topic, "--series a.shift --last 1").succeeded().out())
          .contains("  dismissed by " + System.getProperty("user.name") + " 20");
      kafka.send(List.of(malformed)); // comes after what was dismissed
      awaitDeadLetters(job, settings, 3);
    }
    Map<String, List<Incident>> incidents = incidents(settings);
    assertThat(incidents.get("a.shift"))
        .hasSameSizeAs(expected.get("a.shift"))
        .extracting(Incident::id)
        .containsExactlyElementsOf(expected.get("a.shift").stream().map(Incident::id).toList());
    assertThat(kafka.deadLetters(settings))
        .extracting(DeadLetter::reason)
        .containsExactlyInAnyOrder(
            DeadLetter.Reason.FEEDBACK, DeadLetter.Reason.MALFORMED, DeadLetter.Reason.MALFORMED);
    InProcess wrong = alarmsOf(topic, "--dismiss a --follow").failed(2);
    assertThat(wrong.err())
        .contains("--dismiss: expected it without --explain and --follow, got both");
  }

  private static InProcess alarms(String options, Object... values) {
    return alarmsOf("alarms-avro.alarms", options, values);
  }

  private static InProcess alarmsOf(String topic, String options, Object... values) {
    String line = "alarms --bootstrap-servers %s --topic %s ";
    return InProcess.weir(line.formatted(kafka.bootstrapServers(), topic) + options, values);
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, Incident incident)
      throws Exception {
    return new ProducerRecord<>(topic, null, new IncidentCodec().encode(incident));
  }

  private static String newestSpike() {
    List<Incident> spikes = expected.get("pump.spike");
    return spikes.get(spikes.size() - 1).id();
  }

  @Test
  void commandExplainsAnIncident() throws Exception {
    InProcess text = alarms("--explain pump.spike").succeeded();
    assertThat(text.out()).contains("incident " + newestSpike());
    InProcess json = alarms("--explain %s --format json", first("pump.spike", Event.OPENED).id());
    JsonNode told = new ObjectMapper().readTree(json.out());
    assertThat(told.at("/incident/series").textValue()).isEqualTo("pump.spike");
    assertThat(told.get("open").booleanValue()).isFalse();
    assertThat(told.get("once_in").longValue()).isEqualTo(100_000);
    assertThat(told.get("records")).hasSizeGreaterThanOrEqualTo(2);
    InProcess unknown = alarms("--explain nobody\u001b[1m").failed(1);
    assertThat(unknown.err())
        .contains(
            "weir alarms: --explain: expected the id of an incident on topic alarms-avro.alarms, or"
                + " a series with one, got 'nobody")
        .contains("; weir alarms --format json lists ids and series")
        .doesNotContain("\u001b");
    assertThat(alarms("--explain x --follow").exitCode()).isEqualTo(2);
  }

  @Test
  void incidentThatBeganLongAgoIsExplainedFromItsStart() throws Exception {
    kafka.create("long.alarms", 1, Map.of());
    Incident opened = first("pump.spike", Event.OPENED);
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    records.add(record("long.alarms", opened));
    ProducerRecord<byte[], byte[]> other = record("long.alarms", expected.get("a.shift").get(0));
    records.addAll(Collections.nCopies(20_003, other)); // more than what is read at first
    records.add(record("long.alarms", first("pump.spike", Event.CLOSED)));
    kafka.send(records);
    InProcess json = alarmsOf("long.alarms", "--explain %s --format json", opened.id()).succeeded();
    assertThat(new ObjectMapper().readTree(json.out()).get("records").findValuesAsText("event"))
        .containsExactly("OPENED", "CLOSED");
  }

  @Test
  void jobsThatShareATopicAreToldApart() throws Exception {
    kafka.create("apart.alarms", 1, Map.of());
    kafka.create("apart.observations", 1, Map.of());
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (String job : List.of("apart", "other")) {
      Incident incident = first(job.equals("apart") ? "a.shift" : "pump.spike", Event.OPENED);
      records.add(record("apart.alarms", incident));
      records.get(records.size() - 1).headers().add("__weir.job", job.getBytes());
    }
    kafka.send(records);
    assertThat(alarmsOf("apart.alarms", "").succeeded().out()).contains("a.shift", "pump.spike");
    String job =
        "jobs/many-to-one.yaml --set name=apart --set alarms=on --set kafka.bootstrap-servers=%s"
                .formatted(kafka.bootstrapServers())
            + " --set topics.observations=apart.observations";
    assertThat(InProcess.succeeds("alarms " + job).out())
        .contains("a.shift")
        .doesNotContain("pump.spike");
    assertThat(InProcess.weir("run --dry-run " + job).out())
        .containsPattern(
            "warn  apart.alarms 1 of the newest 2 records are of another job, such as"
                + " apart.alarms-0@1: other; name a topic of its own in the job file of each");
    assertThat(InProcess.fails(2, "alarms").err())
        .contains("--topic: expected it, or a job file, got none");
  }

  @Test
  void commandListsIncidentsAndFollowsTheTopic() throws Exception {
    long incidents =
        expected.values().stream().flatMap(List::stream).map(Incident::id).distinct().count();
    InProcess all = alarms("").succeeded();
    assertThat(all.out().lines()).hasSize((int) incidents);
    assertThat(all.out().lines().map(line -> line.substring(0, 16)).toList()).isSorted();
    assertThat(all.out())
        .containsPattern(
            "(?m)^2026-03-03 10:20  closed  high    novelty  pump\\.spike  1\\d\\d\\.\\d+, expected"
                + " \\d\\d\\.\\d+  surprise 5\\.0  \\d+ values in \\d+ min");
    InProcess one = alarms("--series pump.* --last 1 --format json");
    JsonNode newest = new ObjectMapper().readTree(one.out());
    assertThat(newest.get("id").textValue()).isEqualTo(newestSpike());
    assertThat(alarms("--series none --last 5").err()).contains("no incidents");
    InProcess followed = alarms("--follow --limit 2").succeeded();
    assertThat(followed.out().lines()).hasSize(2);
    InProcess wrong = alarms("--limit 2").failed(2);
    assertThat(wrong.err()).contains("--limit: expected at least 1, with --follow, got 2");
    assertThat(alarmsOf("nowhere", "").failed(1).err())
        .contains("topic nowhere: expected on Kafka at");
  }
}
