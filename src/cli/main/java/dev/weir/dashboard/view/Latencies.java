package dev.weir.dashboard.view;

import java.util.HashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * Measures the time in milliseconds from reading an observation to reading its forecast.
 * Thread-safe. While many observations wait, new ones are not measured: quick and slow forecasts
 * are left out alike.
 */
public final class Latencies {

  private static final int MAX_WAITING = 1 << 14;
  private static final long LONGEST_MILLIS = 120_000;
  private static final int DIGITS = 3;

  private record Origin(String series, long time) {}

  private final Map<Origin, Long> waiting = new HashMap<>();
  private Histogram latencies = new Histogram(LONGEST_MILLIS, DIGITS); // since the last roll

  /** An observation was read. */
  public synchronized void observed(String series, long time, long now) {
    if (waiting.size() < MAX_WAITING) {
      waiting.put(new Origin(series, time), now);
    }
  }

  /** A forecast was read; only the first of an observation counts. */
  public synchronized void issued(String series, long origin, long now) {
    Long observed = waiting.remove(new Origin(series, origin));
    if (observed != null) {
      latencies.recordValue(Math.max(0, Math.min(LONGEST_MILLIS, now - observed)));
    }
  }

  /** The latencies since the last call, one second ago. */
  public synchronized Histogram roll(long now) {
    waiting.values().removeIf(observed -> now - observed > LONGEST_MILLIS);
    Histogram rolled = latencies;
    latencies = new Histogram(LONGEST_MILLIS, DIGITS);
    return rolled;
  }

  /** NaN of nothing. */
  public static double percentile(Histogram latencies, double percentile) {
    return latencies.getTotalCount() == 0 ? Double.NaN : latencies.getValueAtPercentile(percentile);
  }

  public static Histogram sum(Iterable<Histogram> all) {
    Histogram sum = new Histogram(LONGEST_MILLIS, DIGITS);
    all.forEach(sum::add);
    return sum;
  }
}
