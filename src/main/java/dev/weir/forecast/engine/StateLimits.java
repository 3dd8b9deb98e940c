package dev.weir.forecast.engine;

import java.io.Serializable;
import java.time.Duration;

/**
 * How much a task keeps of the series that it has seen.
 *
 * @param ttl a series without an observation for so long, in event time, loses all that is known of
 *     it; zero: never
 * @param maxSeries a task with so many series refuses further ones; 0: it takes all
 */
public record StateLimits(Duration ttl, int maxSeries) implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Everything is kept forever. */
  public static final StateLimits NONE = new StateLimits(Duration.ZERO, 0);

  public StateLimits {
    if (ttl.isNegative()) {
      throw new IllegalArgumentException("ttl: expected zero or more, got " + ttl);
    }
    if (maxSeries < 0) {
      throw new IllegalArgumentException("max-series: expected zero or more, got " + maxSeries);
    }
  }
}
