package dev.weir.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.Patience;
import dev.weir.cli.InProcess;
import dev.weir.cli.SecuredBroker;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.network.LastValueForecast;
import dev.weir.forecast.network.NetworkForecaster;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.forecast.window.Windows.Outcome;
import dev.weir.job.JobSettings;
import dev.weir.job.KafkaFixture;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.TestModel;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The job as a person runs it: broker, JobManager, TaskManagers, producer and Flink's own command
 * line are processes, the job is the shaded jar, the configuration the project's.
 */
@Tag("slow")
class ForecastJobClusterIT {
  private static final BuiltClasspath BUILD = BuiltClasspath.ofThisBuild();
  private static final Path DIR = BUILD.target().resolve("cluster/ForecastJobClusterIT");
  private static final String JOB = "jobs/many-to-one.yaml";
  private static final Duration WAIT = Patience.LIMIT;

  /** Five hours of each series in a second: some 150 values a second for more than a minute. */
  private static final String SPEED = "18000";

  /** Above the shipped model's version; publishing takes the next one after the file's. */
  private static final long RETRAINED = 7;

  /**
   * So few are reached soon after a commit, long before the next checkpoint ends the transaction.
   */
  private static final int OPEN_RECORDS = 10;

  private static BrokerProcess broker;
  private static FlinkCluster flink;
  private static Topics topics;

  /** What names a forecast. */
  private record Name(String series, long origin, Mode mode) {
    Name(Forecast forecast) {
      this(forecast.series(), forecast.origin(), forecast.mode());
    }
  }

  @BeforeAll
  static void startProcesses() throws Exception {
    broker = BrokerProcess.start(BUILD, DIR.resolve("broker"), Map.of());
    topics = new Topics(broker.bootstrapServers(), WAIT);
    flink = FlinkCluster.start(BUILD, DIR.resolve("flink"), 1, Map.of());
  }

  /** A job that a failed test left would keep the slots from the next. */
  @AfterEach
  void cancelJobs() throws Exception {
    for (String job : flink.jobs()) {
      if (!List.of("FINISHED", "CANCELED", "FAILED").contains(flink.status(job))) {
        flink.cancel(job);
      }
    }
  }

