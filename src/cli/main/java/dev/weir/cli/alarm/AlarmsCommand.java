package dev.weir.cli.alarm;

import dev.weir.cli.console.CommandFailure;
import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Format;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.cli.option.RegistryOption;
import dev.weir.cli.option.TopicFollower;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.admin.TopicConsumer;
import dev.weir.kafka.codec.FeedbackRecord;
import dev.weir.kafka.codec.FeedbackRecord.Dismissal;
import dev.weir.kafka.codec.IncidentCodec;
import dev.weir.kafka.codec.OutputRecords;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir alarms}: lists the newest incidents, and shows those that follow. */
@Command(
    name = "alarms",
    description =
        "Lists the newest incidents of a job that raises alarms, oldest first, or explains one, or"
            + " tells the job that one was a false alarm.",
    footer = {
      "",
      "Examples: weir alarms my-job.yaml",
      "          weir alarms my-job.yaml --series 'pump-.*' --last 100",
      "          weir alarms my-job.yaml --explain pump-17",
      "          weir alarms --topic my-job.alarms --follow --format json",
      "          weir alarms my-job.yaml --dismiss 024e9abb-89da-3b22-a458-c6823b36bb71"
    })
public final class AlarmsCommand implements Callable<Integer> {

  private static final int MAX_LAST = 100_000;

  /** Offsets of each partition that incidents are looked for in; more if more are asked for. */
  private static final int LOOK = 20_000;

  /**
   * Records of an incident at most: opened, twice updated, a break, closed, and the transactions'
   * marks.
   */
  private static final int RECORDS = 10;

