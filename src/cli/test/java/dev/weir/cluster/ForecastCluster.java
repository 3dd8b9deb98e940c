package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.forecast.Observation;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicAdmin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * A forecasting job that learns, on a broker and a Flink cluster of real processes, fed at a steady
 * rate; what may happen to it, and how to tell that nothing came of it.
 */
final class ForecastCluster implements AutoCloseable {
  static final String FORECASTS = "forecasts";
  static final String SCORES = "scores";
  static final String ALARMS = "alarms";

  /** Records that must wait for their commit when something happens: proof of a hit. */
  static final int OPEN = 20;

  private static final BuiltClasspath BUILD = BuiltClasspath.ofThisBuild();
  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final int PARTITIONS = 3;

  /** A killed broker is let in again once its earlier life has expired, by default after 9 s. */
  private static final Map<String, String> BROKER =
      Map.of("broker.session.timeout.ms", "3000", "broker.heartbeat.interval.ms", "500");

  private final BrokerProcess broker;
  private final FlinkCluster flink;
  private final Topics topics;
  private final String jobFile;
  private final Map<String, String> options;
  private final List<String> report = new ArrayList<>();
  private ObservationFeed feed;
  private String job;
  private int parallelism;

  private ForecastCluster(
      BrokerProcess broker, FlinkCluster flink, String jobFile, Map<String, String> options)
      throws Exception {
    this.broker = broker;
    this.flink = flink;
    this.topics = new Topics(broker.bootstrapServers(), PATIENCE);
    this.jobFile = jobFile;
    this.options = new LinkedHashMap<>(options);
    this.options.put("kafka.bootstrap-servers", broker.bootstrapServers());
    try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(broker.bootstrapServers()))) {
      admin.create("observations", PARTITIONS, Map.of());
    }
  }

  /**
   * Starts the processes; no job yet.
   *
   * @param name folder for logs and data
   * @param options overrides of the job file's
   * @param configuration overrides of the cluster's
   */
  static ForecastCluster start(
      String name,
      int taskManagers,
      String jobFile,
      Map<String, String> options,
      Map<String, String> configuration)
      throws Exception {
    Path dir = BUILD.target().resolve("cluster").resolve(name);
    CompletableFuture<BrokerProcess> broker =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return BrokerProcess.start(BUILD, dir.resolve("broker"), BROKER);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    FlinkCluster flink = null;
    try {
      flink = FlinkCluster.start(BUILD, dir.resolve("flink"), taskManagers, configuration);
      return new ForecastCluster(broker.get(), flink, jobFile, options);
    } catch (Exception | Error e) {
      if (flink != null) {
        flink.close();
      }
      broker.thenAccept(BrokerProcess::close).join();
      throw e;
    }
  }

  FlinkCluster flink() {
    return flink;
  }

  BrokerProcess broker() {
    return broker;
  }

  Topics topics() {
    return topics;
  }

  ObservationFeed feed() {
    return feed;
  }

  String job() {
    return job;
  }

  void feed(int valuesPerSecond) {
    feed = ObservationFeed.start(broker.bootstrapServers(), "observations", valuesPerSecond);
  }

  /**
   * Starts the job, and waits until it runs.
   *
   * @param from a savepoint or checkpoint; null at first
   */
  void run(int parallelism, String from, Map<String, String> configuration) throws Exception {
    List<String> args = new ArrayList<>(List.of("--job", jobFile));
    options.forEach((key, value) -> args.addAll(List.of("--set", key + "=" + value)));
    this.parallelism = parallelism;
    job = flink.runJar(BUILD.jobJar(), parallelism, from, configuration, args);
    flink.awaitRunning(job);
  }

  /** The same as a person would type it: {@code flink run} with options of its own. */
  void flinkRun(String... flinkOptions) throws Exception {
    List<String> args = new ArrayList<>(List.of(flinkOptions));
    args.addAll(List.of(BUILD.jobJar().toString(), "--job", jobFile));
    options.forEach((key, value) -> args.addAll(List.of("--set", key + "=" + value)));
    job = flink.flinkRun(args.toArray(String[]::new));
    flink.awaitRunning(job);
  }

  /** Waits for more committed forecasts than there are. */
  void awaitProgress(int more) {
    topics.awaitMore(FORECASTS, more);
  }

  /** Waits until a gauge of Weir's, of all tasks of the running job together, is above 0. */
  void awaitPositive(String gauge) {
    await("weir." + gauge + " above 0").atMost(PATIENCE).until(() -> gauge(gauge) > 0);
  }

  /** 0 until the JobManager has fetched it from the tasks. */
  private double gauge(String name) throws IOException {
    for (JsonNode vertex : flink.get("/jobs/" + job).path("vertices")) {
      String metrics =
          "/jobs/%s/vertices/%s/subtasks/metrics".formatted(job, vertex.path("id").asText());
      for (JsonNode metric : flink.get(metrics)) {
        String id = metric.path("id").asText();
        if (id.endsWith("weir." + name)) {
          return flink.get(metrics + "?get=" + id).at("/0/sum").asDouble();
        }
      }
    }
    return 0;
  }

  // ---- what may happen

  /** SIGKILL to a TaskManager with tasks; another one of its name starts at once. */
  void killTaskManager() throws Exception {
    String name = flink.taskManagerOf(job);
    int restored = flink.restored(job);
    disturb(
        "TaskManager killed",
        () -> {
          flink.taskManager(name).kill();
          flink.startTaskManager(name);
          flink.awaitRestored(job, restored);
        });
  }

  /**
   * SIGKILL to the JobManager. The TaskManagers stay, and find the new one; the job is started
   * again from the newest checkpoint on disk.
   */
  void killJobManager(int newParallelism) throws Exception {
    disturb(
        "JobManager killed, parallelism %d to %d".formatted(parallelism, newParallelism),
        () -> {
          flink.jobManager().kill();
          flink.startJobManager();
          flink.awaitTaskManagers(flink.taskManagers().size());
          run(newParallelism, flink.newestCheckpoint(job), Map.of());
        });
  }

  /** SIGKILL to the broker, which comes back with its data; the job waits and is not restarted. */
  void killBroker() throws Exception {
    int restored = flink.restored(job);
    disturb(
        "broker killed",
        () -> {
          broker.process().kill();
          broker.start();
          awaitProgress(5 * OPEN);
        });
    assertThat(flink.restored(job)).as("restarts for a broker's sake").isEqualTo(restored);
  }

  /**
   * SIGSTOP to a TaskManager with tasks for longer than the heartbeat allows; once the job goes on
   * elsewhere, SIGCONT, so that the old tasks wake up and want to go on as well.
   */
  void stallTaskManager() throws Exception {
    String name = flink.taskManagerOf(job);
    int restored = flink.restored(job);
    disturb(
        "TaskManager stalled",
        () -> {
          LocalProcess taskManager = flink.taskManager(name);
          taskManager.pause();
          try {
            flink.awaitRestored(job, restored);
            awaitProgress(5 * OPEN);
          } finally {
            taskManager.resume();
          }
          // The JobManager rejects its heartbeats, so it registers again without tasks.
          flink.awaitTaskManagers(flink.taskManagers().size());
          await("the old tasks are gone")
              .atMost(PATIENCE)
              .until(
                  () ->
                      Pattern.compile("Freeing task resources")
                          .matcher(taskManager.output())
                          .find());
        });
  }

  static void pause(Duration length) {
    long start = System.nanoTime();
    await("a pause of " + length)
        .atMost(length.plusSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> System.nanoTime() - start >= length.toNanos());
  }

  /** Something that happens to a running job. */
  interface Event {
    void happen() throws Exception;
  }

  /** Something happens while records wait for their commit; the report tells what came of it. */
  void disturb(String what, Event event) throws Exception {
    // else it would be forecasts that are waited for in vain
    assertThat(topics.count("observations.dlq", Topics.COMMITTED)).as("dead letters").isZero();
    flink.awaitCheckpoints(job, 1);
    long abortedBefore = topics.aborted(FORECASTS);
    long open = topics.awaitOpen(FORECASTS, OPEN);
    long start = System.nanoTime();
    event.happen();
    awaitProgress(OPEN);
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    report(
        "%s: %,d records open, %,d aborted, %d s until the job had gone on"
            .formatted(what, open, topics.aborted(FORECASTS) - abortedBefore, seconds));
  }

  /** Stops with a savepoint and goes on from it. */
  void rescale(int newParallelism, Map<String, String> configuration) throws Exception {
    String savepoint = flink.stopWithSavepoint(job);
    run(newParallelism, savepoint, configuration);
    report(
        "stopped with a savepoint, goes on with parallelism %d, %s"
            .formatted(newParallelism, configuration));
  }

  private void report(String line) {
    report.add(line);
    System.out.println(line);
  }

  // ---- what must not come of it

  /** Ends the feed and holds all that was committed against a run to which nothing happened. */
  ReferenceRun assertExact() throws Exception {
    ReferenceRun expected = undisturbed();
    topics.awaitCommitted(FORECASTS, expected.count(FORECASTS));
    // what is wrong with a forecast says more than a score that is waited for in vain
    assertSame(expected, FORECASTS, false);
    topics.awaitCommitted(SCORES, expected.count(SCORES));
    flink.awaitCheckpoints(job, 2); // what is committed twice is to be seen too
    assertSame(expected, FORECASTS, false);
    assertSame(expected, SCORES, false);
    if (expected.count(ALARMS) > 0) {
      assertSame(expected, ALARMS, false);
      report("%,d incidents exact".formatted(expected.count(ALARMS)));
    }
    assertThat(topics.count("observations.dlq", Topics.COMMITTED)).isZero();
    report(
        "%,d forecasts and %,d scores of %d series exact; %,d and %,d written and aborted"
            .formatted(
                expected.count(FORECASTS),
                expected.count(SCORES),
                ObservationFeed.SERIES,
                topics.aborted(FORECASTS),
                topics.aborted(SCORES)));
    return expected;
  }

  /** Holds what a topic has against what belongs there, with or without repeats. */
  void assertSame(ReferenceRun expected, String topic, boolean repeats) throws Exception {
    expected.assertSame(topic, topics.read(topic, Topics.COMMITTED), repeats);
  }

  void assertAborted() {
    assertThat(topics.aborted(FORECASTS)).as("kills are to hit open transactions").isPositive();
  }

  /** Ends the feed and has all that it sent forecast by a run to which nothing happens. */
  ReferenceRun undisturbed() throws Exception {
    List<List<Observation>> sent = feed.stop();
    assertThat(topics.count("observations", Topics.COMMITTED)).isEqualTo(feed.sent());
    return ReferenceRun.run(sent, JobSettings.read(Path.of(jobFile), options).forecast());
  }

  @Override
  public void close() {
    if (feed != null) {
      feed.close();
    }
    flink.close();
    broker.close();
  }
}