  @AfterAll
  static void endProcesses() {
    if (flink != null) {
      flink.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  @Test
  void eachOriginIsForecastExactlyOnceThroughASwapAStopARescaleAndAKill() throws Exception {
    String job;
    try (LocalProcess producer =
        weir(
            "produce --sample --speed %s --topic observations --partitions 2"
                + " --bootstrap-servers %s",
            SPEED, broker.bootstrapServers())) {
      producer.awaitOutput(Pattern.compile("observations sent"), WAIT);

      String first = flinkRun("-p", "1");
      flink.awaitRunning(first);
      topics.awaitCommitted("forecasts", 500);
      publish(retrained(RETRAINED - 1));
      awaitForecastBy(RETRAINED);
      assertProcessesReport();
      String savepoint = flink.stopWithSavepoint(first);
      long beforeTheStop = topics.read("forecasts", Topics.COMMITTED).size();

      job = flinkRun("-p", "2", "-s", savepoint);
      flink.awaitRunning(job);
      assertThat(parallelism(job, "forecast")).isEqualTo(2);
      topics.awaitCommitted("forecasts", beforeTheStop + 200);

      int restored = flink.restored(job);
      topics.awaitOpen("forecasts", OPEN_RECORDS);
      flink.taskManager("tm-1").kill();
      flink.startTaskManager("tm-2");
      flink.awaitRestored(job, restored);
      flink.awaitCheckpoints(job, 2);
      assertThat(producer.isAlive()).as("the producer is to outlast the kill").isTrue();
      producer.terminate();
    }

    Expected expected =
        Expected.of(
            topics.read("observations", Topics.COMMITTED),
            List.of(shipped(), retrained(RETRAINED)));
    topics.awaitCommitted("forecasts", expected.forecasts.size());
    flink.awaitCheckpoints(job, 2); // what is committed twice is to be seen too

    List<ConsumerRecord<byte[], byte[]>> committed = topics.read("forecasts", Topics.COMMITTED);
    int written = topics.read("forecasts", Topics.UNCOMMITTED).size();
    System.out.printf(
        "%,d observations, %,d forecasts committed, %,d written before the kill and aborted%n",
        expected.observations, committed.size(), written - committed.size());
    assertSameForecasts(committed, expected.forecasts);
    assertNoModelComesBack(committed);
    assertThat(written).as("the kill is to hit open transactions").isGreaterThan(committed.size());
    assertThat(topics.read("observations.dlq", Topics.COMMITTED)).hasSize(expected.late);
  }

  /** All that the dashboard and the alerts ask for, but for what needs learning or classes. */
  private static void assertProcessesReport() throws Exception {
    String scraped = flink.metrics(flink.taskManager("tm-1")) + flink.metrics(flink.jobManager());
    Set<String> asked = new TreeSet<>();
    for (String file :
        List.of("conf/prometheus/weir.rules.yml", "conf/grafana/dashboards/weir.json")) {
      Pattern.compile("flink_\\w+(?=[\\[{) ])")
          .matcher(Files.readString(Path.of(file)))
          .results()
          .map(MatchResult::group)
          .filter(
              name ->
                  !name.matches(
                      ".*_(learningSteps|interval_\\w+|relativeError|relativeCrps|classifications)"))
          .forEach(asked::add);
    }
    assertThat(asked).hasSizeGreaterThan(25);
    assertThat(asked).allSatisfy(name -> assertThat(scraped).contains("\n" + name + "{"));
    assertThat(scraped).contains("_weir_mode_modelVersion{").contains("mode=\"many-to-one\"");
  }

  @Test
  void submitStartsTheSameJobAsFlinkRun() throws Exception {
    try (LocalProcess producer =
        weir(
            "produce --input src/cli/main/resources/sample/vega_seattle_tmax.csv --topic"
                + " submitted --bootstrap-servers %s",
            broker.bootstrapServers())) {
      assertThat(producer.exitCode(WAIT)).as(producer.output()).isZero();
    }
    try (LocalProcess submit =
        weir(
            "submit %s --jobmanager %s --jar %s --set name=submitted --set"
                + " kafka.bootstrap-servers=%s --set topics.observations=submitted --set"
                + " topics.forecasts=submitted.forecasts --set output=network --set"
                + " forecast.many-to-one.model=sample-many-to-one --set"
                + " forecast.many-to-one.file=%s --set topics.models=submitted.models",
            JOB,
            flink.rest().getAuthority(),
            BUILD.jobJar(),
            broker.bootstrapServers(),
            KafkaFixture.sample("many-to-one"))) {
      submit.awaitOutput(Pattern.compile("submitted, job id [0-9a-f]{32}"), WAIT);
      assertThat(submit.exitCode(WAIT)).isZero();
      Expected expected =
          Expected.of(topics.read("submitted", Topics.COMMITTED), List.of(shipped()));
      topics.awaitCommitted("submitted.forecasts", expected.forecasts.size());
      assertSameForecasts(topics.read("submitted.forecasts", Topics.COMMITTED), expected.forecasts);
    }
    assertThatThrownBy(
            () ->
                flink.flinkRun(
                    BUILD.jobJar().toString(),
                    "--job",
                    JOB,
                    "--set",
                    "name=submitted",
                    "--set",
                    "kafka.bootstrap-servers=" + broker.bootstrapServers()))
        .as("a second start")
        .hasMessageContaining("job submitted: expected none of this name on the cluster, got one");
  }

  @Test
  void stopLeavesASavepointThatSubmitGoesOnFrom() throws Exception {
    try (LocalProcess producer =
        weir(
            "produce --input src/cli/main/resources/sample/vega_seattle_tmax.csv --topic"
                + " stopped --bootstrap-servers %s",
            broker.bootstrapServers())) {
      assertThat(producer.exitCode(WAIT)).as(producer.output()).isZero();
    }
    String job =
        " %s --jobmanager %s --set name=stopped --set kafka.bootstrap-servers=%s"
                .formatted(JOB, flink.rest().getAuthority(), broker.bootstrapServers())
            + " --set topics.observations=stopped --set topics.forecasts=stopped.forecasts"
            + " --set topics.models=stopped.models";
    String submit = "submit" + job + " --jar " + BUILD.jobJar();
    weirOutput(submit);
    topics.awaitCommitted("stopped.forecasts", 1);

    String stopped = weirOutput("stop" + job);
    Matcher path = Pattern.compile("(?m)^file:\\S*savepoint-\\S+$").matcher(stopped);
    assertThat(path.find()).as(stopped).isTrue();
    assertThat(stopped).contains("stopped is stopped; go on with weir submit " + JOB);
    assertThat(weirFailure("stop" + job)).contains("expected a running job stopped, got none; ");

    String missing = path.group() + "-missing";
    assertThat(weirFailure(submit + " --savepoint " + missing))
        .contains("--savepoint: expected a savepoint that the JobManager can read, got " + missing)
        .doesNotContain("\tat ");
    String again = weirOutput(submit + " --savepoint " + path.group());
    String id = again.replaceAll("(?s).*job id ([0-9a-f]{32}).*", "$1");
    flink.awaitRunning(id);
    assertThat(
            flink.get("/jobs/" + id + "/checkpoints").at("/latest/restored/external_path").asText())
        .isEqualTo(path.group());
  }

  /** What a command prints that ends with 1. */
  private static String weirFailure(String line, Object... values) throws Exception {
    try (LocalProcess weir = weir(line, values)) {
      assertThat(weir.exitCode(WAIT)).as(weir.output()).isEqualTo(1);
      return weir.output();
    }
  }

  /** A job jar's classes are not the cluster's: its Kafka finds login modules and secrets alone. */
  @Test
  void jobOnASecuredBrokerFindsItsSecretOnEachMachine() throws Exception {
    Path dir = LocalProcess.emptyFolder(DIR.resolve("secured"));
    try (SecuredBroker secured = SecuredBroker.start(dir)) {
      secured.grantAll(SecuredBroker.USER);
      Path properties = secured.writeProperties(dir.resolve("client.properties"));
      String client =
          " --bootstrap-servers %s --kafka-properties %s".formatted(secured.sasl(), properties);
      String csv = "src/cli/main/resources/sample/vega_seattle_tmax.csv";
      String produced = weirOutput("produce --input " + csv + client);
      String submitted =
          weirOutput(
              "submit %s --jobmanager %s --jar %s --set name=secured --set output=network"
                  + " --set kafka.bootstrap-servers=%s --set kafka.properties-file=%s",
              JOB,
              flink.rest().getAuthority(),
              BUILD.jobJar(),
              secured.sasl(),
              properties.toAbsolutePath());
      String tailed = weirOutput("tail --from-beginning --limit 1" + client);
      String job = submitted.replaceAll("(?s).*job id ([0-9a-f]{32}).*", "$1");
      String metadata =
          Files.readString(
              Path.of(URI.create(flink.savepoint(job))).resolve("_metadata"), ISO_8859_1);
      List<String> seen = new ArrayList<>(List.of(produced, submitted, tailed, metadata));
      for (String page :
          List.of("/jobmanager/config", "/jobs/" + job + "/config", "/jobs/" + job + "/plan")) {
        seen.add(flink.get(page).toString());
      }
      flink.cancel(job);
      for (LocalProcess process : flink.processes()) {
        seen.add(process.output());
      }
      assertThat(seen).noneMatch(text -> text.contains("s3sam")); // how the password begins
      assertThat(seen).anyMatch(text -> text.contains("sasl.jaas.config = [hidden]"));
    }
  }

  /** What a command prints that ends with 0. */
  private static String weirOutput(String line, Object... values) throws Exception {
    try (LocalProcess weir = weir(line, values)) {
      assertThat(weir.exitCode(WAIT)).as(weir.output()).isZero();
      return weir.output();
    }
  }

  private static void assertSameForecasts(
      List<ConsumerRecord<byte[], byte[]>> records, Map<Name, Map<Long, Forecast>> expected)
      throws Exception {
    ForecastCodec codec = new ForecastCodec();
    Map<Name, Forecast> actual = new HashMap<>();
    List<Name> repeated = new ArrayList<>();
    List<String> different = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Forecast forecast = codec.decode(record.value());
      Name name = new Name(forecast);
      if (actual.put(name, forecast) != null) {
        repeated.add(name);
      }
      Map<Long, Forecast> byVersion = expected.getOrDefault(name, Map.of());
      if (!forecast.equals(byVersion.get(forecast.modelVersion()))) { // bit for bit
        different.add(forecast + " for " + byVersion.get(forecast.modelVersion()));
      }
      assertThat(new String(record.key(), UTF_8)).isEqualTo(forecast.series());
      assertThat(record.timestamp()).isEqualTo(forecast.origin());
    }
    List<Name> missing = expected.keySet().stream().filter(n -> !actual.containsKey(n)).toList();
    assertNone("committed more than once", repeated);
    assertNone("missing", missing);
    assertNone("not what the core says", different);
  }

  private static void assertNone(String what, List<?> names) {
    assertThat(names.stream().limit(10)).as("%,d forecasts are %s", names.size(), what).isEmpty();
  }

  /** The active model is part of the state: once a series has seen the new one, it keeps it. */
  private static void assertNoModelComesBack(List<ConsumerRecord<byte[], byte[]>> records)
      throws Exception {
    ForecastCodec codec = new ForecastCodec();
    Map<String, Long> newest = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Forecast forecast = codec.decode(record.value());
      Long before = newest.put(forecast.series(), forecast.modelVersion());
      assertThat(forecast.modelVersion())
          .as("%s after version %s", forecast, before)
          .isGreaterThanOrEqualTo(before == null ? Forecast.NO_VERSION : before);
    }
    assertThat(newest.values()).contains(RETRAINED);
  }

