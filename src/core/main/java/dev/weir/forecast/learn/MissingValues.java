package dev.weir.forecast.learn;

import dev.weir.forecast.expert.History;

/** Counts the steps by which a series moves on over missing values. */
public final class MissingValues {

  /** Missing values passed one by one; of more, only those that keep the phase of the season. */
  private static final int MAX_PASSED = 2_600;

  private MissingValues() {}

  /**
   * Indices to skip before the next value; none before the series has started.
   *
   * @param second observations in a second, longer season, whose phase is kept to half of a week; 1
   *     for none
   */
  public static long passed(History history, long missing, int second) {
    if (missing == 0 || history.age() == 0) {
      return 0;
    }
    if (missing <= MAX_PASSED) {
      return missing;
    }
    int period = Math.max(history.season(), history.shape().week());
    long passed = missing % period;
    while (distance(missing - passed, second) > period / 2) {
      passed += period;
    }
    return passed;
  }

  private static long distance(long number, int period) {
    long after = Math.floorMod(number, (long) period);
    return Math.min(after, period - after);
  }
}
