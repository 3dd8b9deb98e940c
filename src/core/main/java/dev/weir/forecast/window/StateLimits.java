package dev.weir.forecast.window;

import java.io.Serializable;
import java.time.Duration;

/**
 * Limits of the state that a task keeps of its series.
 *
 * @param ttl a series without an observation for so long, in event time, loses its state; zero:
 *     never
 * @param maxSeries series of a task at most; further ones are rejected; 0: no limit
 * @param cache bytes of a task's heap for the series that it caches, if the engine stores them
 *     elsewhere; 0: none, {@link #A_SHARE_OF_THE_HEAP}: the engine decides
 * @param caches how many caches share these bytes: forecasts and classes each have one
 */
public record StateLimits(Duration ttl, int maxSeries, long cache, int caches)
    implements Serializable {

  /** A {@link #cache} whose size follows from the heap's. */
  public static final long A_SHARE_OF_THE_HEAP = -1;

  /** Everything is kept forever. */
  public static final StateLimits NONE = new StateLimits(Duration.ZERO, 0);

  /** With a cache whose size follows from the heap's. */
  public StateLimits(Duration ttl, int maxSeries) {
    this(ttl, maxSeries, A_SHARE_OF_THE_HEAP);
  }

  /** With a cache of its own. */
  public StateLimits(Duration ttl, int maxSeries, long cache) {
    this(ttl, maxSeries, cache, 1);
  }

  /**
   * Bytes of one cache.
   *
   * @param share bytes of all caches if the engine decides
   */
  public long cacheOf(long share) {
    return (cache == A_SHARE_OF_THE_HEAP ? share : cache) / caches;
  }

  public StateLimits {
    if (ttl.isNegative()) {
      throw new IllegalArgumentException("ttl: expected zero or more, got " + ttl);
    }
    if (maxSeries < 0) {
      throw new IllegalArgumentException("max-series: expected zero or more, got " + maxSeries);
    }
    if (cache < A_SHARE_OF_THE_HEAP) {
      throw new IllegalArgumentException("cache: expected zero or more, got " + cache);
    }
    if (caches < 1) {
      throw new IllegalArgumentException("caches: expected one or more, got " + caches);
    }
  }
}
