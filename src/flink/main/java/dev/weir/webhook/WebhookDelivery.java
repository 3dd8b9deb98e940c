package dev.weir.webhook;

import dev.weir.forecast.Incident;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.codec.IncidentCodec;
import dev.weir.kafka.codec.OutputRecords;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.SchemaUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Follows a topic of incidents in a consumer group and posts each committed record, one after the
 * other in the order of its partition. Offsets are committed after the endpoint has taken the
 * records before them, so after a crash a record may be sent again and none is left out. While the
 * endpoint is away a record is tried again; one that the endpoint refuses, or that is no incident,
 * is reported and skipped. Several processes of a group share the partitions.
 */
public final class WebhookDelivery implements AutoCloseable {

  private static final int MAX_RECORDS = 20; // sent again after a crash, at most
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration COMMIT = Duration.ofSeconds(5);
  private static final long MAX_PAUSE_NANOS = 60_000_000_000L;

  private static final String TAKEN = "taken";
  private static final String SKIPPED = "skipped"; // refused, or no incident
  private static final String FAILED = "failed";
  private static final String FAILED_READS = "failed_reads_total";

  private final Source source;
  private final WebhookSettings.Format format;
  private final WebhookSender sender;
  private final Duration firstPause;
  private final java.util.function.Consumer<String> lines;
  private final IncidentCodec codec;
  private final Thread thread = new Thread(this::follow, "webhook");
  private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
  private final Map<String, Double> metrics = new ConcurrentHashMap<>(); // since the start
  private volatile boolean stopped;
  private int failures; // in succession
  private long resumeNanos;

  /**
   * What is read.
   *
   * @param job whose records are posted; null for all
   * @param registry null for plain Avro
   * @param since for a group without offsets: the records of so long before; null for all
   */
  public record Source(
      KafkaClients clients,
      String topic,
      String group,
      String job,
      RegistrySettings registry,
      Duration since) {}

  /**
   * Looks up the address; connects to nothing yet.
   *
   * @param firstPause after a failure; it doubles with each further one, up to a minute
   * @param lines receives what a person should know, one line each, without secrets
   * @throws IllegalStateException if the address is missing or wrong
   */
  public WebhookDelivery(
      Source source,
      WebhookSettings settings,
      Duration firstPause,
      java.util.function.Consumer<String> lines) {
    this.sender = new WebhookSender(settings.resolve());
    this.format = settings.format();
    this.source = source;
    this.firstPause = firstPause;
    this.lines = lines;
    this.codec = new IncidentCodec(source.registry());
    thread.setDaemon(true);
    List.of(FAILED, TAKEN, SKIPPED).forEach(result -> countPost(result, 0));
    count(FAILED_READS, "", 0);
  }

  /** Follows the topic in a thread of its own. To be called once. */
  void start() {
    lines.accept(
        "posts the incidents of topic %s to %s as group %s"
            .formatted(source.topic(), sender, source.group()));
    thread.start();
  }

  void join() throws InterruptedException {
    thread.join();
  }

  private void follow() {
    while (!stopped) {
      try (Consumer<byte[], byte[]> consumer =
          clients()
              .with(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_RECORDS)
              .follower(source.group())) {
        consumer.subscribe(List.of(source.topic()));
        while (!stopped) {
          step(consumer);
        }
      } catch (KafkaException e) { // rights, a damaged batch: clients bridge outages
        count(FAILED_READS, "", 1);
        away("reading topic %s: %s".formatted(source.topic(), e.getMessage()));
        LockSupport.parkNanos(resumeNanos - System.nanoTime());
      }
    }
  }

  /** Of a reader that starts where the group has stopped. */
  private KafkaClients clients() {
    String first = source.since() == null ? "earliest" : "by_duration:" + source.since();
    return source.clients().committed().with(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, first);
  }

