package dev.weir.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How long a record takes from Kafka's log to a reader of its forecast, at a given load.
 *
 * <p>Each observation's time is the microsecond at which it was handed to a producer that does not
 * linger, counted from the beginning; a forecast's origin is the time of its newest observation. So
 * what is measured holds the way into Kafka too, and is the more by it for all pipelines alike.
 */
final class BenchLatency {

  /** Micros that nobody counts at least: how a pace that has just begun settles. */
  private static final long WARM_MICROS = 2_000_000;

  private static final long FLAT_OUT_MICROS = 2_000_000;
  private static final long ON_THE_WAY = 50_000; // records, where they are sent flat out
  private static final double LAG_SECONDS = 0.1;
  private static final long LAG_RECORDS = 10; // where the load is low
  private static final long PAUSE_MICROS = 500;
  private static final long PATIENCE_MICROS = 5_000_000;
  private static final long STALLED_MICROS = 60_000_000;

  private final String bootstrapServers;
  private final BenchLoad load;
  private final long full;
  private final long begun = System.nanoTime();
  private double rate;
  private ObservationProducer producer;
  private Reader uncommitted;
  private Reader committed;
  private long sent;
  private long last; // time of the newest observation
  private volatile long countFrom = Long.MAX_VALUE;

  /**
   * @param full records of the load until each series' window is full
   * @param rate records a second; 0: half of what turns out to be the most
   */
  BenchLatency(String bootstrapServers, BenchLoad load, long full, double rate) {
    this.bootstrapServers = bootstrapServers;
    this.load = load;
    this.full = full;
    this.rate = rate;
  }

  /** Records a second that were tried. */
  double rate() {
    return rate;
  }

  /** Milliseconds. */
  record Percentiles(double p50, double p99) {

    /** The values below which half and 99 of 100 lie, by nearest rank; NaN of none. */
    static Percentiles ofMicros(long[] micros) {
      long[] sorted = micros.clone();
      Arrays.sort(sorted);
      return new Percentiles(rank(sorted, 0.5) / 1e3, rank(sorted, 0.99) / 1e3);
    }

    private static double rank(long[] sorted, double share) {
      return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    Percentiles minus(Percentiles other) {
      return new Percentiles(p50 - other.p50, p99 - other.p99);
    }

    /** Null where nothing was measured. */
    void write(ObjectNode parent, String name) {
      if (Double.isNaN(p50)) {
        parent.putNull(name);
        return;
      }
      ObjectNode node = parent.putObject(name);
      node.put("p50", BenchResult.rounded(p50));
      node.put("p99", BenchResult.rounded(p99));
    }

    static Percentiles median(List<Percentiles> all) {
      return new Percentiles(
          BenchResult.median(all.stream().mapToDouble(Percentiles::p50).toArray()),
          BenchResult.median(all.stream().mapToDouble(Percentiles::p99).toArray()));
    }
  }

  /**
   * @param uncommitted as consumers see it that read all
   * @param committed as those see it that read what is committed; NaN when that took too long
   * @param load records a second
   */
  record Summary(Percentiles uncommitted, Percentiles committed, double load) {

    static Summary median(List<Summary> all) {
      return new Summary(
          Percentiles.median(all.stream().map(Summary::uncommitted).toList()),
          Percentiles.median(all.stream().map(Summary::committed).toList()),
          BenchResult.median(all.stream().mapToDouble(Summary::load).toArray()));
    }

    void write(ObjectNode node) {
      uncommitted.write(node, "latency_ms");
      committed.write(node, "latency_committed_ms");
      node.put("latency_records_per_second", BenchResult.rounded(load));
    }
  }

  /**
   * Sends flat out until each series is known, and what that left behind is through; then at the
   * pace for that long, and reads the answers.
   *
   * @return null when the machine can't keep the pace up
   */
  Summary measure(String input, String output, long millis) throws Exception {
    Map<String, Object> config =
        Map.of("bootstrap.servers", bootstrapServers, "acks", "1", "linger.ms", "0");
    try (Reader all = new Reader(output, "read_uncommitted");
        Reader whole = new Reader(output, "read_committed");
        ObservationProducer observations = new ObservationProducer(config, input)) {
      uncommitted = all;
      committed = whole;
      producer = observations;
      sendFlatOut();
      if (!pace(millis * 1000)) {
        return null;
      }
      producer.flush();
      if (!isThrough(uncommitted, PATIENCE_MICROS)) {
        return null;
      }
      // those that come late must not be left out of a percentile: all or none
      boolean whether = isThrough(committed, 5 * 1000 * BenchPlan.LATENCY_CHECKPOINTS.toMillis());
      return new Summary(
          Percentiles.ofMicros(uncommitted.latencies()),
          Percentiles.ofMicros(whether ? committed.latencies() : new long[0]),
          rate);
    }
  }

  private void send() throws IOException {
    last = Math.max(last + 1, micros()); // one series' times must ascend
    producer.send(load.next(last));
    sent++;
  }

