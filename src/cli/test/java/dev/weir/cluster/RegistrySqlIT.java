package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.Http;
import dev.weir.Patience;
import dev.weir.forecast.Forecast;
import dev.weir.job.FlinkFixture;
import dev.weir.job.JobSettings;
import dev.weir.job.RunningJob;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.registry.ApicurioProcess;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The tables of jobs/topics.sql with {@code avro-confluent}, Flink's own format with Confluent's
 * client in it, against Apicurio; and Weir's jar in the lib folders instead of by ADD JAR.
 */
@Tag("slow")
class RegistrySqlIT {

  private static final int ROUNDS = 40;
  private static final LocalDateTime START = LocalDateTime.of(2026, 1, 1, 0, 0);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path DIR =
      BuiltClasspath.ofThisBuild().target().resolve("cluster/RegistrySqlIT");

  /** A forecast of two steps, of the job or of SQL. */
  private record TwoSteps(String series, long origin, double first, double second, String status) {}

  @Test
  void sqlAndAJobReadWhatTheOtherWritesThroughARegistry() throws Exception {
    BuiltClasspath build = BuiltClasspath.ofThisBuild();
    Path weir = Path.of(System.getProperty("sql.jar", "target/weir-0.1.0-sql.jar"));
    try (ApicurioProcess apicurio = ApicurioProcess.start();
        BrokerProcess broker = BrokerProcess.start(build, DIR.resolve("broker"), Map.of());
        FlinkCluster flink =
            FlinkCluster.start(
                build.withSql(List.of(weir.toAbsolutePath(), build.avroConfluent())),
                DIR.resolve("flink"),
                1,
                Map.of("taskmanager.numberOfTaskSlots", "4"))) {
      FlinkFixture here = FlinkFixture.shared();
      String servers = broker.bootstrapServers();
      try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(servers))) {
        for (String topic : List.of("observations", "forecast-steps", "seen")) {
          admin.create(topic, 1, Map.of());
        }
      }
      Topics topics = new Topics(servers, Patience.LIMIT);
      Map<String, String> options = new HashMap<>();
      options.put("kafka.bootstrap-servers", servers);
      options.put("kafka.format", "avro-confluent");
      options.put("kafka.registry.url", apicurio.url());
      options.put("learning.size", "small");
      JobSettings settings = JobSettings.read(Path.of("jobs", "many-to-one.yaml"), options);

