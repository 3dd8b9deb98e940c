package dev.weir.bench;

import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicConsumer;
import dev.weir.kafka.connector.ObservationProducer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Measures the time from handing an observation to a producer that does not linger to a reader of
 * its forecast, at a given load.
 *
 * <p>The time of each observation is the microsecond at which it is sent, counted from the probe's
 * start. The timestamp of a forecast on Kafka is its origin, which is the time of its newest
 * observation.
 */
final class LatencyProbe implements AutoCloseable {

  /** Of the job: readers of what is committed wait half of it on average. */
  static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(1);

  private static final long CHECKPOINT_MICROS = CHECKPOINT_INTERVAL.toMillis() * 1000;
  private static final long WARM_MICROS = 2_000_000;
  private static final long FLAT_OUT_MICROS = 1_000_000;
  private static final long IN_FLIGHT = 50_000; // records, at most, when sent flat out
  private static final double LAG_SECONDS = 0.1;
  private static final long LAG_RECORDS = 10; // where the load is low
  private static final long PAUSE_MICROS = 500;
  private static final long PATIENCE_MICROS = 5_000_000;
  private static final long STALLED_MICROS = 60_000_000;

  private final long start = System.nanoTime();
  private final LoadGenerator load;
  private final ObservationProducer producer;
  private final Reader uncommitted;
  private final Reader committed;
  private long sent;
  private long last; // time of the newest observation
  private volatile long countFrom = Long.MAX_VALUE;

  LatencyProbe(String bootstrapServers, String input, String output, LoadGenerator load)
      throws IOException {
    this.load = load;
    producer =
        new ObservationProducer(
            KafkaClients.of(bootstrapServers, Map.of("acks", "1", "linger.ms", "0")), input);
    uncommitted = new Reader(bootstrapServers, output, "read_uncommitted");
    committed = new Reader(bootstrapServers, output, "read_committed");
  }

  /** Milliseconds. */
  record Percentiles(double p50, double p99) {
    @Override
    public String toString() {
      return "p50 %.1f ms, p99 %.1f ms".formatted(p50, p99);
    }
  }

  /**
   * Of consumers that read all records and of those that read committed records, at one load. Null
   * where forecasts are missing.
   */
  record Latency(
      Percentiles latencyMs, Percentiles latencyCommittedMs, double latencyRecordsPerSecond) {}

  /** Sends so many records flat out. */
  void fill(long records) throws Exception {
    sendFlatOut(sent + records, 0);
  }

  /** Half of the records a second that the machine sustains. */
  double halfOfMost() throws Exception {
    sendFlatOut(0, micros() + FLAT_OUT_MICROS); // warms up
    long before = uncommitted.received();
    long from = micros();
    sendFlatOut(0, from + FLAT_OUT_MICROS);
    return Math.max(1, Math.rint((uncommitted.received() - before) * 5e5 / (micros() - from)));
  }

  private void sendFlatOut(long records, long untilMicros) throws Exception {
    while (sent < records || micros() < untilMicros) {
      awaitForecasts(sent - IN_FLIGHT);
      send();
    }
  }

  private void awaitForecasts(long count) throws Exception {
    if (!await(uncommitted, count, STALLED_MICROS)) {
      throw new IOException(
          "expected %,d forecasts, got %,d and then none for %d s"
              .formatted(sent, uncommitted.received(), STALLED_MICROS / 1_000_000));
    }
  }

  /**
   * Sends at {@code rate} records a second. Counts what is sent once the pipeline has caught up.
   * The pipeline keeps up if it catches up again and again, since a checkpoint stops it for a
   * while: within the last one and a half checkpoint intervals at the end.
   *
   * @return null if the machine does not keep up
   */
  Latency measure(double rate, long millis) throws Exception {
    awaitForecasts(sent); // what was sent flat out
    long before = sent;
    long lag = Math.max(LAG_RECORDS, (long) (LAG_SECONDS * rate));
    long from = micros();
    long end = Long.MAX_VALUE;
    long caughtUp = from;
    for (long now = from; now < end; now = micros()) {
      long due = before + (long) ((now - from) * 1e-6 * rate);
      while (sent < due) {
        send();
      }
      if (due - uncommitted.received() <= lag) {
        caughtUp = now;
      }
      if (end == Long.MAX_VALUE && now - from >= WARM_MICROS) {
        if (caughtUp == now) {
          countFrom = last + 1;
          end = now + millis * 1000;
        } else if (now - from >= WARM_MICROS + PATIENCE_MICROS) {
          return null;
        }
      }
      TimeUnit.MICROSECONDS.sleep(PAUSE_MICROS);
    }
    if (micros() - caughtUp > 1.5 * CHECKPOINT_MICROS) {
      return null;
    }
    producer.flush();
    if (!await(uncommitted, sent, PATIENCE_MICROS)) {
      return null;
    }
    // without the late ones a percentile would be too low: all or none
    boolean isWhole = await(committed, sent, 5 * CHECKPOINT_MICROS);
    return new Latency(uncommitted.percentiles(), isWhole ? committed.percentiles() : null, rate);
  }

  private void send() throws IOException {
    last = Math.max(last + 1, micros()); // the times of a series ascend
    producer.send(load.next(last));
    sent++;
  }

  /** Waits until a reader has {@code count} forecasts; false once none arrives for so long. */
  private boolean await(Reader reader, long count, long patienceMicros) throws Exception {
    long seen = reader.received();
    long movedAt = micros();
    while (seen < count) {
      TimeUnit.MICROSECONDS.sleep(PAUSE_MICROS);
      long received = reader.received();
      if (received != seen) {
        seen = received;
        movedAt = micros();
      } else if (micros() - movedAt > patienceMicros) {
        return false;
      }
    }
    return true;
  }

  /** Since the start, plus 1 s, so that each time is later than 1970. */
  private long micros() {
    return 1_000_000 + (System.nanoTime() - start) / 1000;
  }

  @Override
  public void close() {
    uncommitted.close();
    committed.close();
    producer.close();
  }

  /** A consumer of the forecasts in a thread of its own. */
  private final class Reader implements AutoCloseable {

    private final TopicConsumer consumer;
    private final Histogram latencies = new Histogram(3); // microseconds
    private final CompletableFuture<Void> reading;
    private volatile long received;
    private volatile boolean closed;

    Reader(String bootstrapServers, String topic, String isolation) {
      consumer =
          new TopicConsumer(
              KafkaClients.of(bootstrapServers)
                  .with(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation));
      consumer.follow(consumer.begins(consumer.partitions(topic)));
      reading = CompletableFuture.runAsync(this::read, task -> new Thread(task, isolation).start());
    }

    private void read() {
      try (consumer) {
        while (!closed) {
          for (ConsumerRecord<byte[], byte[]> forecast : consumer.poll(Duration.ofMillis(100))) {
            if (forecast.timestamp() >= countFrom) {
              latencies.recordValue(micros() - forecast.timestamp());
            }
            received++;
          }
        }
      }
    }

    /** Forecasts so far; fails if the thread has. */
    long received() {
      if (reading.isCompletedExceptionally()) {
        reading.join();
      }
      return received;
    }

    /** Null if nothing is counted. */
    Percentiles percentiles() {
      close(); // the histogram is not thread-safe
      return latencies.getTotalCount() == 0
          ? null
          : new Percentiles(
              latencies.getValueAtPercentile(50) / 1e3, latencies.getValueAtPercentile(99) / 1e3);
    }

    @Override
    public void close() {
      closed = true;
      reading.handle((done, failure) -> done).join();
    }
  }
}
