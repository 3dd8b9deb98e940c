package dev.weir.cli.health;

import dev.weir.cli.health.Findings.Level;
import dev.weir.cli.health.JobChecks.Sample;
import dev.weir.job.JobSettings;
import dev.weir.job.RecordSizes;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.KafkaSettings.Transactions;
import dev.weir.kafka.admin.TopicConsumer.Extent;
import dev.weir.kafka.codec.LabelDeserializer;
import dev.weir.kafka.codec.RecordDeserializer;
import dev.weir.kafka.codec.RecordValidator;
import dev.weir.kafka.covariate.CovariateDeserializer;
import dev.weir.kafka.covariate.OutsideDeserializer;
import dev.weir.option.Durations;
import dev.weir.option.Numbers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Whether the topics are what a job needs: settings, rights, newest records, and the lag. */
final class TopicChecks {

  private final JobChecks checks;
  private final Findings findings;
  private final JobSettings job; // null without a job file
  private final Topics topics;

  TopicChecks(JobChecks checks) {
    this.checks = checks;
    this.findings = checks.findings;
    this.job = checks.job;
    this.topics = checks.topics;
  }

  /** Topics that do not exist; the job creates its own at the start if it may. */
  void missing() {
    List<String> observations = topics.observations().names();
    if (observations.isEmpty()) {
      findings.fail(
          "topics.pattern",
          "create a topic whose name matches, or correct the pattern",
          "no topic matches %s",
          topics.observations());
    }
    for (String name : checks.missing) {
      boolean isNeeded =
          observations.contains(name)
              || (checks.isStarted ? name.equals(topics.output()) : !job.createTopics());
      findings.add(
          isNeeded ? Level.fail : Level.ok,
          name,
          "create it, send to it (weir produce), or name another one in the job file",
          isNeeded || checks.isStarted
              ? "no such topic"
              : "no such topic: created when the job starts");
    }
  }

  void rights() {
    if (!checks.missing.isEmpty() && job.createTopics()) {
      return; // the rights on a topic need the topic
    }
    try {
      checks.admin.checkRights(job.kafka().withTopics(topics));
      String protocol = job.kafka().properties().getOrDefault("security.protocol", "PLAINTEXT");
      findings.ok(
          "rights",
          protocol.equals("PLAINTEXT")
              ? "not checked: without security.protocol all users are the same"
              : "all that the job needs");
    } catch (IllegalStateException e) {
      findings.fail("rights", "", "%s", e.getMessage());
    }
  }

  /** The transaction timeout against that of the brokers. */
  void timeout() {
    Transactions delivery = job.kafka().delivery();
    if (!delivery.isExact()) {
      findings.ok("transactions", "none: at-least-once");
      return;
    }
    long allowed = number(checks.admin.brokerSetting("transaction.max.timeout.ms"));
    findings.add(
        allowed >= 0 && delivery.timeout().toMillis() > allowed ? Level.fail : Level.ok,
        "transactions",
        "lower delivery.transaction-timeout or raise transaction.max.timeout.ms",
        "delivery.transaction-timeout is %s, the brokers allow %s",
        Durations.shown(delivery.timeout()),
        allowed < 0 ? "an unknown one" : Durations.shown(allowed));
  }

  /** Settings of all topics, and newest records of those that the job reads. */
  void topics() {
    for (String name : topics.all()) {
      if (checks.has(name) && !name.equals(topics.models())) {
        findings.allowed(name, () -> settings(name));
      }
    }
    List<String> present = topics.ofSeries().stream().filter(checks::has).toList();
    String tooLarge =
        RecordSizes.problem(job, checks.admin.maxRecordBytes(present).get(topics.forecasts()));
    if (tooLarge != null) {
      findings.fail(topics.forecasts(), "", "expected %s", tooLarge);
    }
    if (checks.isReadable) {
      records();
    }
  }

  private void records() {
    RecordValidator validator =
        new RecordValidator(
            job.kafka().source().maxFuture(),
            job.forecast().inputs().features(),
            job.observedAhead(),
            checks.registry,
            job.kafka().source().mapping());
    for (String name : checks.observations()) {
      records(name, validator::observation);
      if (job.kafka().source().mapping() != null) { // readable may still be mapped wrongly
        validator.takeExamples().forEach(example -> findings.ok("as read", "%s", example));
      }
    }
    if (topics.covariates() != null) {
      records(
          topics.covariates().name(),
          problems(new CovariateDeserializer(null, topics.covariates(), checks.registry)));
    }
    if (topics.outside() != null) {
      records(
          topics.outside().name(),
          problems(new OutsideDeserializer(null, topics.outside(), checks.registry)));
    }
    if (topics.ofClasses() != null) {
      records(
          topics.ofClasses().labels(),
          problems(new LabelDeserializer(null, job.kafka().source().maxFuture())));
    }
  }

