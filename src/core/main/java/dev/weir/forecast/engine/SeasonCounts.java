package dev.weir.forecast.engine;

import dev.weir.forecast.learn.LearnerSettings;

/**
 * How long the seasons of a series are, in observations: one, such as a day of 24 values, or two,
 * such as a week and a year of daily ones.
 *
 * @param first {@link LearnerSettings#AUTO} to find it in the data
 * @param second {@link LearnerSettings#NONE} for none
 */
public record SeasonCounts(int first, int second) {

  /** Observations in a season at most; its values are kept. */
  public static final int MAX_FIRST = 1_000;

  /** The same of a second one, of which only a few coefficients are kept. */
  public static final int MAX_SECOND = 10_000;

  /** As many shorter seasons do not fit into the longer one. */
  private static final int TIMES = 2;

  /** What counts where nothing else is known. */
  public static final SeasonCounts AUTO =
      new SeasonCounts(LearnerSettings.AUTO, LearnerSettings.NONE);

  /**
   * @throws IllegalArgumentException if the second is not longer than twice the first, or too long,
   *     or the first is not known; with one line, {@code expected ..., got ...}
   */
  public SeasonCounts {
    if (second != LearnerSettings.NONE
        && (first == LearnerSettings.AUTO || second <= TIMES * first || second > MAX_SECOND)) {
      throw new IllegalArgumentException(
          "expected a second season of more than %d times the first, at most %d observations, got %s"
              .formatted(
                  TIMES,
                  MAX_SECOND,
                  first == LearnerSettings.AUTO
                      ? second + " with none"
                      : "%d and %d".formatted(first, second)));
    }
  }

  /** Whether there are two. */
  public boolean areTwo() {
    return second != LearnerSettings.NONE;
  }
}
