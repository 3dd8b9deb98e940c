package dev.weir.cluster;

import dev.weir.forecast.Observation;
import dev.weir.kafka.codec.ObservationCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

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
  private final int targets;
  private final KafkaProducer<byte[], byte[]> producer;
  private final ObservationCodec codec;
  private final byte[] fingerprint;
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "feed");
            thread.setDaemon(true);
            return thread;
          });
  private volatile int rounds;

  private ObservationFeed(String bootstrapServers, String topic, int targets) {
    this.topic = topic;
    this.targets = targets;
    this.codec = new ObservationCodec(0, targets);
    this.fingerprint =
        targets > 1 ? ObservationCodec.targetsFingerprint() : ObservationCodec.fingerprint();
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 600_000);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 600_000);
    this.producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * @param perSecond observations of all series together
   * @param targets of each observation: 1, or at least 3, of which one or two are missing at times
   */
  static ObservationFeed start(String bootstrapServers, String topic, int perSecond, int targets) {
    ObservationFeed feed = new ObservationFeed(bootstrapServers, topic, targets);
    long period = TimeUnit.SECONDS.toNanos(SERIES) / perSecond;
    feed.clock.scheduleAtFixedRate(feed::round, 0, period, TimeUnit.NANOSECONDS);
    return feed;
  }

  private void round() {
    try {
      for (int s = 0; s < SERIES; s++) {
        Observation observation = observation(s, rounds);
        ProducerRecord<byte[], byte[]> record =
            new ProducerRecord<>(
                topic,
                observation.series().getBytes(StandardCharsets.UTF_8),
                codec.encode(observation));
        record.headers().add(ObservationCodec.fingerprintHeader(), fingerprint);
        producer.send(
            record,
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

  /** A daily rhythm, a trend and noise, of another size and phase for each series. */
  private Observation observation(int series, int round) {
    double season = (3 + series) * Math.sin(2 * Math.PI * (round + 2 * series) / 24);
    double trend = 0.001 * (series - 6) * round;
    double first = 50 + series + season + trend + noise(series, round);
    double[] others = new double[targets - 1];
    for (int k = 1; k < targets; k++) {
      others[k - 1] = isMissing(series, k, round) ? Double.NaN : target(series, k, round);
    }
    return new Observation(
        "series-" + series,
        START + round * STEP,
        targets > 1 && isMissing(series, 0, round) ? Double.NaN : first,
        others);
  }

  /** Follows the noise of the first target by as many steps as its number; now and then a spike. */
  private static double target(int series, int k, int round) {
    double own = noise(series + 100 * k, round);
    double spike = own > 0.499 ? 20 : 0;
    return 10 * k + 2 * noise(series, round - k) + 0.5 * own + spike;
  }

  /** One target at a time, for a value or, every 500 rounds, for 30: at most two together. */
  private boolean isMissing(int series, int k, int round) {
    return (round + series) % 13 == k || round % 500 > 470 && series % targets == k;
  }

  private static double noise(int series, int round) {
    return (mix(series * 1_000_003L + round) >>> 11) * 0x1p-53 - 0.5;
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
