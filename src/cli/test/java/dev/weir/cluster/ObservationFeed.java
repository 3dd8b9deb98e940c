package dev.weir.cluster;

import dev.weir.forecast.Observation;
import dev.weir.job.KafkaFixture;
import dev.weir.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Sends values of some series at a steady rate, one of each series in a round, whatever happens to
 * the broker: it waits for it and sends each value once. Values are a function of series and round.
 */
final class ObservationFeed implements AutoCloseable {
  /** Uneven, so that partitions and tasks do not get the same share. */
  static final int SERIES = 13;

  /** So long ago that hours of a soak stay in the past: a value of the future is a dead letter. */
  private static final long START = Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();

  private static final long STEP = Duration.ofHours(1).toMillis();

  private final String topic;
  private final Producer<byte[], byte[]> producer;
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "feed");
            thread.setDaemon(true);
            return thread;
          });
  private volatile int rounds;

  private ObservationFeed(String bootstrapServers, String topic) {
    this.topic = topic;
    this.producer =
        KafkaClients.of(bootstrapServers)
            .with(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 600_000)
            .with(ProducerConfig.MAX_BLOCK_MS_CONFIG, 600_000)
            .producer();
  }

  /**
   * @param valuesPerSecond of all series together
   */
  static ObservationFeed start(String bootstrapServers, String topic, int valuesPerSecond) {
    ObservationFeed feed = new ObservationFeed(bootstrapServers, topic);
    long period = TimeUnit.SECONDS.toNanos(SERIES) / valuesPerSecond;
    feed.clock.scheduleAtFixedRate(feed::round, 0, period, TimeUnit.NANOSECONDS);
    return feed;
  }

  private void round() {
    try {
      for (int s = 0; s < SERIES; s++) {
        producer.send(
            KafkaFixture.record(topic, null, observation(s, rounds)),
            (metadata, e) -> {
              if (e != null) {
                failure.compareAndSet(null, e);
              }
            });
      }
      rounds++;
    } catch (Exception e) {
      failure.compareAndSet(null, e);
      throw new IllegalStateException(e); // no more rounds
    }
  }

  /**
   * A daily rhythm, a trend, noise and now and then a spike, of another size and phase for each
   * series.
   */
  private static Observation observation(int series, int round) {
    double season = (3 + series) * Math.sin(2 * Math.PI * (round + 2 * series) / 24);
    double trend = 0.001 * (series - 6) * round;
    double noise = (mix(series * 1_000_003L + round) >>> 11) * 0x1p-53 - 0.5;
    double spike = noise > 0.499 ? 20 : 0;
    return new Observation(
        "series-" + series, START + round * STEP, 50 + series + season + trend + noise + spike);
  }

  /** The finaliser of SplitMix64: the same noise on each run, with no state. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** Values sent so far. */
  int sent() {
    return rounds * SERIES;
  }

  /** Sends no more and waits until all have arrived; returns them, by series and in order. */
  List<List<Observation>> stop() throws Exception {
    clock.shutdown();
    if (!clock.awaitTermination(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("feed: expected to end within 60 s, still sending");
    }
    producer.flush();
    if (failure.get() != null) {
      throw new IllegalStateException("feed: a value did not arrive", failure.get());
    }
    List<List<Observation>> sent = new ArrayList<>();
    for (int s = 0; s < SERIES; s++) {
      List<Observation> one = new ArrayList<>(rounds);
      for (int i = 0; i < rounds; i++) {
        one.add(observation(s, i));
      }
      sent.add(one);
    }
    return sent;
  }

  @Override
  public void close() {
    clock.shutdownNow();
    producer.close(Duration.ofSeconds(2));
  }
}