  /** A partition whose records don't come holds up nobody for longer. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration SEND_PATIENCE = Duration.ofSeconds(30);

  @Option(names = "--topic", descriptionKey = "topics.alarms")
  private String topic;

  @Option(
      names = "--format",
      defaultValue = "text",
      description =
          "${COMPLETION-CANDIDATES}: a line for each incident, or its newest record"
              + " (default: ${DEFAULT-VALUE}).")
  private Format format;

  @Option(names = "--series", paramLabel = "REGEX", description = "Only series that match.")
  private Pattern series;

  @Option(
      names = "--last",
      paramLabel = "N",
      defaultValue = "20",
      description = "Incidents at most, the newest by their start (default: ${DEFAULT-VALUE}).")
  private int last;

  @Option(
      names = "--follow",
      description = "Then show each record that arrives: opened, updated and closed incidents.")
  private boolean follow;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "With --follow: stop after so many lines.")
  private Long limit;

  @Option(
      names = "--explain",
      paramLabel = "ID|SERIES",
      description =
          "Explain one incident: by its id, or the newest of a series. Ids are in --format json.")
  private String explain;

  @Option(
      names = "--dismiss",
      paramLabel = "ID|SERIES",
      description =
          "Tell the job that an incident, by its id or the newest of a series, was a false alarm:"
              + " its reason needs more evidence in this series from now on.")
  private String dismiss;

  @Option(
      names = "--feedback-topic",
      paramLabel = "TOPIC",
      descriptionKey = "topics.alarms-feedback")
  private String feedbackTopic;

  @Mixin private KafkaOptions.WithJob kafka;

  @Mixin private RegistryOption registry;

  private IncidentCodec codec;
  private String job; // whose incidents are shown; null for all

  @Override
  public Integer call() throws Exception {
    UsageException.checkRange("--last", last, 0, MAX_LAST);
    UsageException.check(
        limit == null || limit >= 1 && follow,
        "--limit",
        "at least 1, with --follow",
        limit + (follow ? "" : " without it"));
    UsageException.check(
        explain == null || !follow && series == null && !kafka.isGiven("--last"),
        "--explain",
        "it without --series, --last and --follow",
        "both");
    UsageException.check(
        dismiss == null || explain == null && !follow,
        "--dismiss",
        "it without --explain and --follow",
        "both");
    if (kafka.job() != null && !kafka.isGiven("--topic")) {
      job = kafka.job().name();
      topic = kafka.job().kafka().topics().alarms();
      if (topic == null) {
        throw new CommandFailure(
            "alarms.enabled: expected true in the job file, got false; add alarms: on");
      }
    }
    UsageException.check(topic != null, "--topic", "it, or a job file", "none");
    RegistrySettings schemas = registry.settings(kafka);
    kafka.require("--topic names another, and a job with alarms: on creates it", topic);
    codec = new IncidentCodec(schemas);
    try (TopicConsumer consumer = new TopicConsumer(kafka.clients().committed())) {
      Map<TopicPartition, Long> ends = consumer.ends(consumer.partitions(topic));
      String wanted = explain == null ? dismiss : explain;
      if (wanted != null) {
        List<Incident> found = find(consumer, ends, wanted);
        if (found.isEmpty()) {
          return 1;
        }
        if (explain == null) {
          dismiss(found);
        } else {
          IncidentExplanation explanation = new IncidentExplanation(found);
          System.out.println(format == Format.json ? explanation.json() : explanation.text());
        }
        return 0;
      }
      long shown = list(consumer, ends);
      if (follow) {
        consumer.follow(ends);
        try (TopicFollower arriving = new TopicFollower(kafka, topic, "weir alarms")) {
          arriving.follow(
              consumer,
              limit == null ? Long.MAX_VALUE : limit - shown,
              record -> show(incident(record)));
        }
      }
    }
    return 0;
  }

  /**
   * Shows the newest incidents, each as its newest record says.
   *
   * @return how many
   */
  private long list(TopicConsumer consumer, Map<TopicPartition, Long> ends) throws IOException {
    int wanted = (int) Math.min(last, limit == null ? Long.MAX_VALUE : limit);
    if (wanted == 0) {
      return 0;
    }
    long look = Math.max(LOOK, (long) RECORDS * wanted);
    Map<String, Incident> byId = new HashMap<>(); // records of a series keep their order
    boolean all =
        consumer.read(
            consumer.before(ends, look),
            ends,
            PATIENCE,
            record -> {
              Incident incident = incident(record);
              if (incident != null) {
                byId.put(incident.id(), incident);
              }
            });
    if (!all) {
      reportMissing();
    }
    List<Incident> newest =
        byId.values().stream()
            .sorted(Comparator.comparingLong(Incident::start).thenComparing(Incident::series))
            .toList();
    newest = newest.subList(Math.max(0, newest.size() - wanted), newest.size());
    Map<String, Dismissal> dismissals = newest.isEmpty() ? Map.of() : dismissals(consumer);
    for (Incident incident : newest) {
      System.out.println(
          format == Format.json
              ? IncidentLines.json(incident, dismissals.get(incident.id()))
              : IncidentLines.text(incident, false)
                  + IncidentLines.text(dismissals.get(incident.id())));
    }
    if (newest.isEmpty() && !follow) {
      System.err.println("weir alarms: no incidents");
    }
    return newest.size();
  }

  /** What was dismissed, by the incident's id; nothing where this user may not read it. */
  private Map<String, Dismissal> dismissals(TopicConsumer consumer) throws IOException {
    Map<String, Dismissal> byId = new HashMap<>();
    String feedback = feedbackTopic();
    try (TopicAdmin admin = new TopicAdmin(kafka.clients())) {
      if (admin.missing(List.of(feedback)).isEmpty()) {
        Map<TopicPartition, Long> ends = consumer.ends(consumer.partitions(feedback));
        consumer.read(
            consumer.begins(ends.keySet()),
            ends,
            PATIENCE,
            record -> {
              Dismissal said = FeedbackRecord.read(record);
              if (said != null) {
                byId.putIfAbsent(said.id(), said);
              }
            });
      }
    } catch (AuthorizationException e) {
      System.err.printf("weir alarms: topic %s: dismissals can't be read%n", feedback);
    }
    return byId;
  }

  private String feedbackTopic() throws IOException {
    String named = feedbackTopic == null ? Topics.feedbackOn(topic) : feedbackTopic;
    return kafka.isGiven("--topic")
        ? named
        : kafka.topic("--feedback-topic", named, Topics::feedback);
  }

