package dev.weir.cli.alarm;

import dev.weir.cli.console.CommandFailure;
import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.DurationConverter;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.cli.series.CsvTime;
import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.FeedbackEvent.Kind;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Reason;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.codec.FeedbackRecords;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Option;

/** The options of {@code weir alarms} that tell a job something of its alarms. */
final class FeedbackOptions {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Option(
      names = "--dismiss",
      paramLabel = "ID|SERIES",
      description =
          "Tell the job that an incident, by its id or the newest of a series, was a false alarm: its"
              + " reason needs more evidence in this series from now on.")
  private String dismissed;

  @Option(
      names = "--confirm",
      paramLabel = "ID|SERIES",
      description = "Tell the job that an incident was a true one: takes one dismissal back.")
  private String confirmed;

  @Option(
      names = "--mute",
      paramLabel = "SERIES",
      description = "Record incidents of a series as muted, which the webhook skips. Needs --for.")
  private String muted;

  @Option(
      names = "--unmute",
      paramLabel = "SERIES",
      description = "Take all mutes of a series back.")
  private String unmuted;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "With --mute: for 30m, 2h, 7d of event time.")
  private Duration duration;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = CsvTime.Converter.class,
      description = "With --mute: from this event time on (default: now).")
  private Long from;

  @Option(
      names = "--note",
      paramLabel = "TEXT",
      description = "Why, in at most 200 characters; the records of muted incidents have it.")
  private String note = "";

  @Option(
      names = "--feedback-topic",
      paramLabel = "TOPIC",
      descriptionKey = "topics.alarms-feedback")
  private String topic;

  /** Whether the command has something to send. */
  boolean isGiven() {
    return Stream.of(dismissed, confirmed, muted, unmuted).anyMatch(option -> option != null);
  }

  /** Which of them is about an incident. */
  String option() {
    return dismissed == null ? "--confirm" : "--dismiss";
  }

  /** The incident that it is about, or its series; null of a mute. */
  String id() {
    return dismissed == null ? confirmed : dismissed;
  }

  void check() {
    long given =
        Stream.of(dismissed, confirmed, muted, unmuted).filter(option -> option != null).count();
    UsageException.check(
        given <= 1, "--dismiss", "one of --dismiss, --confirm, --mute and --unmute", "several");
    UsageException.check(
        (muted == null) == (duration == null), "--for", "it together with --mute", "only one");
    UsageException.check(muted != null || from == null, "--from", "it with --mute", "it alone");
    UsageException.check(
        given == 1 || note.isEmpty(),
        "--note",
        "it with one of --dismiss, --confirm, --mute and --unmute",
        "it alone");
    UsageException.check(
        note.length() <= FeedbackEvent.MAX_NOTE_LENGTH,
        "--note",
        "at most %d characters".formatted(FeedbackEvent.MAX_NOTE_LENGTH),
        Integer.toString(note.length()));
  }

  /**
   * Writes the record, and says so.
   *
   * @param alarms topic of incidents
   * @param records of the incident that it is about, oldest first; none of a mute
   */
  void send(KafkaOptions kafka, String alarms, List<Incident> records)
      throws IOException, InterruptedException {
    String named = topic == null ? Topics.feedbackOn(alarms) : topic;
    String to = kafka.topic("--feedback-topic", named, Topics::feedback);
    kafka.require("--feedback-topic names another, and a job with alarms: on creates it", to);
    String done;
    ProducerRecord<byte[], byte[]> record;
    if (id() != null) {
      Incident incident = records.get(records.size() - 1);
      Reason reason = reason(records);
      record =
          FeedbackRecords.ofIncident(
              to, dismissed == null ? Kind.CONFIRM : Kind.DISMISS, incident, reason, note);
      done =
          "%s %s of %s since %s"
              .formatted(
                  dismissed == null ? "confirmed" : "dismissed",
                  reason.label(),
                  Printable.line(incident.series()),
                  ForecastLines.minute(incident.start()));
    } else if (muted != null) {
      Instant begin =
          from == null ? Instant.now().truncatedTo(ChronoUnit.SECONDS) : Instant.ofEpochMilli(from);
      Instant end = begin.plus(duration);
      record = FeedbackRecords.mute(to, muted, begin, end, note);
      done = "muted %s from %s to %s".formatted(Printable.line(muted), begin, end);
    } else {
      record = FeedbackRecords.unmute(to, unmuted, note);
      done = "unmuted " + Printable.line(unmuted);
    }
    try (Producer<byte[], byte[]> producer =
        kafka.clients().producer(record.value().length, PATIENCE)) {
      FeedbackRecords.send(producer, record);
    }
    System.out.println(done);
  }

  /** The newest reason that can be dismissed: a break mostly had one before it was a break. */
  private Reason reason(List<Incident> records) {
    for (int i = records.size() - 1; i >= 0; i--) {
      if (Reason.OF_EVIDENCE.contains(records.get(i).reason())) {
        return records.get(i).reason();
      }
    }
    throw new CommandFailure(
        option()
            + ": expected an incident of novelty, level, drift or error, got one of %s; --mute SERIES --for"
            + " DURATION keeps it from the webhook, and alarms.reasons leaves reasons out",
        records.get(0).reason().label());
  }
}
