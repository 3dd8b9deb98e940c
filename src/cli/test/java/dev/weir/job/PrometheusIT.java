package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.Http;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.forecast.Observation;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.model.ForecastModel;
import dev.weir.model.Scaling;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What conf/ has for Prometheus and Grafana, on a real Prometheus that scrapes a running job
 * through the reporter of conf/config.yaml. Skipped where there is no Prometheus ({@code apt-get
 * install prometheus}).
 */
@Tag("slow")
class PrometheusIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path CONF = Path.of("conf", "prometheus").toAbsolutePath();
  private static final long HOUR = 3_600_000L;
  private static final String SERIES = "a-name-that-no-metric-may-carry-";
  private static final String JOB = "watched-job"; // with a character that Flink would replace

  @TempDir static Path dir;

  private static final List<AutoCloseable> OPEN = new ArrayList<>();
  private static final AtomicReference<Exception> FEED_FAILURE = new AtomicReference<>();
  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static RunningJob job;
  private static URI reporter;
  private static URI prometheus;
  private static volatile int series = 12; // that the feed has
  private static int hour; // of the feed

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(isThere("prometheus") && isThere("promtool"), "no Prometheus here");
    Configuration configuration = new Configuration();
    GlobalConfiguration.loadConfiguration("conf").toMap().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("metrics."))
        .forEach(entry -> configuration.setString(entry.getKey(), entry.getValue()));
    int port = EmbeddedBroker.freePort();
    configuration.setString("metrics.reporter.prom.port", Integer.toString(port));
    reporter = URI.create("http://localhost:" + port + "/metrics");
    FlinkFixture flink = FlinkFixture.start(configuration);
    OPEN.add(0, flink);
    kafka.create(JOB + ".observations", 2, Map.of());
    job = flink.submit(settings(), 2);
    OPEN.add(0, job);
    startPrometheus();
    feed();
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : OPEN) {
      each.close();
    }
  }

  private static JobSettings settings() throws IOException {
    Map<String, String> overrides = kafka.sampleOverrides(JOB);
    overrides.remove("output"); // learns
    return KafkaFixture.job(
        overrides,
        "learning.size=small",
        "season=24",
        "window.interval=PT1H",
        "forecast.many-to-many.model=sample-many-to-many",
        "forecast.many-to-many.file=" + KafkaFixture.sample("many-to-many"));
  }

  // ---- processes

  private static boolean isThere(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** The project's own configuration, with another target and without its patience. */
  private static void startPrometheus() throws Exception {
    Map<String, Object> config =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(Files.readString(CONF.resolve("prometheus.yml")));
    config.put("global", Map.of("scrape_interval", "1s", "evaluation_interval", "1s"));
    @SuppressWarnings("unchecked") // YAML of ours
    List<String> rules = (List<String>) config.get("rule_files");
    config.put("rule_files", rules.stream().map(file -> CONF.resolve(file).toString()).toList());
    String target = "localhost:" + reporter.getPort();
    config.put(
        "scrape_configs",
        List.of(
            Map.of(
                "job_name",
                "flink",
                "static_configs",
                List.of(Map.of("targets", List.of(target))))));
    Path file = Files.writeString(dir.resolve("prometheus.yml"), new Yaml().dump(config));
    int port = EmbeddedBroker.freePort();
    prometheus = URI.create("http://localhost:" + port);
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + file,
                "--storage.tsdb.path=" + dir.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("prometheus.log").toFile())
            .start();
    OPEN.add(
        0,
        () -> {
          process.destroy();
          if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
          }
        });
    // a counter that is not 0 when it is first seen has not grown, for Prometheus
    job.await()
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> !values("flink_taskmanager_job_task_operator_weir_rejectedModels").isEmpty());
  }

  /** Five times a second an hour of all series, now and then a gap, a late one and bad ones. */
  private static void feed() {
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    OPEN.add(0, clock::shutdownNow);
    clock.scheduleAtFixedRate(
        () -> {
          try {
            sendAnHour();
          } catch (Exception e) {
            FEED_FAILURE.compareAndSet(null, e);
          }
        },
        0,
        200,
        TimeUnit.MILLISECONDS);
  }

  private static void sendAnHour() throws Exception {
    String topic = JOB + ".observations";
    hour += hour % 7 == 6 ? 3 : 1; // two are missing
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int s = 0; s < series; s++) {
      double value = 10 * s + Math.sin(hour * Math.PI / 12) + 0.1 * Math.sin(hour * (s + 1.7));
      records.add(
          KafkaFixture.record(topic, null, new Observation(SERIES + s, hour * HOUR, value)));
    }
    records.add(
        KafkaFixture.record(topic, null, new Observation(SERIES + 1, hour * HOUR, 5))); // late
    records.add(KafkaFixture.record(topic, null, new Observation(SERIES + 2, HOUR, Double.NaN)));
    records.add(new ProducerRecord<>(topic, (SERIES + "bytes").getBytes(StandardCharsets.UTF_8)));
    kafka.send(records);
  }

  /** A small network without a head. */
  private static ForecastModel model(long version, int horizon) {
    RnnConfig rnn = new RnnConfig(Cell.GRU, 1, horizon, 1, false, true);
    return TestModel.of(rnn, 5, horizon)
        .name("sample-many-to-one")
        .version(version)
        .scaling(Scaling.LAST)
        .build();
  }

  // ---- asking

  private static JsonNode ask(String path, String parameter, String value) throws IOException {
    String query = parameter + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    return Http.json(prometheus.resolve("/api/v1/" + path + "?" + query)).path("data");
  }

  /** The numbers that a query gives now. */
  private static List<Double> values(String query) throws IOException {
    List<Double> values = new ArrayList<>();
    for (JsonNode result : ask("query", "query", query).path("result")) {
      double value = Double.parseDouble(result.at("/value/1").asText().replace("Inf", "Infinity"));
      if (Double.isFinite(value)) {
        values.add(value);
      }
    }
    return values;
  }

  /** As Grafana does it. */
  private static String substituted(String query) {
    return query
        .replace("$__rate_interval", "5s")
        .replace("$__interval", "5s")
        .replace("$job", JOB)
        .replace("$subtask", ".*");
  }

  private static void awaitTrue(String what, Callable<Boolean> condition) {
    job.await()
        .alias(what)
        .failFast("the feed failed", () -> assertThat(FEED_FAILURE.get()).isNull())
        .until(condition);
  }

  // ---- tests

  @Test
  void eachPanelOfTheDashboardShowsSomethingAndNoSeriesHasAMetric() throws Exception {
    awaitTrue(
        "observations",
        () -> !values("flink_taskmanager_job_task_operator_weir_observations > 0").isEmpty());
    ModelTopic models = new ModelTopic(KafkaClients.of(kafka.bootstrapServers()), JOB + ".models");
    models.publish(model(41, 2));
    awaitVersion(41);
    models.publish(model(42, 2));
    awaitVersion(42);
    models.publish(model(43, 3)); // another horizon
    awaitTrue("an alert fires", () -> firing().contains("WeirModelRejected"));

    JsonNode dashboard =
        JSON.readTree(Files.readString(Path.of("conf", "grafana", "dashboards", "weir.json")));
    int queries = 0;
    for (JsonNode panel : dashboard.path("panels")) {
      assertThat(panel.path("description").asText()).isNotEmpty();
      assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isNotEmpty();
      for (JsonNode target : panel.path("targets")) {
        String query = substituted(target.path("expr").asText());
        assertThat(query).doesNotContain("$");
        awaitTrue(panel.path("title").asText() + ": " + query, () -> !values(query).isEmpty());
        queries++;
      }
    }
    assertThat(queries).isGreaterThan(30);
    for (JsonNode annotation : dashboard.at("/annotations/list")) {
      values(substituted(annotation.path("expr").asText())); // has parsed
    }
    for (JsonNode variable : dashboard.at("/templating/list")) {
      if (variable.path("type").asText().equals("query")) {
        assertThat(labels(variable.at("/query/query").asText())).isNotEmpty();
      }
    }

    assertThat(values(substituted(query(dashboard, "Model version")))).contains(42.0);
    assertNoSeriesHasAMetric();
  }

  /** Waits until each subtask, as Prometheus has it, forecasts with this version. */
  private static void awaitVersion(double version) {
    awaitTrue(
        "model version",
        () ->
            values(
                    "flink_taskmanager_job_task_operator_weir_mode_modelVersion"
                        + "{mode=\"many-to-one\"}")
                .equals(List.of(version, version)));
  }

  private static String query(JsonNode dashboard, String title) {
    for (JsonNode panel : dashboard.path("panels")) {
      if (panel.path("title").asText().equals(title)) {
        return panel.at("/targets/0/expr").asText();
      }
    }
    throw new AssertionError("no panel " + title);
  }

  /** What label_values(metric{...}, label) gives. */
  private static List<String> labels(String query) throws IOException {
    MatchResult parts =
        Pattern.compile("label_values\\((.*), (\\w+)\\)")
            .matcher(query)
            .results()
            .findFirst()
            .get();
    String match = substituted(parts.group(1));
    List<String> values = new ArrayList<>();
    ask("label/" + parts.group(2) + "/values", "match[]", match)
        .forEach(value -> values.add(value.asText()));
    return values;
  }

  private static List<String> firing() throws IOException {
    List<String> names = new ArrayList<>();
    for (JsonNode alert : ask("alerts", "none", "").path("alerts")) {
      if (alert.path("state").asText().equals("firing")) {
        names.add(alert.at("/labels/alertname").asText());
      }
    }
    return names;
  }

  private static void assertNoSeriesHasAMetric() throws Exception {
    String before = Http.get(reporter);
    assertThat(before).contains("weir_reason_deadLetters").doesNotContain(SERIES);
    series = 200;
    awaitTrue(
        "new series",
        () -> values("sum(flink_taskmanager_job_task_operator_weir_series)").contains(200.0));
    String after = Http.get(reporter);
    assertThat(after).doesNotContain(SERIES);
    assertThat(ours(after)).isEqualTo(ours(before));
    assertThat(ours(after).size()).isBetween(50, 300); // of both subtasks
  }

  /** Our metrics of a scrape, without their values. */
  private static TreeSet<String> ours(String scrape) {
    TreeSet<String> names = new TreeSet<>();
    scrape
        .lines()
        .filter(line -> line.startsWith("flink_taskmanager_job_task_operator_weir_"))
        .forEach(line -> names.add(line.substring(0, line.lastIndexOf(' '))));
    return names;
  }

  @Test
  void theRulesAreLoadedAndWellWhileAllIsWell() throws Exception {
    Map<String, String> health = new TreeMap<>();
    awaitTrue(
        "rules",
        () -> {
          health.clear();
          for (JsonNode group : ask("rules", "type", "alert").path("groups")) {
            for (JsonNode rule : group.path("rules")) {
              health.put(rule.path("name").asText(), rule.path("health").asText());
            }
          }
          return health.size() > 5 && !health.containsValue("unknown");
        });
    assertThat(health.values()).containsOnly("ok");
    assertThat(firing()).doesNotContain("WeirNoJob", "WeirNoForecasts", "WeirCheckpointFailures");
  }

  @Test
  void promtoolAcceptsConfigurationAndRulesAndTheAlertsPassTheirTests() throws Exception {
    promtool("check", "config", CONF.resolve("prometheus.yml").toString());
    promtool("check", "rules", CONF.resolve("weir.rules.yml").toString());
    promtool("test", "rules", "src/flink/test/resources/prometheus/weir.rules.test.yml");
  }

  private static void promtool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s:%n%s", command, output).isZero();
  }
}
