package dev.weir.webhook;

import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.avro.Incident;
import dev.weir.kafka.codec.IncidentCodec;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.SchemaUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Follows a topic of incidents in a consumer group and posts each committed record. Offsets are
 * committed once the records before them are done with, so a record is sent again after a crash and
 * none is left out. Records of a series are sent one after the other; those of different series
 * side by side. Several processes of a group share the partitions.
 *
 * <pre>{@code
 * try (WebhookDelivery delivery = new WebhookDelivery(source, settings, System.err::println)) {
 *   delivery.run(); // until another thread calls close()
 * }
 * }</pre>
 */
public final class WebhookDelivery implements Runnable, AutoCloseable {

  private static final int SENDERS = 8;
  private static final int MAX_RECORDS = 200; // sent again after a crash, at most

  /** After a crash, others take over its partitions later than this; Kafka's default is 45 s. */
  private static final int SESSION_MILLIS = 10_000;

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration COMMIT = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofSeconds(10);

  /** A wait for the registry: short, since it is asked again after a pause, and can't be ended. */
  private static final Duration REGISTRY = Duration.ofSeconds(5);

  private final Source source;
  private final WebhookSettings.Resolved endpoint;
  private final Severity severity;
  private final WebhookProgress progress;
  private final WebhookSender sender;
  private final Duration timeout;
  private final Consumer<String> lines;
  private final IncidentCodec codec;
  private final Thread thread = new Thread(this::follow, "webhook");
  private volatile boolean stopped;
  private org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer; // of the thread
  private WebhookBatch batch; // null between batches
  private ExecutorService senders;
  private final Map<TopicPartition, Long> committed = new HashMap<>();
  private String problem;

  /**
   * What is read.
   *
   * @param group the consumer group
   * @param registry null for plain Avro
   * @param since for a group without offsets: records of this time and later; null for all
   */
  public record Source(
      KafkaClients clients, String topic, String group, RegistrySettings registry, Instant since) {}

  /**
   * Looks up address and secret; connects to nothing yet.
   *
   * @param lines receives what a person should know, one line each, without secrets
   * @throws IllegalStateException if address or secret are missing or wrong
   */
  public WebhookDelivery(Source source, WebhookSettings settings, Consumer<String> lines) {
    this(source, settings, RetryPolicy.DEFAULT, lines);
  }

  WebhookDelivery(
      Source source, WebhookSettings settings, RetryPolicy policy, Consumer<String> lines) {
    this.endpoint = settings.resolve();
    this.source = source;
    this.severity = settings.severity();
    this.timeout = policy.timeout();
    this.lines = lines;
    this.progress = new WebhookProgress(lines, System::nanoTime);
    this.sender = new WebhookSender(endpoint, policy, progress, lines);
    this.codec =
        new IncidentCodec(
            source.registry() == null ? null : source.registry().withPatience(REGISTRY));
    thread.setDaemon(true);
  }

  /** Follows the topic in a thread of its own. To be called once. */
  public WebhookDelivery start() {
    if (WebhookSettings.isPlain(endpoint.address())
        && !WebhookSettings.isLoopback(endpoint.address())) {
      lines.accept(
          "%s: incidents travel without encryption; use https beyond this machine"
              .formatted(endpoint));
    }
    lines.accept(
        "posts the incidents of topic %s to %s, %s, as group %s"
            .formatted(
                source.topic(),
                endpoint,
                endpoint.secret() == null ? "not signed" : "signed",
                source.group()));
    thread.start();
    return this;
  }

