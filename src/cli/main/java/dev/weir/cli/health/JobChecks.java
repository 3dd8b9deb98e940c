package dev.weir.cli.health;

import dev.weir.cli.cluster.FlinkRest;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.admin.OpenTransactions.Hidden;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.admin.TopicConsumer;
import dev.weir.kafka.admin.TopicConsumer.Extent;
import dev.weir.kafka.codec.OutputRecords;
import dev.weir.kafka.codec.RegistrySubjects;
import dev.weir.option.Durations;
import dev.weir.option.Numbers;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * The list of checks of a job, and what they share. Before the start it says what the job lacks,
 * after the start how it runs. Flink and the brokers are asked once.
 */
final class JobChecks {

  static final int SAMPLE = 200; // records of a topic

  /** Of requests to brokers. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  /** For interrupted checks to end. */
  private static final Duration GRACE = Duration.ofMillis(200);

  final Findings findings = new Findings();
  final boolean isStarted;
  final JobSettings job; // null without a job file, after the start only
  final RegistrySettings registry; // null: plain Avro
  boolean isReadable = true; // false: schemas are missing, so that records can't be decoded

  // of the command line; null for what is not given
  Integer parallelism;
  String name; // the job's name or id; after the check of Flink its name there
  String group;
  long maxLag;

  // of the brokers
  TopicAdmin admin;
  Topics topics; // of a pattern, those found
  List<String> missing;
  private TopicConsumer records;
  private final Map<String, Extent> extents = new HashMap<>();
  private volatile String asked = "flink";

  JobChecks(boolean isStarted, JobSettings job, RegistrySettings registry) {
    this.isStarted = isStarted;
    this.job = job;
    this.registry = RegistrySubjects.impatient(registry);
  }