  private void reportMissing() {
    System.err.printf(
        "weir alarms: topic %s: some records did not come within %d s%n",
        topic, PATIENCE.toSeconds());
  }

  /**
   * The records of an incident, which is looked for in the newest records; in all if it is not
   * there, or began before them. None if records did not come.
   *
   * @throws CommandFailure if there is no such incident
   */
  private List<Incident> find(
      TopicConsumer consumer, Map<TopicPartition, Long> ends, String wanted) {
    Map<TopicPartition, Long> begins = consumer.begins(ends.keySet());
    for (long look : new long[] {LOOK, Long.MAX_VALUE}) {
      Map<TopicPartition, Long> from = consumer.before(ends, look);
      Map<String, List<Incident>> byId = new HashMap<>();
      if (!readOf(wanted, consumer, from, ends, byId)) {
        reportMissing();
        if (byId.isEmpty()) {
          return List.of();
        }
      }
      List<Incident> found = newest(byId);
      boolean isWhole = !found.isEmpty() && found.get(0).event() == Event.OPENED;
      if (isWhole || !found.isEmpty() && from.equals(begins)) {
        return found;
      }
      if (from.equals(begins)) {
        break;
      }
    }
    throw new CommandFailure(
        "%s: expected the id of an incident on topic %s, or a series with one, got '%s'; weir"
            + " alarms --format json lists ids and series",
        explain == null ? "--dismiss" : "--explain", topic, wanted);
  }

  /**
   * Reads the records of the incident with an id, or of those of a series.
   *
   * @return whether all records came
   */
  private boolean readOf(
      String idOrSeries,
      TopicConsumer consumer,
      Map<TopicPartition, Long> from,
      Map<TopicPartition, Long> ends,
      Map<String, List<Incident>> byId) {
    return consumer.read(
        from,
        ends,
        PATIENCE,
        record -> {
          Incident incident = incident(record);
          if (incident != null
              && (incident.id().equals(idOrSeries) || incident.series().equals(idOrSeries))) {
            byId.computeIfAbsent(incident.id(), id -> new ArrayList<>()).add(incident);
          }
        });
  }

  /** The records of the newest incident; none without one. */
  private static List<Incident> newest(Map<String, List<Incident>> byId) {
    return byId.values().stream()
        .max(Comparator.comparingLong(records -> records.get(0).start()))
        .orElse(List.of());
  }

  private void dismiss(List<Incident> records) throws IOException, InterruptedException {
    String to = feedbackTopic();
    kafka.require("--feedback-topic names another, and a job with alarms: on creates it", to);
    Incident incident = records.get(records.size() - 1);
    Reason reason =
        UsageException.parsed(
            "--dismiss: reason: ", () -> Reason.ofEvidence(incident.reason().label()));
    String by = System.getProperty("user.name", "");
    ProducerRecord<byte[], byte[]> record = FeedbackRecord.of(to, incident, reason, by);
    try (Producer<byte[], byte[]> producer =
        kafka.clients().producer(record.value().length, SEND_PATIENCE)) {
      producer.send(record).get();
    } catch (ExecutionException | KafkaException e) {
      throw new IOException("topic %s: the record was not written".formatted(to), e);
    }
    System.out.printf(
        "dismissed %s of %s since %s%n",
        reason.label(), Printable.line(incident.series()), ForecastLines.minute(incident.start()));
  }

  /** A record's incident; null when it is not wanted or none of ours. */
  private Incident incident(ConsumerRecord<byte[], byte[]> record) {
    if (OutputRecords.foreign(record, job) != null) {
      return null;
    }
    Incident incident = TopicFollower.decoded(record, codec::decode);
    return incident == null || series == null || series.matcher(incident.series()).matches()
        ? incident
        : null;
  }

  /** Prints it; false for null. */
  private boolean show(Incident incident) {
    if (incident != null) {
      System.out.println(
          format == Format.json
              ? IncidentLines.json(incident, null)
              : IncidentLines.text(incident, true));
    }
    return incident != null;
  }
}
