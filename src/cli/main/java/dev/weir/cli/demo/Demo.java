package dev.weir.cli.demo;

import dev.weir.cli.console.Format;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.cli.local.LocalCluster;
import dev.weir.cli.local.TemporaryFolder;
import dev.weir.dashboard.Dashboard;
import dev.weir.job.ForecastJob;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.admin.TopicConsumer;
import dev.weir.kafka.wire.MalformedRecordException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * A broker, a cluster and a job in this process, and a thread that sends values. Everything that is
 * shown was read back from the topics.
 */
abstract class Demo {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final long STOP_MILLIS = 5_000;

  /** Outputs are shown when committed, so a demo commits for each value at its usual rate. */
  private static final Map<String, String> FLINK =
      Map.of("execution.checkpointing.interval", "250 ms");

  final Format format;
  final double rate;
  final DemoDeadline end;
  private final String name;
  private final String noun;
  private final long started = System.nanoTime();
  private boolean isFirst = true;
  Topics topics; // of the job

  /**
   * @param name of the built-in job
   * @param rate values a second of each series
   * @param duration null for a demo without an end
   * @param noun what comes before each of the outputs in messages
   * @param outputs that it shows before it ends
   */
  Demo(
      String name,
      Format format,
      double rate,
      Duration duration,
      String noun,
      Collection<String> outputs) {
    this.name = name;
    this.noun = noun;
    this.format = format;
    this.rate = rate;
    this.end = new DemoDeadline(duration, outputs);
  }

  /** The page, before there is anything to read; null for none. */
  Dashboard page(String bootstrapServers) throws IOException {
    return null;
  }

  /** Sends values until it is interrupted or has no more. */
  abstract void replay(KafkaClients clients) throws IOException, InterruptedException;

  /** Topics to read. */
  abstract List<String> outputs();

  abstract void take(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException;

  /** Shows what waits for its turn. */
  void show() {}

  /** What was shown, which another thread asks for at Ctrl-C. */
  abstract String summary();

  int run() throws Exception {
    say("starting a Kafka broker and a Flink cluster in this process");
    Path data = TemporaryFolder.create("demo");
    int port = EmbeddedBroker.freePort();
    KafkaClients clients = KafkaClients.of("localhost:" + port);
    JobSettings settings =
        JobSettings.builtin(name, Map.of("kafka.bootstrap-servers", "localhost:" + port));
    topics = settings.kafka().topics();
    // the page first: it says what it waits for, and a port that is taken ends the demo at once
    try (Dashboard page = page("localhost:" + port)) {
      Future<LocalCluster> starting = LocalCluster.startBeside(FLINK);
      try (EmbeddedBroker broker = EmbeddedBroker.start(data, port, EmbeddedBroker.CREATES_TOPICS);
          TopicAdmin admin = new TopicAdmin(clients)) {
        admin.createMissing(topics, 1, 0);
        if (page != null) {
          page.read();
        }
        Thread replay = new Thread(() -> send(clients), "replay");
        replay.setDaemon(true);
        replay.start();
        try (LocalCluster cluster = starting.get()) {
          JobClient job = ForecastJob.submit(cluster.environment(), settings);
          URI flink =
              URI.create(cluster.webAddress() + "/#/job/running/" + job.getJobID() + "/overview");
          say("Kafka: " + broker.bootstrapServers() + "   Flink's page: " + flink);
          if (page != null) {
            page.showFlink(flink);
          }
          return show(clients, job, page, replay);
        }
      }
    } finally {
      FileUtils.deleteDirectoryQuietly(data.toFile());
    }
  }

  private int show(KafkaClients clients, JobClient job, Dashboard page, Thread replay)
      throws Exception {
    Thread summary = new Thread(this::summarize, "summary");
    Runtime.getRuntime().addShutdownHook(summary); // for Ctrl-C
    int exitCode = consume(clients, job);
    if (!isWithdrawn(summary)) {
      Thread.currentThread().join(); // Ctrl-C came first: this process ends without us
    }
    summarize();
    if (page != null) {
      page.close(); // first what reads and feeds, then what works, then what holds: none complains
    }
    replay.interrupt();
    replay.join(STOP_MILLIS);
    job.cancel().get();
    return exitCode;
  }

  /** False when the process is ending already, and the hook runs. */
  private static boolean isWithdrawn(Thread hook) {
    try {
      return Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private void send(KafkaClients clients) {
    try {
      replay(clients);
    } catch (IOException e) {
      say(e.getMessage());
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt(); // the demo is over
    }
  }

  private int consume(KafkaClients clients, JobClient job) throws Exception {
    try (TopicConsumer consumer = new TopicConsumer(clients)) {
      Map<TopicPartition, Long> places = new HashMap<>();
      outputs().forEach(topic -> places.put(new TopicPartition(topic, 0), 0L));
      consumer.follow(places);
      boolean waiting = false;
      while (!end.isOver(running())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          try {
            take(record);
          } catch (MalformedRecordException e) {
            say(
                "%s-%d@%d: %s"
                    .formatted(
                        record.topic(), record.partition(), record.offset(), e.getMessage()));
          }
        }
        show();
        if (!waiting && end.isOverdue(running())) {
          waiting = true;
          say(
              "no %s yet; going on until there is one, for at most %d s"
                  .formatted(noun + end.missing(), DemoDeadline.PATIENCE.toSeconds()));
        }
        if (System.out.checkError()) { // the reader of our output went away
          return 0;
        }
        if (job.getJobStatus().get().isGloballyTerminalState()) {
          say("the job ended; its log above says why");
          return 1;
        }
      }
    }
    if (!end.isComplete()) {
      say(
          "expected output within %d s, got no %s; WEIR_JAVA_OPTS=-Dweir.log.level=INFO shows what it waits for"
              .formatted(running().toSeconds(), noun + end.missing()));
      return 1;
    }
    return 0;
  }

  /** Says how long the first output took; whether it is that. */
  boolean isFirst(String what) {
    if (!isFirst) {
      return false;
    }
    isFirst = false;
    say("first %s after %.1f s".formatted(what, seconds()));
    return true;
  }

  private Duration running() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  double seconds() {
    return running().toNanos() / 1e9;
  }

  private void summarize() {
    System.out.flush();
    say(summary());
  }

  static void say(String line) {
    System.err.println("weir demo: " + line);
  }
}