  /** Counts since the start, and what waits now; the latter is left out if it can't be read. */
  Map<String, Double> metrics() {
    Map<String, Double> waiting = new HashMap<>();
    try {
      Backlog backlog = Backlog.read(clients(), source);
      waiting.put(sample("waiting_records", ""), (double) backlog.records());
      waiting.put(sample("oldest_waiting_seconds", ""), backlog.seconds());
    } catch (KafkaException e) {
      count(FAILED_READS, "", 1);
    }
    waiting.putAll(metrics);
    return waiting;
  }

  private String sample(String metric, String label) {
    return "%s{group=\"%s\",target=\"%s\"%s}".formatted(metric, source.group(), sender, label);
  }

  private void count(String metric, String label, int more) {
    metrics.merge(sample(metric, label), (double) more, Double::sum);
  }

  private void countPost(String result, int more) {
    count("posts_total", ",result=\"" + result + "\"", more);
    metrics.merge(
        sample("failures_in_a_row", ""),
        (double) more,
        (before, one) -> result.equals(FAILED) ? before + one : 0);
  }

  /** A poll, which shows the group that this process lives; without records during a pause. */
  private void step(Consumer<byte[], byte[]> consumer) {
    if (failures > 0 && System.nanoTime() < resumeNanos) {
      consumer.pause(consumer.assignment());
    } else {
      consumer.resume(consumer.paused());
    }
    Set<TopicPartition> behind = new HashSet<>();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      if (!behind.contains(partition) && (stopped || !behind.isEmpty() || !isDone(record))) {
        behind.add(partition);
        consumer.seek(partition, record.offset());
      }
    }
    commit(consumer);
  }

  /** Also commits behind the marks of transactions, so that a group that sent all has no lag. */
  private void commit(Consumer<byte[], byte[]> consumer) {
    Map<TopicPartition, OffsetAndMetadata> reached = new HashMap<>();
    for (TopicPartition partition : consumer.assignment()) {
      reached.put(partition, new OffsetAndMetadata(consumer.position(partition)));
    }
    reached.entrySet().removeAll(committed.entrySet());
    try {
      consumer.commitSync(reached, COMMIT);
      committed.putAll(reached);
    } catch (CommitFailedException | RebalanceInProgressException | TimeoutException e) {
      committed.clear(); // the next commit contains them, or another process sends them again
    }
  }

  /** Posts a record; false if it is to be tried again. */
  private boolean isDone(ConsumerRecord<byte[], byte[]> record) {
    if (OutputRecords.foreign(record, source.job()) != null) {
      return true;
    }
    String place = "%s-%d@%d: ".formatted(record.topic(), record.partition(), record.offset());
    try {
      if (record.value() == null) {
        throw new MalformedRecordException("expected a value, got none");
      }
      Incident incident = codec.decode(record.value());
      byte[] body = IncidentMessage.body(incident, format, codec);
      sender.post(IncidentMessage.key(incident), body);
      failures = 0;
      countPost(TAKEN, 1);
    } catch (SchemaUnavailableException e) {
      count(FAILED_READS, "", 1);
      away(place + e.getMessage());
      return false;
    } catch (MalformedRecordException e) {
      lines.accept(place + e.getMessage() + "; skipped, and the next ones follow");
      countPost(SKIPPED, 1);
    } catch (IOException | InterruptedException e) {
      away("%sPOST to %s: %s".formatted(place, sender, e));
      countPost(FAILED, 1);
      return false;
    }
    return true;
  }

  /** Reports the first failure, and doubles the pause with each. */
  private void away(String what) {
    if (failures == 0) {
      lines.accept(what + "; it is tried again until it succeeds, and nothing is lost meanwhile");
    }
    Duration pause = firstPause.multipliedBy(1L << Math.min(failures, 10));
    resumeNanos = System.nanoTime() + Math.min(pause.toNanos(), MAX_PAUSE_NANOS);
    failures++;
  }

  /** Without waiting for the end, as {@link #close} does. */
  void stop() {
    stopped = true;
    LockSupport.unpark(thread);
  }

  @Override
  public void close() {
    stop();
    try {
      thread.join(WebhookSender.TIMEOUT.plus(COMMIT.multipliedBy(2)).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