  /**
   * What the core says to the same observations, one after the other in this JVM.
   *
   * @param forecasts by the version of the model that may have made them
   */
  private record Expected(Map<Name, Map<Long, Forecast>> forecasts, int observations, int late) {

    static Expected of(List<ConsumerRecord<byte[], byte[]>> records, List<ForecastModel> models)
        throws Exception {
      ForecastSettings settings = JobSettings.read(Path.of(JOB), Map.of()).forecast();
      Target target = settings.targets().get(0);
      List<NetworkForecaster> forecasters = models.stream().map(NetworkForecaster::new).toList();
      Windows windows = new Windows(settings.seqLen(), settings.stride(), settings.features());
      ObservationCodec codec = new ObservationCodec();
      Map<String, WindowState> series = new TreeMap<>();
      Map<String, Integer> partitions = new HashMap<>();
      Map<Name, Map<Long, Forecast>> forecasts = new LinkedHashMap<>();
      int late = 0;
      for (ConsumerRecord<byte[], byte[]> record : records) {
        Observation observation = codec.decode(record.value(), record.headers());
        assertThat(partitions.putIfAbsent(observation.series(), record.partition()))
            .as("partition of %s", observation.series())
            .isIn(null, record.partition());
        WindowState state =
            series.computeIfAbsent(observation.series(), name -> windows.newState());
        Outcome outcome = windows.offer(state, observation, Windows.IN_ORDER);
        if (outcome == Outcome.LATE) {
          late++;
        }
        if (outcome == Outcome.APPENDED && windows.isDue(state)) {
          SequenceWindow window = windows.window(observation.series(), state);
          List<Forecast> each =
              window.isFull()
                  ? forecasters.stream().map(forecaster -> forecaster.forecast(window)).toList()
                  : List.of(
                      LastValueForecast.forecast(
                          window, target.mode(), target.horizon(), Status.WARMUP));
          Map<Long, Forecast> byVersion = new HashMap<>();
          each.forEach(forecast -> byVersion.put(forecast.modelVersion(), forecast));
          forecasts.put(new Name(each.get(0)), byVersion);
        }
      }
      return new Expected(forecasts, records.size(), late);
    }
  }