  /**
   * Runs checks in a thread of their own until a deadline, which clients that close share. Then one
   * finding says what was asked last, and the checks are interrupted.
   */
  void within(Duration patience, Runnable checks) throws InterruptedException {
    FutureTask<Void> task = new FutureTask<>(checks, null);
    Thread thread = new Thread(task, "checks");
    thread.setDaemon(true);
    thread.start();
    try {
      task.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      findings.failLast(
          asked,
          "is it overloaded? --timeout waits longer; further checks are missing here",
          "expected all answers within %s, got only those above",
          Durations.shown(patience));
      task.cancel(true);
      thread.join(GRACE.toMillis());
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
  }

  /**
   * Checks Flink.
   *
   * @param rest null: it is not checked
   * @param isRequired whether it must answer
   */
  void flink(FlinkRest rest, boolean isRequired) {
    String problem = "not checked";
    try {
      FlinkChecks checks = new FlinkChecks(this, rest);
      if (isStarted) {
        checks.job();
      } else {
        checks.cluster();
      }
      if (rest != null) {
        return;
      }
    } catch (IOException | IllegalArgumentException e) {
      problem = e.getMessage();
    }
    Findings.Level level = isRequired ? Findings.Level.fail : Findings.Level.warn;
    findings.add(level, "flink", "name it with --jobmanager HOST:PORT", "%s", problem);
  }

  /** Opens clients of the brokers. */
  interface Clients {
    KafkaClients open() throws IOException;
  }

  /** Checks brokers, topics and what they contain. */
  void kafka(Clients clients, Topics wanted) {
    asked = "brokers";
    try {
      kafka(clients.open(), wanted);
    } catch (IOException | IllegalStateException | KafkaException e) {
      findings.fail(
          "brokers",
          "is a broker there? kafka.bootstrap-servers or --bootstrap-servers names it,"
              + " docs/kafka-security.md has what secured ones need",
          "%s",
          e.getMessage() == null ? e : e.getMessage());
    }
  }

  private void kafka(KafkaClients clients, Topics wanted) throws IOException {
    try (TopicAdmin opened = new TopicAdmin(clients)) {
      admin = opened;
      topics = admin.found(wanted); // before any consumer: is there a broker
      missing = admin.missing(topics.all());
      findings.ok("brokers", "%d at %s", admin.brokers(), clients.bootstrapServers());
      try (TopicConsumer newest = TopicConsumer.ofNewest(clients)) {
        records = newest;
        TopicChecks checks = new TopicChecks(this);
        checks.missing();
        registry();
        if (isStarted) {
          checks.lag();
          new ResultChecks(this).check();
        } else {
          checks.rights();
          checks.topics();
          findings.allowed(topics.models(), new ModelChecks(this, clients)::check);
          findings.allowed("transactions", checks::timeout);
        }
        topics.ofSeries().forEach(this::foreign);
        foreign(topics.deadLetters());
        transactions();
      }
    }
  }

  /** Asks the schema registry once instead of waiting for it at each record. */
  private void registry() {
    if (registry == null || !topics.forecasting()) {
      return;
    }
    try {
      RegistrySubjects.ids(registry, topics)
          .forEach(
              (subject, id) ->
                  findings.ok(
                      "registry",
                      id == null
                          ? "%s: the job's schema is registered when it starts"
                          : "%s: the job's schema has id %d",
                      subject,
                      id));
    } catch (IOException | IllegalStateException e) {
      isReadable = false;
      findings.fail(
          "registry",
          "see to kafka.registry.url or --registry; records are not checked without it",
          "%s",
          e.getMessage());
    }
  }

  /** Jobs that share a topic read each other's records: readers want those of one. */
  private void foreign(String topic) {
    if (topics.job() != null && has(topic)) {
      findings.allowed(
          topic,
          () -> {
            Sample sample =
                newest(topic, SAMPLE, record -> OutputRecords.foreign(record, topics.job()));
            if (sample.noted() > 0) {
              findings.warn(
                  topic,
                  "name a topic of its own in the job file of each",
                  "%d of the newest %s are of another job, such as %s",
                  sample.noted(),
                  Numbers.counted(sample.count(), "record"),
                  sample.example());
            }
          });
    }
  }

  /** An open transaction, such as one of a killed job, hides forecasts from their readers. */
  private void transactions() {
    if (!has(topics.output())) {
      return;
    }
    try {
      Hidden hidden = admin.openTransactions().hiding(topics.output());
      if (hidden != null && hidden.isLong(System.currentTimeMillis())) {
        findings.warn(
            "transactions",
            "start that job again, from its newest savepoint or checkpoint, or wait",
            "%s",
            hidden.sentence());
      }
    } catch (KafkaException e) { // no right to list transactions
      findings.warn("transactions", Findings.RIGHTS, "can't be checked: %s", e.getMessage());
    }
  }

  boolean has(String topic) {
    return !missing.contains(topic);
  }

  /** Where a topic begins and ends; null if it does not exist. */
  Extent extent(String topic) {
    return has(topic) ? extents.computeIfAbsent(topic, records::extent) : null;
  }

  /**
   * The newest records of a topic.
   *
   * @param isAll whether the topic has no others
   * @param noted how many of them something was noted of
   * @param example one of these notes, with its record's place
   */
  record Sample(boolean isAll, int count, int noted, String example) {}

  /**
   * Reads the newest records of a topic that exists.
   *
   * @param max of all partitions together
   * @param note returns what to note of a record, such as a problem, or null
   */
  Sample newest(String topic, int max, Function<ConsumerRecord<byte[], byte[]>, String> note) {
    int[] count = new int[2];
    String[] example = {""};
    boolean isAll =
        records.newest(
            topic,
            extent(topic),
            max,
            record -> {
              count[0]++;
              String noted = note.apply(record);
              if (noted != null) {
                count[1]++;
                example[0] =
                    "%s-%d@%d: %s"
                        .formatted(record.topic(), record.partition(), record.offset(), noted);
              }
            });
    return new Sample(isAll, count[0], count[1], example[0]);
  }

  /** The topics of observations that exist. */
  List<String> observations() {
    return topics.observations().names().stream().filter(this::has).toList();
  }
}