  /** As {@link #start}, and waits until {@link #close}. */
  @Override
  public void run() {
    start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() {
    senders = Executors.newFixedThreadPool(SENDERS, work -> daemon(work, "webhook-sender"));
    while (!stopped) {
      try (var opened = open()) {
        consumer = opened;
        opened.subscribe(List.of(source.topic()), new Ownership());
        while (!stopped) {
          step();
        }
        opened.close(CloseOptions.timeout(COMMIT));
      } catch (SchemaUnavailableException e) {
        tell(e.getMessage() + "; it is tried again, and nothing is lost meanwhile");
        pause();
      } catch (RuntimeException e) { // rights, a damaged batch: clients bridge outages
        tell(
            "reading topic %s failed: %s; it is tried again"
                .formatted(
                    source.topic(), e instanceof KafkaException ? e.getMessage() : e.toString()));
        pause();
      }
    }
    senders.shutdown();
    lines.accept("stopped: " + progress.summary());
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  private void tell(String what) {
    if (!what.equals(problem)) {
      lines.accept(what);
    }
    problem = what;
  }

  private void pause() {
    long end = System.nanoTime() + PAUSE.toNanos();
    try {
      while (!stopped && System.nanoTime() < end) {
        Thread.sleep(POLL.toMillis());
      }
    } catch (InterruptedException e) {
      stopped = true;
    }
  }

  private org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> open() {
    return source
        .clients()
        .committed()
        .with(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none") // a jump is to be said
        .with(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_RECORDS)
        .or(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS)
        .follower(source.group());
  }

  private void step() throws SchemaUnavailableException {
    ConsumerRecords<byte[], byte[]> records;
    try {
      records = consumer.poll(POLL);
    } catch (OffsetOutOfRangeException e) {
      e.partitions().forEach(partition -> start(List.of(partition)));
      return;
    }
    if (!records.isEmpty()) {
      send(records);
    }
    problem = null;
    commitPositions();
    progress.waiting(lag());
  }

  /**
   * Sends the records of a poll; returns when all are done with or this is stopped.
   *
   * @throws SchemaUnavailableException once the records before one that can't be read yet are done
   *     with; this one and those behind it are to be read again
   */
  private void send(ConsumerRecords<byte[], byte[]> records) throws SchemaUnavailableException {
    batch = new WebhookBatch();
    try {
      Readable readable = readable(records);
      tasks(readable).forEach(senders::execute);
      consumer.pause(consumer.assignment());
      while (!batch.isDone() && !stopped) {
        consumer.poll(POLL); // brings nothing, and shows the group that this process lives
        commitReached();
        progress.waiting(batch.open() + lag());
      }
      if (stopped) { // requests that are on their way come to their end
        senders.shutdown();
        senders.awaitTermination(timeout.toMillis() + 1_000, TimeUnit.MILLISECONDS);
      }
      commitReached();
      if (readable.failure() != null) {
        throw readable.failure();
      }
    } catch (InterruptedException e) {
      stopped = true;
    } finally {
      batch.abandon(); // after a failure of Kafka
      batch = null;
      if (!stopped) {
        consumer.resume(consumer.assignment());
      }
    }
  }

  private record Job(
      String series, IncidentMessage message, TopicPartition partition, Runnable done) {}

  /**
   * What is posted of a poll.
   *
   * @param failure why records behind these can't be read yet; null if all can
   */
  private record Readable(List<Job> jobs, SchemaUnavailableException failure) {}

  /** Adds records to the batch, up to the first whose schema nobody could be asked for. */
  private Readable readable(ConsumerRecords<byte[], byte[]> records) {
    List<Job> jobs = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Incident incident;
      try {
        incident = incident(record);
      } catch (SchemaUnavailableException e) {
        return new Readable(jobs, e);
      }
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      Runnable done = batch.add(partition, record.offset());
      IncidentMessage message = incident == null ? null : message(incident, record);
      if (message == null || isOver(incident, jobs)) {
        done.run();
      } else {
        jobs.add(new Job(incident.getSeries(), message, partition, done));
      }
    }
    return new Readable(jobs, null);
  }

  /**
   * Whether a record closes a silence that was opened in the same poll, which is taken out: after
   * an outage all series say so at once, and nobody is to be called for what is over.
   */
  private static boolean isOver(Incident incident, List<Job> jobs) {
    if (!incident.getReason().equals(Reason.SILENCE.label())
        || !incident.getEvent().equals(Event.CLOSED.name())) {
      return false;
    }
    for (Job job : jobs) {
      if (job.message().incident().equals(incident.getId())) {
        job.done().run();
        return jobs.remove(job);
      }
    }
    return false;
  }

  private Collection<Runnable> tasks(Readable readable) {
    WebhookBatch current = batch;
    Map<String, List<Job>> bySeries = new LinkedHashMap<>();
    for (Job job : readable.jobs()) {
      bySeries.computeIfAbsent(job.series(), series -> new ArrayList<>()).add(job);
    }
    return bySeries.values().stream().map(jobs -> (Runnable) () -> send(jobs, current)).toList();
  }

  /** The records of a series; behind one that is given up none of its partition is sent. */
  private void send(List<Job> jobs, WebhookBatch of) {
    Set<TopicPartition> givenUp = new HashSet<>();
    for (Job job : jobs) {
      if (givenUp.contains(job.partition())) {
        continue;
      }
      if (sent(job.message(), of, job.partition())) {
        job.done().run();
      } else {
        givenUp.add(job.partition());
      }
    }
  }

  private boolean sent(IncidentMessage message, WebhookBatch of, TopicPartition partition) {
    try {
      return sender.send(message, () -> of.isWanted(partition));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (RuntimeException e) { // it must not hold up the others
      lines.accept("%s: %s; not sent".formatted(message.place(), e));
      return true;
    }
  }

  /** A record's incident; null if it is something else, or not severe enough. */
  private Incident incident(ConsumerRecord<byte[], byte[]> record)
      throws SchemaUnavailableException {
    try {
      if (record.value() == null) {
        throw new MalformedRecordException("expected a value, got none");
      }
      Incident incident = codec.decodeFields(record.value());
      return Severity.ofLabel(incident.getSeverity()).compareTo(severity) >= 0 ? incident : null;
    } catch (SchemaUnavailableException e) {
      throw e;
    } catch (MalformedRecordException | IllegalArgumentException e) {
      lines.accept(
          "%s: %s; not one of ours, and not sent".formatted(place(record), e.getMessage()));
      return null;
    }
  }

  private IncidentMessage message(Incident incident, ConsumerRecord<byte[], byte[]> record) {
    try {
      return IncidentMessage.of(incident, place(record), endpoint);
    } catch (IllegalArgumentException e) {
      lines.accept("%s: %s; not sent".formatted(place(record), e.getMessage()));
      return null;
    }
  }

  private static String place(ConsumerRecord<byte[], byte[]> record) {
    return "%s-%d@%d".formatted(record.topic(), record.partition(), record.offset());
  }

  /** Also behind the marks of transactions, so that a group that has sent all has no lag. */
  private void commitPositions() {
    Map<TopicPartition, OffsetAndMetadata> moved = new HashMap<>();
    for (TopicPartition partition : consumer.assignment()) {
      long position = consumer.position(partition);
      if (!stopped && position != committed.getOrDefault(partition, -1L)) {
        moved.put(partition, new OffsetAndMetadata(position));
      }
    }
    commit(moved);
  }

  private void commitReached() {
    Map<TopicPartition, OffsetAndMetadata> offsets = batch.reached();
    if (commit(offsets)) {
      batch.committed(offsets);
    }
  }

  private boolean commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    if (offsets.isEmpty()) {
      return true;
    }
    try {
      consumer.commitSync(offsets, COMMIT);
      offsets.forEach((partition, offset) -> committed.put(partition, offset.offset()));
      return true;
    } catch (org.apache.kafka.common.errors.TimeoutException
        | org.apache.kafka.clients.consumer.CommitFailedException
        | org.apache.kafka.common.errors.RebalanceInProgressException e) {
      return false; // the next commit contains them, or another process sends the records again
    }
  }

  private long lag() {
    return consumer.assignment().stream()
        .mapToLong(partition -> consumer.currentLag(partition).orElse(0))
        .sum();
  }

  private void start(Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> known = consumer.committed(Set.copyOf(partitions));
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    for (TopicPartition partition : partitions) {
      long begin = begins.get(partition);
      long end = ends.get(partition);
      OffsetAndMetadata at = known.get(partition);
      if (at == null) {
        consumer.seek(partition, source.since() == null ? begin : since(partition, end));
      } else if (at.offset() < begin) {
        lines.accept(
            "%s: %d records were deleted by the topic's retention before they were sent"
                .formatted(partition, begin - at.offset()));
        consumer.seek(partition, begin);
      } else if (at.offset() > end) {
        lines.accept(
            "%s: the topic was created again, and is sent from its start".formatted(partition));
        consumer.seek(partition, begin);
      } else {
        consumer.seek(partition, at.offset());
        committed.put(partition, at.offset());
      }
    }
  }

  private long since(TopicPartition partition, long end) {
    OffsetAndTimestamp first =
        consumer.offsetsForTimes(Map.of(partition, source.since().toEpochMilli())).get(partition);
    return first == null ? end : first.offset();
  }

  /** Which partitions this process sends. */
  private final class Ownership implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      start(partitions);
      if (batch != null) {
        consumer.pause(partitions);
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (batch != null) {
        commitReached();
      }
      onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      if (batch != null) {
        batch.revoke(partitions);
      }
      partitions.forEach(committed::remove);
    }
  }

  /**
   * Stops: requests that are on their way come to their end, which takes 10 s at most, and what was
   * sent is committed.
   */
  @Override
  public void close() {
    stopped = true;
    sender.stop();
    try {
      thread.join(2 * (timeout.toMillis() + COMMIT.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