  // ---- models

  private static ForecastModel shipped() throws Exception {
    return ModelFiles.read(Path.of(KafkaFixture.sample("many-to-one")), ModelFiles.Defaults.NONE);
  }

  /** The shipped model with one bias moved: no forecast stays as it was. */
  private static ForecastModel retrained(long version) throws Exception {
    ForecastModel model = shipped();
    float[] bias = model.head().bias().clone();
    for (int i = 0; i < bias.length; i++) {
      bias[i] += 0.25f;
    }
    return TestModel.like(model).version(version).head(model.head().weight(), bias).build();
  }

  private static void publish(ForecastModel model) throws Exception {
    Path file = DIR.resolve("retrained.safetensors");
    ModelFiles.write(model, file);
    try (LocalProcess publish =
        weir("model publish %s --bootstrap-servers %s", file, broker.bootstrapServers())) {
      assertThat(publish.exitCode(WAIT)).as(publish.output()).isZero();
    }
  }

  private static void awaitForecastBy(long version) {
    ForecastCodec codec = new ForecastCodec();
    await("a forecast by version " + version)
        .atMost(WAIT)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              for (ConsumerRecord<byte[], byte[]> record :
                  topics.read("forecasts", Topics.COMMITTED)) {
                if (codec.decode(record.value()).modelVersion() == version) {
                  return true;
                }
              }
              return false;
            });
  }

  // ---- processes

  private static LocalProcess weir(String line, Object... values) throws Exception {
    String[] args = InProcess.words(line, values);
    return LocalProcess.java(
        "weir " + args[0],
        DIR.resolve("weir-" + args[0] + ".log"),
        List.of("-Xmx256m", "-XX:+UseSerialGC", "-Dlog4j.configurationFile=conf/log4j2.properties"),
        BUILD.launcher(),
        "dev.weir.cli.Weir",
        List.of(args),
        Map.of());
  }

  private static String flinkRun(String... options) throws Exception {
    List<String> args = new ArrayList<>(List.of(options));
    args.add(BUILD.jobJar().toString());
    args.addAll(List.of("--job", JOB));
    args.addAll(List.of("--set", "kafka.bootstrap-servers=" + broker.bootstrapServers()));
    args.addAll(List.of("--set", "output=network")); // what the core says without learning
    args.addAll(List.of("--set", "forecast.many-to-one.model=sample-many-to-one"));
    String file = KafkaFixture.sample("many-to-one");
    args.addAll(List.of("--set", "forecast.many-to-one.file=" + file));
    return flink.flinkRun(args.toArray(String[]::new));
  }

  private static int parallelism(String job, String operator) throws Exception {
    return StreamSupport.stream(flink.get("/jobs/" + job).path("vertices").spliterator(), false)
        .filter(vertex -> vertex.path("name").asText().contains(operator))
        .mapToInt(vertex -> vertex.path("parallelism").asInt())
        .min()
        .orElseThrow();
  }
}
