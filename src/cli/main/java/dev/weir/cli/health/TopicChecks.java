package dev.weir.cli.health;

import dev.weir.job.SavepointPartitions;
import dev.weir.kafka.CovariateTopic;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.OutsideTopic;
import dev.weir.kafka.admin.TopicConsumer.Extent;
import dev.weir.kafka.codec.FeedbackDeserializer;
import dev.weir.kafka.codec.RecordDeserializer;
import dev.weir.kafka.codec.RecordValidator;
import dev.weir.kafka.covariate.CovariateDeserializer;
import dev.weir.kafka.covariate.OutsideDeserializer;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Whether the topics are what a job needs: asked of the brokers, and seen in the newest records.
 */
final class TopicChecks extends Checks {

  private static final int SAMPLE = 200;
  private static final String CREATE =
      "create it, or set topics.create-missing: true and grant Create";

  private final KafkaSettings kafka;
  private final Topics topics;
  private RecordValidator validator; // null until it is needed

  TopicChecks(Look look) {
    super(look);
    this.kafka = job.kafka();
    this.topics = look.topics;
  }

  void brokers() {
    findings.ok("brokers", "%d at %s", look.admin.brokers(), kafka.bootstrapServers());
  }

  private RecordValidator validator() {
    if (validator == null) {
      validator =
          new RecordValidator(
              kafka.source().maxFuture(),
              job.forecast().inputs().features(),
              job.observedAhead(),
              look.isReadable ? look.registry : null,
              look.isReadable ? kafka.source().mapping() : null);
    }
    return validator;
  }

  void observations() {
    for (String name : look.observations()) {
      findings.allowed(name, () -> observations(name, look.tasks));
      records(name, look.isReadable ? validator()::observation : null);
      List<String> examples = validator().takeExamples();
      if (kafka.source().mapping()
          != null) { // what is right for a reader may be wrong for its writer
        examples.forEach(example -> findings.ok("as read", "%s", example));
      }
    }
  }

  void partitions() {
    look.observations()
        .forEach(name -> findings.allowed("partitions", () -> partitions(name, look.savepoint)));
  }

  void outputs() {
    others()
        .forEach(
            (name, problemWith) -> {
              if (look.has(name)) {
                findings.allowed(name, () -> kept(name));
                records(name, problemWith);
              }
            });
  }

  void missing() {
    List<String> observations = topics.observations().names();
    if (observations.isEmpty()) {
      findings.fail(
          "topics.pattern",
          "create a topic whose name matches, or correct the pattern",
          "no topic matches %s",
          topics.observations());
    }
    for (String name : look.missing) {
      if (observations.contains(name)) {
        findings.fail(
            name,
            "create it, send to it (weir produce --topic " + name + "), or set topics.observations",
            "no such topic");
      } else if (job.createTopics()) {
        findings.ok(name, "no such topic: created when the job starts");
      } else {
        findings.fail(name, CREATE, "no such topic");
      }
    }
  }

  /**
   * The topics beside observations and models, in their order, and what says whether a record of
   * each can be used; null if records are not looked at.
   */
  private Map<String, Function<ConsumerRecord<byte[], byte[]>, String>> others() {
    Map<String, Function<ConsumerRecord<byte[], byte[]>, String>> others = new LinkedHashMap<>();
    if (topics.forecasting()) {
      others.put(topics.forecasts(), look.isReadable ? validator()::forecast : null);
      others.put(topics.scores(), look.isReadable ? validator()::score : null);
    }
    if (topics.alarms() != null) {
      others.put(topics.alarms(), look.isReadable ? validator()::incident : null);
      others.put(topics.feedback(), problems(new FeedbackDeserializer(null)));
    }
    CovariateTopic covariates = topics.covariates();
    if (covariates != null) {
      others.put(
          covariates.name(),
          look.isReadable
              ? problems(new CovariateDeserializer(null, covariates, look.registry))
              : null);
    }
    OutsideTopic outside = topics.outside();
    if (outside != null) {
      others.put(
          outside.name(),
          look.isReadable ? problems(new OutsideDeserializer(null, outside, look.registry)) : null);
    }
    if (topics.ofClasses() != null) {
      others.put(topics.ofClasses().classes(), validator()::classification);
      others.put(topics.ofClasses().labels(), validator()::label);
    }
    others.put(topics.deadLetters(), validator()::deadLetter);
    return others;
  }

  /** Says what is wrong with a record that others write, in one line; null if it can be used. */
  static Function<ConsumerRecord<byte[], byte[]>, String> problems(RecordDeserializer<?> records) {
    records.openAlone();
    return records::problem;
  }

  /** The topic's {@code cleanup.policy}; empty if it is not told. */
  String policy(String topic) {
    String policy = look.admin.topicSetting(topic, "cleanup.policy");
    if (policy == null) {
      findings.warn(topic, Findings.RIGHTS, "its settings are not told");
      return "";
    }
    return policy;
  }

  private void observations(String name, int parallelism) {
    Extent extent = look.extent(name);
    String policy = policy(name);
    if (policy.contains("compact")) {
      findings.fail(
          name,
          "set cleanup.policy=delete",
          "cleanup.policy is %s, which keeps one value of each series",
          policy);
    } else if (extent.partitions() < parallelism) {
      findings.warn(
          name,
          "create it with " + parallelism + " partitions; a series keeps its partition by its key",
          "%d partitions for %d tasks: the others read nothing and only forecast",
          extent.partitions(),
          parallelism);
    } else {
      findings.ok(name, "%d partitions, %,d records", extent.partitions(), extent.length());
    }
    retention(name);
  }

