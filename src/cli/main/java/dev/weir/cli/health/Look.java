package dev.weir.cli.health;

import dev.weir.cli.health.Check.Command;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.admin.OpenTransactions.Hidden;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.admin.TopicConsumer;
import dev.weir.kafka.admin.TopicConsumer.Extent;
import dev.weir.kafka.codec.RegistrySubjects;
import dev.weir.kafka.wire.Decoder;
import dev.weir.kafka.wire.MalformedRecordException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the checks of a command look at, and what one found out that a later one needs. Brokers and
 * Flink are asked once.
 */
final class Look {

  /** For an answer of the brokers. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  final Command command;
  final Findings findings = new Findings();
  final JobSettings job; // null without a job file
  final FlinkRest flink; // null: it is not looked at
  final RegistrySettings registry; // null: plain Avro

  // of the command line; null for what is not given
  Integer parallelism;
  String savepoint;
  String name; // of the job, or its id; then as Flink has it
  String group;
  long mostLag;

  // of the brokers, while topics are looked at
  TopicAdmin admin;
  ModelTopic models;
  Topics topics; // of a pattern, those found
  List<String> missing; // those of the topics that do not exist
  TopicChecks setup;
  TopicHealth health;
  private TopicConsumer tails;
  private final Map<String, Extent> extents = new HashMap<>();
  boolean isReadable = true; // whether records can be decoded
  int tasks = 1; // of each operator

  /**
   * @param registry as it is asked by a job, which is more patient
   */
  Look(Command command, JobSettings job, FlinkRest flink, RegistrySettings registry) {
    this.command = command;
    this.job = job;
    this.flink = flink;
    this.registry = RegistrySubjects.impatient(registry);
  }

  /** Makes the checks of the topics, as {@link Check#all}. */
  void atTopics(KafkaClients clients, Topics job) throws IOException {
    try (TopicAdmin opened = new TopicAdmin(clients)) {
      admin = opened;
      topics = admin.found(job); // before any consumer: is there a broker
      missing = admin.missing(topics.all());
      models = new ModelTopic(clients, topics.models());
      try (TopicConsumer records = TopicConsumer.ofNewest(clients)) {
        tails = records;
        if (command == Command.DOCTOR) {
          setup = new TopicChecks(this);
        } else {
          health = new TopicHealth(this);
        }
        Check.all(Check.Side.KAFKA, this);
      }
    }
  }

  /** Asks the schema registry, if there is one, rather than wait for it at each record. */
  void registry() {
    if (registry == null || !topics.forecasting() && command == Command.STATUS) {
      return;
    }
    try {
      if (command == Command.STATUS) {
        RegistrySubjects.ask(registry, topics.forecasts());
        return;
      }
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
      if (command == Command.STATUS) {
        findings.ok("registry", "no answer; forecasts and scores are not looked at");
        findings.problem(
            "see to kafka.registry.url or --registry, and to the registry", "%s", e.getMessage());
      } else {
        findings.fail(
            "registry",
            "see to kafka.registry.url, and to the registry; records are not looked at without it",
            "%s",
            e.getMessage());
      }
    }
  }

  boolean has(String topic) {
    return !missing.contains(topic);
  }

  /** Where a topic begins and ends; null if it does not exist. */
  Extent extent(String topic) {
    return has(topic) ? extents.computeIfAbsent(topic, tails::extent) : null;
  }

  /** Where a group has got to in a topic, by partition; without those where it has not been. */
  Map<Integer, Long> committed(String group, String topic) {
    Map<Integer, Long> offsets = new TreeMap<>();
    admin
        .committed(group, topic)
        .forEach((partition, place) -> offsets.put(partition, place.offset()));
    return offsets;
  }

  /** Shows the newest records of a topic that exists; returns whether these are all. */
  boolean newest(String topic, int most, Consumer<ConsumerRecord<byte[], byte[]>> action) {
    return tails.newest(topic, extent(topic), most, action);
  }

  /**
   * Shows the newest records of a topic that exists.
   *
   * @return how many of them can't be read
   */
  <T> int newest(String topic, int most, Decoder<T> decoder, Consumer<T> action) {
    int[] malformed = new int[1];
    newest(
        topic,
        most,
        record -> {
          T one;
          try {
            one = decoder.decode(record.value() == null ? new byte[0] : record.value());
          } catch (MalformedRecordException e) {
            malformed[0]++;
            return;
          }
          action.accept(one);
        });
    return malformed[0];
  }

  List<String> observations() {
    return topics.observations().names().stream().filter(this::has).toList();
  }

  /** What hides the job's output from readers of committed records; null if nothing does. */
  Hidden hidden() {
    return has(topics.output()) ? admin.openTransactions().hiding(topics.output()) : null;
  }
}
