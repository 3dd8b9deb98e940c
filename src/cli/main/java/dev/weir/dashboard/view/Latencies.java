package dev.weir.dashboard.view;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Measures the time in milliseconds from reading an observation to reading its forecast.
 * Thread-safe. While many observations wait, new ones are not measured: quick and slow forecasts
 * are left out alike.
 */
public final class Latencies {

  private static final int MAX_WAITING = 1 << 14;
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final int DIGITS = 3;

  private record Origin(String series, long time) {}

  private final Cache<Origin, Long> waiting;
  private final Recorder latencies = new Recorder(LONGEST.toMillis(), DIGITS);

  Latencies() {
    this(Ticker.systemTicker());
  }

  /**
   * @param ticker the clock by which a waiting observation expires
   */
  Latencies(Ticker ticker) {
    waiting =
        Caffeine.newBuilder()
            .expireAfterWrite(LONGEST)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  /** An observation was read. */
  public void observed(String series, long time, long now) {
    if (waiting.estimatedSize() < MAX_WAITING) {
      waiting.put(new Origin(series, time), now);
    }
  }

  /** A forecast was read; only the first of an observation counts. */
  public void issued(String series, long origin, long now) {
    Long observed = waiting.asMap().remove(new Origin(series, origin));
    if (observed != null) {
      latencies.recordValue(Math.max(0, Math.min(LONGEST.toMillis(), now - observed)));
    }
  }

  /** The latencies since the last call, one second ago. */
  public Histogram roll() {
    waiting.cleanUp(); // a full cache takes no observation, and so would never expire any
    return latencies.getIntervalHistogram();
  }

  /** NaN of nothing. */
  public static double percentile(Histogram latencies, double percentile) {
    return latencies.getTotalCount() == 0 ? Double.NaN : latencies.getValueAtPercentile(percentile);
  }

  public static Histogram sum(Iterable<Histogram> all) {
    Histogram sum = new Histogram(LONGEST.toMillis(), DIGITS);
    all.forEach(sum::add);
    return sum;
  }
}