  /**
   * Keys move to partitions that are added. Their newer values would be read beside older ones that
   * still wait in the old partitions, which would then become LATE.
   */
  private void partitions(String name, String savepoint) {
    Extent extent = look.extent(name);
    Map<Integer, Long> committed = look.committed(kafka.group(), name);
    Set<Integer> known = committed.keySet();
    if (savepoint != null) {
      try {
        known = SavepointPartitions.of(savepoint, name);
      } catch (IOException | RuntimeException e) { // whatever is there may be no savepoint
        findings.fail(
            "savepoint",
            "name a savepoint's folder that this machine can read",
            "%s: %s",
            savepoint,
            e.getMessage());
        return;
      }
      findings.ok("savepoint", "has read %d partitions of %s", known.size(), name);
    }
    if (known.isEmpty()) {
      return; // a first start reads all partitions from their beginnings
    }
    Map<Integer, Long> added = new TreeMap<>(extent.ends());
    added.keySet().removeAll(known);
    // without a savepoint, an empty one may only have had nothing to commit
    added.entrySet().removeIf(end -> savepoint == null && isEmpty(extent, end.getKey()));
    Map<Integer, Long> read = new TreeMap<>(committed);
    added.keySet().forEach(partition -> read.put(partition, extent.ends().get(partition)));
    long lag = extent.behind(read);
    if (!added.isEmpty() && lag > 0) {
      findings.warn(
          "partitions",
          "set window.out-of-orderness to the time that the backlog spans until it is read:"
              + " docs/operations.md, More partitions",
          "%d of %d partitions of %s were added, and group %s is %,d records behind in the others:"
              + " values of one series would come out of order, and the earlier ones be LATE",
          added.size(),
          extent.partitions(),
          name,
          kafka.group(),
          lag);
    } else if (!added.isEmpty()) {
      findings.ok("partitions", "%d were added, and nothing waits in the others", added.size());
    }
  }

  private static boolean isEmpty(Extent extent, int partition) {
    return extent.ends().get(partition) <= extent.begins().getOrDefault(partition, 0L);
  }

  private void kept(String name) {
    String policy = policy(name);
    if (policy.contains("compact")) {
      findings.warn(
          name,
          "set cleanup.policy=delete, unless one record of each series is enough",
          "cleanup.policy is %s",
          policy);
    } else {
      findings.ok(name, "%d partitions", look.extent(name).partitions());
    }
    retention(name);
    if (name.equals(topics.deadLetters())) {
      look.observations().forEach(this::deadLetters);
    }
  }

  /** Kafka judges a record's age by the time of its observation. */
  private void retention(String name) {
    String text = look.admin.topicSetting(name, "retention.ms");
    long millis = text != null && text.matches("-?[0-9]{1,18}") ? Long.parseLong(text) : -1;
    if (millis >= 0) {
      findings.warn(
          name,
          "set retention.ms=-1 before a replay",
          "retention.ms is %s, by the time of the observation: older history goes at once",
          Duration.ofMillis(millis));
    }
  }

  private void deadLetters(String observations) {
    int room = look.admin.maxValueBytes(topics.deadLetters());
    int longest = look.admin.maxValueBytes(observations);
    if (room < longest) {
      findings.warn(
          topics.deadLetters(),
          "set max.message.bytes to that of " + observations + " plus 16384",
          "takes values of %,d bytes, where observations may have %,d: longer ones are cut",
          room,
          longest);
    }
  }

  /** The newest records of a topic, as the job or its readers will read them. */
  private void records(String topic, Function<ConsumerRecord<byte[], byte[]>, String> problemWith) {
    if (problemWith != null) {
      findings.allowed(topic, () -> newest(topic, problemWith));
    }
  }

  private void newest(String topic, Function<ConsumerRecord<byte[], byte[]>, String> problemWith) {
    int[] count = new int[2];
    String[] example = new String[1];
    look.newest(
        topic,
        SAMPLE,
        record -> {
          count[0]++;
          String problem = problemWith.apply(record);
          if (problem != null) {
            count[1]++;
            example[0] =
                "%s-%d@%d: %s"
                    .formatted(record.topic(), record.partition(), record.offset(), problem);
          }
        });
    if (count[0] == 0) {
      return;
    }
    if (count[1] == 0) {
      findings.ok(topic, "the newest %d records can be read", count[0]);
    } else if (topics.observations().names().contains(topic) && count[1] == count[0]) {
      findings.fail(
          topic,
          example[0].contains(": SCHEMA: ")
              ? "register the schema that they name, or write them with one that is"
              : kafka.source().mapping() != null
                  ? "change observations in the job file"
                  : "write them as observation.avsc says",
          "none of the newest %d records can be used: %s",
          count[0],
          example[0]);
    } else {
      findings.warn(
          topic,
          "find out who writes them",
          "%d of the newest %d records can't be used, such as %s",
          count[1],
          count[0],
          example[0]);
    }
  }

  void rights() {
    if (!look.missing.isEmpty() && job.createTopics()) {
      return;
    }
    try {
      look.admin.checkRights(kafka.withTopics(topics));
      String protocol = kafka.properties().getOrDefault("security.protocol", "PLAINTEXT");
      findings.ok(
          "rights",
          protocol.equals("PLAINTEXT")
              ? "not asked for: without security.protocol everybody is the same"
              : "all that the job needs");
    } catch (IllegalStateException e) {
      findings.fail("rights", "", "%s", e.getMessage());
    }
  }
}
