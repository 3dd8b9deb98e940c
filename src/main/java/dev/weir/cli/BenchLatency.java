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

  /** Micros that nobody counts: clients connect, and a backlog of the start drains. */
  private static final long WARM_MICROS = 2_000_000;

  private static final long PAUSE_MICROS = 500;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final String bootstrapServers;
  private final long begun = System.nanoTime();

  BenchLatency(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
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

    void write(ObjectNode node) {
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
   * @param committed as those see it that read what is committed
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
      uncommitted.write(node.putObject("latency_ms"));
      committed.write(node.putObject("latency_committed_ms"));
      node.put("latency_records_per_second", BenchResult.rounded(load));
    }
  }

  /**
   * Sends at that pace for that long and reads the answers.
   *
   * @return null when the machine can't keep the pace up
   */
  Summary measure(BenchLoad load, String input, String output, double rate, long millis)
      throws Exception {
    try (Reader uncommitted = new Reader(output, "read_uncommitted");
        Reader committed = new Reader(output, "read_committed")) {
      long sent = send(load, input, rate, millis);
      long behind = sent - uncommitted.received;
      long giveUp = System.nanoTime() + PATIENCE_NANOS;
      while ((committed.received < sent || uncommitted.received < sent)
          && System.nanoTime() < giveUp) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      if (behind > rate || uncommitted.received < sent) {
        return null; // a second behind: this is a backlog that grows
      }
      return new Summary(
          Percentiles.ofMicros(uncommitted.latencies()),
          Percentiles.ofMicros(committed.latencies()),
          rate);
    }
  }

  private long send(BenchLoad load, String topic, double rate, long millis) throws Exception {
    Map<String, Object> config =
        Map.of("bootstrap.servers", bootstrapServers, "acks", "1", "linger.ms", "0");
    try (ObservationProducer producer = new ObservationProducer(config, topic)) {
      long start = micros();
      long end = start + millis * 1000 + WARM_MICROS;
      long sent = 0;
      long last = 0;
      for (long now = micros(); now < end; now = micros()) {
        long due = (long) ((now - start) * 1e-6 * rate);
        while (sent < due) {
          last = Math.max(last + 1, micros()); // one series' times must ascend
          producer.send(load.next(last));
          sent++;
        }
        TimeUnit.MICROSECONDS.sleep(PAUSE_MICROS);
      }
      producer.flush();
      return sent;
    }
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
    private long firstOrigin;
    volatile long received;
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
      } catch (IOException e) {
        throw new IllegalStateException("forecast: expected a series and its origin", e);
      }
    }

    private void take(long origin) {
      firstOrigin = received == 0 ? origin : firstOrigin;
      if (origin - firstOrigin >= WARM_MICROS) {
        if (count == latencies.length) {
          latencies = Arrays.copyOf(latencies, 2 * count);
        }
        latencies[count++] = micros() - origin;
      }
      received++;
    }

    /** Of all that has been received so far. */
    long[] latencies() throws InterruptedException {
      closed = true;
      thread.join();
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
