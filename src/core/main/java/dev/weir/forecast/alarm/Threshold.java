package dev.weir.forecast.alarm;

import java.io.Serializable;

/**
 * A limit, and the probability of a crossing at which to warn. Immutable.
 *
 * @param limit in units of the series; a value that is equal to it does not cross it
 * @param above whether a larger value crosses it; else a smaller one
 * @param within values ahead, 1 to {@link #MAX_WITHIN}
 * @param probability at which to warn, {@link #MIN_PROBABILITY} to {@link #MAX_PROBABILITY}
 */
public record Threshold(double limit, boolean above, int within, double probability)
    implements Serializable {

  public static final int MAX_WITHIN = 100;
  public static final double MIN_PROBABILITY = 0.05;
  public static final double MAX_PROBABILITY = 0.99;
  public static final double DEFAULT_PROBABILITY = 0.8;

  /** Of the size of a limit: differences stay finite. */
  public static final double MAX_LIMIT = 1e100;

  public Threshold {
    if (!(Math.abs(limit) <= MAX_LIMIT)) {
      throw new IllegalArgumentException(
          "limit: expected %s to %s, got %s".formatted(-MAX_LIMIT, MAX_LIMIT, limit));
    }
    if (within < 1 || within > MAX_WITHIN) {
      throw new IllegalArgumentException(
          "within: expected 1 to %d, got %d".formatted(MAX_WITHIN, within));
    }
    if (!(probability >= MIN_PROBABILITY && probability <= MAX_PROBABILITY)) {
      throw new IllegalArgumentException(
          "probability: expected %s to %s, got %s"
              .formatted(MIN_PROBABILITY, MAX_PROBABILITY, probability));
    }
  }

  /** Whether a value is beyond the limit. */
  public boolean isCrossedBy(double value) {
    return above ? value > limit : value < limit;
  }

  /** Whether both are about the same event, possibly with another probability. */
  public boolean isSameEvent(Threshold other) {
    return limit == other.limit && above == other.above && within == other.within;
  }
}
