package dev.weir.dashboard.read;

import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.TopicConsumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads some topics in a thread of its own, without a group: each partition from a bounded distance
 * before its end, and from where it stood after an outage. Topics and partitions may come later.
 */
public final class TopicReader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration CLOSE = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int MAX_FAILURES = 3; // in a row, whatever other partitions bring

  /** A failure that comes later than this after another one is the first of its own row. */
  private static final Duration ROW = Duration.ofMinutes(1);

  private final Function<Topics, List<String>> topics;
  private final int back;
  private final TopicMonitor monitor;
  private final Handler handler;
  private final LongConsumer lost;
  private final KafkaClients clients;
  private final Thread thread;
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final Map<TopicPartition, Long> liveFrom = new HashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile TopicConsumer consumer;
  private volatile boolean readingBack = true;
  private volatile String problem;

  /** What is done with a record; not to fail. */
  public interface Handler {
    /**
     * @param live whether it came since the reader began
     */
    void take(ConsumerRecord<byte[], byte[]> record, boolean live);
  }

  /**
   * @param topics which of a job's it reads
   * @param back how many of its newest records are read of a partition at first
   * @param lost receives the number of skipped, unreadable offsets
   */
  public TopicReader(
      String name,
      KafkaClients clients,
      Function<Topics, List<String>> topics,
      int back,
      TopicMonitor monitor,
      Handler handler,
      LongConsumer lost) {
    this.topics = topics;
    this.back = back;
    this.monitor = monitor;
    this.handler = handler;
    this.lost = lost;
    this.clients = following(clients);
    this.thread = new Thread(this::run, "dashboard-" + name);
    thread.setDaemon(true);
  }

  /** Of a consumer that buffers few megabytes and fails if its next records were deleted. */
  private static KafkaClients following(KafkaClients clients) {
    return clients
        .with(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none")
        .or(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 4 << 20)
        .or(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1 << 20)
        .or(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000)
        .or(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000);
  }

  /** The same, of one that seeks: the fetch that it left at the end is not to hold up the next. */
  private static KafkaClients seeking(KafkaClients clients) {
    return following(clients).with(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
  }

  public void start() {
    thread.start();
  }

  /** Whether it is still at what was there before it began. */
  public boolean isReadingBack() {
    return readingBack;
  }

  /** Why it does not read, as a sentence; or null. */
  public String problem() {
    return problem;
  }

  private void run() {
    int failures = 0;
    long lastFailure = 0;
    while (!isClosed()) {
      TopicConsumer opened = null;
      try {
        if (failures >= MAX_FAILURES) {
          failures = 0; // first, so that it reads on where not all of them answer now
          skipUnreadable();
        }
        opened = new TopicConsumer(clients);
        consumer = opened;
        while (!isClosed()) {
          if (assign(opened)) {
            read(opened);
          } else {
            if (monitor.seen().problem() == null
                && monitor.seen().missing().containsAll(topics())) {
              readingBack = false; // nothing was there before the start
            }
            pause(POLL);
          }
        }
      } catch (WakeupException e) {
        // closed
      } catch (InvalidOffsetException e) { // deleted by age, or another topic of the same name
        e.partitions().forEach(positions::remove);
      } catch (KafkaException | IllegalStateException e) {
        String said = "Reading %s failed: %s.".formatted(String.join(", ", topics()), reason(e));
        if (!said.equals(problem)) { // each second otherwise
          LOG.warn("{} It is tried again.", said);
        }
        problem = said;
        if (e instanceof KafkaException failure && TopicConsumer.isUnreadable(failure)) {
          long now = System.nanoTime();
          failures = now - lastFailure > ROW.toNanos() ? 1 : failures + 1;
          lastFailure = now;
        }
        pause(PAUSE);
      } finally {
        if (opened != null) {
          opened.close();
        }
      }
    }
  }

  private static String reason(RuntimeException failure) {
    boolean wrapped = failure.getCause() instanceof KafkaException; // by words to programmers
    String rights =
        failure instanceof AuthorizationException ? "; grant Read: docs/kafka-security.md" : "";
    return TopicMonitor.message(wrapped ? failure.getCause() : failure) + rights;
  }

  /** Skips batches that can't be read, such as those that a broker's disk has damaged. */
  private void skipUnreadable() {
    try (TopicConsumer opened = new TopicConsumer(seeking(clients))) {
      consumer = opened;
      List<TopicPartition> places = partitions().stream().filter(positions::containsKey).toList();
      Map<TopicPartition, Long> ends = opened.ends(places);
      for (TopicPartition partition : places) {
        long from = positions.get(partition);
        long to = opened.behindUnreadable(partition, from, ends.get(partition));
        if (to > from) {
          LOG.warn("{}: offsets {} to {} can't be read and are left out", partition, from, to - 1);
          positions.put(partition, to);
          lost.accept(to - from);
        }
      }
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void pause(Duration time) {
    try {
      closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closed.countDown(); // nobody interrupts this thread but to end it
    }
  }

  private List<String> topics() {
    return topics.apply(monitor.topics());
  }

  private List<TopicPartition> partitions() {
    List<TopicPartition> all = new ArrayList<>();
    Map<String, Integer> partitions = monitor.seen().partitions();
    for (String topic : topics()) {
      for (int i = 0; i < partitions.getOrDefault(topic, 0); i++) {
        all.add(new TopicPartition(topic, i));
      }
    }
    return all;
  }

  /** Assigns the current partitions; false if there are no partitions. */
  private boolean assign(TopicConsumer consumer) {
    List<TopicPartition> wanted = partitions();
    if (!consumer.followed().equals(Set.copyOf(wanted))) {
      List<TopicPartition> unknown =
          wanted.stream().filter(partition -> !positions.containsKey(partition)).toList();
      Map<TopicPartition, Long> ends = consumer.ends(unknown);
      liveFrom.putAll(ends);
      positions.putAll(consumer.before(ends, back));
      Map<TopicPartition, Long> places = new HashMap<>(positions);
      places.keySet().retainAll(wanted);
      consumer.follow(places);
    }
    return !wanted.isEmpty();
  }

  private void read(TopicConsumer consumer) {
    ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
    problem = null;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      handler.take(record, record.offset() >= liveFrom.getOrDefault(partition, 0L));
    }
    consumer.followed().forEach(place -> positions.put(place, consumer.position(place)));
    if (readingBack) {
      readingBack =
          liveFrom.entrySet().stream()
              .anyMatch(
                  e ->
                      consumer.followed().contains(e.getKey())
                          && consumer.position(e.getKey()) < e.getValue());
    }
  }

  @Override
  public void close() {
    closed.countDown();
    TopicConsumer reading = consumer;
    if (reading != null) {
      reading.wakeup();
    }
    try {
      thread.join(2 * CLOSE.toMillis()); // at once for one that never started
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