  /** With a bounded number on the way, so that what comes through is what the machine sustains. */
  private void sendFlatOut() throws Exception {
    sendFlatOut(full, 0);
    if (rate == 0) {
      sendFlatOut(0, FLAT_OUT_MICROS / 2); // the first half warms up
      long before = uncommitted.received;
      long start = micros();
      sendFlatOut(0, FLAT_OUT_MICROS / 2);
      double most = (uncommitted.received - before) / ((micros() - start) * 1e-6);
      rate = Math.max(1, Math.rint(most / 2));
    }
    if (!isThrough(uncommitted, STALLED_MICROS)) {
      throw stalled();
    }
  }

  private void sendFlatOut(long records, long micros) throws Exception {
    long target = sent + records;
    long end = micros() + micros;
    long seen = uncommitted.received;
    long movedAt = micros();
    while (sent < target || micros() < end) {
      uncommitted.throwFailure();
      if (uncommitted.received != seen) {
        seen = uncommitted.received;
        movedAt = micros();
      }
      if (sent - seen < ON_THE_WAY) {
        send();
      } else if (micros() - movedAt > STALLED_MICROS) {
        throw stalled();
      } else {
        TimeUnit.MICROSECONDS.sleep(PAUSE_MICROS);
      }
    }
  }

  private IOException stalled() {
    return new IOException(
        "expected %,d forecasts, got %,d and then none for %d s"
            .formatted(sent, uncommitted.received, STALLED_MICROS / 1_000_000));
  }

  /**
   * Sends at the pace and has those counted that are sent from the moment on at which the pipeline
   * has caught up. It keeps up when it does so again and again, since it stands still at a
   * checkpoint: within the last one and a half of them at the end.
   */
  private boolean pace(long micros) throws Exception {
    long before = sent;
    long lag = Math.max(LAG_RECORDS, (long) (LAG_SECONDS * rate));
    long start = micros();
    long end = Long.MAX_VALUE;
    long caughtUp = start;
    for (long now = start; now < end; now = micros()) {
      long due = before + (long) ((now - start) * 1e-6 * rate);
      while (sent < due) {
        send();
      }
      uncommitted.throwFailure();
      committed.throwFailure();
      if (due - uncommitted.received <= lag) {
        caughtUp = now;
      }
      if (end == Long.MAX_VALUE && now - start >= WARM_MICROS) {
        if (caughtUp == now) {
          countFrom = last + 1;
          end = now + micros;
        } else if (now - start >= WARM_MICROS + PATIENCE_MICROS) {
          return false;
        }
      }
      TimeUnit.MICROSECONDS.sleep(PAUSE_MICROS);
    }
    return micros() - caughtUp <= 1500 * BenchPlan.LATENCY_CHECKPOINTS.toMillis();
  }

  /** Whether a reader has all that was sent, unless nothing comes for so long. */
  private boolean isThrough(Reader reader, long patience) throws Exception {
    long seen = reader.received;
    long movedAt = micros();
    while (reader.received < sent) {
      reader.throwFailure();
      if (reader.received != seen) {
        seen = reader.received;
        movedAt = micros();
      } else if (micros() - movedAt > patience) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    return true;
  }

  /** Since the beginning; starts at 1 s, so that each time is later than 1970. */
  private long micros() {
    return 1_000_000 + (System.nanoTime() - begun) / 1000;
  }

  /** A consumer of the forecasts in a thread of its own. */
  private final class Reader implements AutoCloseable {

    private final Thread thread;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private long[] latencies = new long[1 << 16];
    private int count;
    volatile long received;
    private volatile Exception failure;
    private volatile boolean closed;

    Reader(String topic, String isolation) {
      Map<String, Object> config = new HashMap<>();
      config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
      config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
      consumer =
          new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      thread = new Thread(this::read, isolation);
      thread.start();
    }

    private void read() {
      BinaryDecoder decoder = null;
      try {
        while (!closed) {
          for (ConsumerRecord<byte[], byte[]> record :
              consumer.poll(java.time.Duration.ofMillis(100))) {
            decoder = DecoderFactory.get().binaryDecoder(record.value(), decoder);
            decoder.skipString(); // the series
            take(decoder.readLong());
          }
        }
      } catch (IOException | RuntimeException e) {
        failure = e;
      }
    }

    private void take(long origin) {
      if (origin >= countFrom) {
        if (count == latencies.length) {
          latencies = Arrays.copyOf(latencies, 2 * count);
        }
        latencies[count++] = micros() - origin;
      }
      received++;
    }

    void throwFailure() throws IOException {
      if (failure != null) {
        throw new IOException("forecasts: could not read: " + failure.getMessage(), failure);
      }
    }

    /** Of all that has been received so far. */
    long[] latencies() throws InterruptedException, IOException {
      closed = true;
      thread.join();
      throwFailure();
      return Arrays.copyOf(latencies, count);
    }

    @Override
    public void close() {
      closed = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      consumer.close();
    }
  }
}