      try (RunningJob job = here.submit(settings, 1)) {
        List<String> jobs = flink.sqlJobs(statements(servers, apicurio.url()));
        assertThat(jobs).hasSize(4);
        topics.awaitCommitted("forecasts", 3 * ROUNDS);
        topics.awaitCommitted("seen", 3 * ROUNDS);
        // one for each of the two tables, and none of the job's
        assertThat(versions(apicurio.url(), "observations")).isEqualTo("[1,2]");
        assertThat(versions(apicurio.url(), "forecasts")).isEqualTo("[1]");
        topics.awaitCommitted("forecast-steps", 2 * 3 * ROUNDS);
        job.assertRunning();
        assertThat(topics.count("observations.dlq", Topics.COMMITTED)).isZero();

        List<TwoSteps> written = new ArrayList<>();
        ForecastCodec codec = new ForecastCodec(apicurio.settings());
        for (ConsumerRecord<byte[], byte[]> record : topics.read("forecasts", Topics.COMMITTED)) {
          Forecast f = codec.decode(record.value());
          double[] values = f.values();
          written.add(
              new TwoSteps(f.series(), f.origin(), values[0], values[1], f.status().name()));
        }
        assertThat(written).hasSize(3 * ROUNDS);
        assertThat(written).extracting(TwoSteps::status).contains("OK");
        assertThat(seen(topics)).containsExactlyInAnyOrderElementsOf(written);
        assertThat(bySql(topics)).containsExactlyInAnyOrderElementsOf(written);
        for (String id : jobs.subList(2, jobs.size())) { // the first two end with their rows
          flink.cancel(id);
        }
      }
    }
  }

  /** Without ADD JAR. The tables of jobs/topics.sql are as they are there, but for the format. */
  private static String statements(String servers, String registry) throws Exception {
    String topics =
        Files.readString(Path.of("jobs/topics.sql"))
            .replace("localhost:9092", servers)
            .replace("CREATE TABLE", "CREATE TEMPORARY TABLE")
            .replace(
                "'value.format' = 'avro'",
                "'value.format' = 'avro-confluent', 'value.avro-confluent.url' = '%s'"
                    .formatted(registry));
    String common =
        "'connector' = 'kafka', 'properties.bootstrap.servers' = '%s', 'scan.startup.mode' = 'earliest-offset'"
            .formatted(servers);
    // what may be NULL, and no features, as docs/topics.md allows; two statements write, in any
    // order,
    // so the watermark waits for longer than their rows span
    String plain =
        "(series STRING, `time` TIMESTAMP(3), `value` DOUBLE, WATERMARK FOR `time` AS `time` -"
            + " INTERVAL '7' DAY) WITH (%s, 'topic' = 'observations', 'key.format' = 'raw',"
            + " 'key.fields' = 'series', 'format' = 'avro-confluent', 'avro-confluent.url' = '%s',"
            + " 'avro-confluent.subject' = 'observations-value')";
    return """
    LOAD MODULE weir;
    SET 'parallelism.default' = '1';
    %s
    CREATE TEMPORARY TABLE readings %s;
    CREATE TEMPORARY TABLE seen (series STRING, origin TIMESTAMP(3), v1 DOUBLE, v2 DOUBLE, status STRING)
      WITH (%s, 'topic' = 'seen', 'format' = 'json');
    CREATE TEMPORARY TABLE forecast_steps
      (series STRING, origin TIMESTAMP(3), step INT, forecast_value DOUBLE, status STRING)
      WITH (%s, 'topic' = 'forecast-steps', 'format' = 'json');
    INSERT INTO observations
      SELECT series, `time`, `value`, ARRAY_REMOVE(ARRAY[0e0], 0e0) FROM (VALUES %s) AS t (series, `time`, `value`);
    INSERT INTO readings VALUES %s;
    INSERT INTO seen
      SELECT series, origin, steps[1].`value`, steps[2].`value`, status FROM forecasts;
    INSERT INTO forecast_steps
      SELECT series, origin, step, forecast_value, status FROM FORECAST(
        input => TABLE readings PARTITION BY series, on_time => DESCRIPTOR(`time`), value_column => 'value',
        horizon => 2, size => 'small', in_order => TRUE, weights_path => 'builtin:window-many-to-one');
    """
        .formatted(
            topics,
            plain.formatted(common, registry),
            common,
            common,
            values("a", "b"),
            values("c"));
  }

  private static String values(String... series) {
    return IntStream.range(0, ROUNDS)
        .boxed()
        .flatMap(
            i ->
                Stream.of(series)
                    .map(
                        name ->
                            "('%s', TIMESTAMP '%s:00.000', %se0)"
                                .formatted(
                                    name,
                                    START.plusHours(i).toString().replace('T', ' '),
                                    3 * Math.sin(i) + name.charAt(0))))
        .collect(Collectors.joining(", "));
  }

  /** The versions of the subject of a topic's values. */
  private static String versions(String registry, String topic) throws Exception {
    return Http.get(URI.create("%s/subjects/%s-value/versions".formatted(registry, topic)));
  }

  private static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
    try {
      return JSON.readTree(record.value());
    } catch (java.io.IOException e) {
      throw new AssertionError(new String(record.value(), StandardCharsets.UTF_8), e);
    }
  }

  private static long millis(JsonNode row) {
    LocalDateTime origin = LocalDateTime.parse(row.get("origin").textValue().replace(' ', 'T'));
    return Instant.from(origin.atOffset(ZoneOffset.UTC)).toEpochMilli();
  }

  private static List<TwoSteps> seen(Topics topics) {
    return topics.read("seen", Topics.COMMITTED).stream()
        .map(RegistrySqlIT::json)
        .map(
            row ->
                new TwoSteps(
                    row.get("series").textValue(),
                    millis(row),
                    row.get("v1").doubleValue(),
                    row.get("v2").doubleValue(),
                    row.get("status").textValue()))
        .toList();
  }

  private static List<TwoSteps> bySql(Topics topics) {
    Map<String, List<JsonNode>> steps =
        topics.read("forecast-steps", Topics.COMMITTED).stream()
            .map(RegistrySqlIT::json)
            .collect(
                Collectors.groupingBy(
                    row -> row.get("series").textValue() + row.get("origin").textValue(),
                    TreeMap::new,
                    Collectors.toList()));
    return steps.values().stream()
        .map(
            rows ->
                new TwoSteps(
                    rows.get(0).get("series").textValue(),
                    millis(rows.get(0)),
                    value(rows, 1),
                    value(rows, 2),
                    rows.get(0).get("status").textValue()))
        .toList();
  }

  private static double value(List<JsonNode> rows, int step) {
    return rows.stream()
        .filter(row -> row.get("step").intValue() == step)
        .map(row -> row.get("forecast_value").doubleValue())
        .findFirst()
        .orElseThrow();
  }
}