  /** Returns why a record can't be used, in one line, or null. */
  static Function<ConsumerRecord<byte[], byte[]>, String> problems(RecordDeserializer<?> records) {
    records.openAlone();
    return records::problem;
  }

  private void settings(String name) {
    String policy = checks.admin.topicSetting(name, "cleanup.policy");
    long millis = number(checks.admin.topicSetting(name, "retention.ms"));
    int partitions = checks.extent(name).partitions();
    boolean isInput = topics.observations().names().contains(name);
    if (policy != null && policy.contains("compact")) {
      findings.add(
          isInput ? Level.fail : Level.warn,
          name,
          "set cleanup.policy=delete",
          "cleanup.policy is %s, which keeps one value of each series",
          policy);
    } else if (isInput && checks.parallelism != null && partitions < checks.parallelism) {
      findings.warn(
          name,
          "create it with that many; a series keeps its partition by its key",
          "%s for %d tasks: the others read nothing and only forecast",
          Numbers.counted(partitions, "partition"),
          checks.parallelism);
    } else {
      findings.ok(name, "%s", Numbers.counted(partitions, "partition"));
    }
    if (millis >= 0) { // Kafka compares the time of the observation with the clock
      findings.warn(
          name,
          "set retention.ms=-1 before a replay",
          "retention.ms is %s, by the time of the observation: older history is deleted at once",
          Durations.shown(millis));
    }
    if (!isInput || !checks.has(topics.deadLetters())) {
      return;
    }
    int room = checks.admin.maxValueBytes(topics.deadLetters());
    int longest = checks.admin.maxValueBytes(name);
    if (room < longest) {
      findings.warn(
          topics.deadLetters(),
          "set max.message.bytes to that of " + name + " plus 16384",
          "takes values of %,d bytes, observations may have %,d: longer ones are cut",
          room,
          longest);
    }
  }

  /** -1 for what is no number, or unknown. */
  private static long number(String text) {
    return text != null && text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
  }

  /**
   * Reads the newest records of a topic, if it exists, as the job does.
   *
   * @param problemWith returns why a record can't be used, or null
   */
  private void records(String topic, Function<ConsumerRecord<byte[], byte[]>, String> problemWith) {
    if (checks.has(topic)) {
      findings.allowed(
          topic, () -> report(topic, checks.newest(topic, JobChecks.SAMPLE, problemWith)));
    }
  }

  private void report(String topic, Sample sample) {
    if (sample.noted() == 0) {
      if (sample.count() > 0) {
        findings.ok(topic, "the newest %s can be read", Numbers.counted(sample.count(), "record"));
      }
      return;
    }
    boolean isUseless =
        topics.observations().names().contains(topic) && sample.noted() == sample.count();
    findings.add(
        isUseless ? Level.fail : Level.warn,
        topic,
        sample.example().contains(": SCHEMA: ")
            ? "register the schema that they name, or write them with one that is registered"
            : "find out who writes them; is observations in the job file right?",
        "%d of the newest %s can't be used, such as %s",
        sample.noted(),
        Numbers.counted(sample.count(), "record"),
        sample.example());
  }

  /** How far the job's group is behind. */
  void lag() {
    String own = job == null ? checks.name : job.kafka().group();
    String group = checks.group == null ? own : checks.group;
    for (String name : checks.observations()) {
      Extent extent = checks.extent(name);
      String records =
          "%,d in %s".formatted(extent.length(), Numbers.counted(extent.partitions(), "partition"));
      findings.figures.put("records." + name, extent.length());
      if (group == null) {
        findings.ok(name, "%s; lag unknown: give the job file, --job or --group", records);
        continue;
      }
      findings.allowed(name, () -> lag(name, group, records));
    }
  }

  private void lag(String name, String group, String records) {
    Map<Integer, Long> committed = new HashMap<>(); // offsets by partition
    checks.admin.committed(group, name).forEach((p, place) -> committed.put(p, place.offset()));
    long lag = checks.extent(name).behind(committed);
    findings.figures.put("lag." + name, lag);
    if (committed.isEmpty() && lag > 0) {
      findings.fail(
          name,
          "is this the job's group? --group names another; else wait for its first checkpoint",
          "%s; group %s has committed no offset",
          records,
          group);
    } else {
      findings.add(
          lag > checks.maxLag ? Level.fail : Level.ok,
          name,
          "more tasks (--parallelism, up to the partitions), or learning.size: small; --max-lag"
              + " sets another limit",
          "%s; group %s is %,d behind",
          records,
          group,
          lag);
    }
  }
}
