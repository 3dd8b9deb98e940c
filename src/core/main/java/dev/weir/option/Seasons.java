package dev.weir.option;

import dev.weir.forecast.engine.SeasonCounts;
import dev.weir.forecast.learn.LearnerSettings;
import java.time.Duration;

/**
 * The configured season lengths of a series: one, such as a day of 24 values, or two, such as a
 * week and a year of daily values.
 *
 * @param first the shorter one, or {@link #AUTO}'s
 * @param second null for none
 */
public record Seasons(Length first, Length second) {

  /** Observations in a season at most; its values are kept. */
  public static final int MAX_COUNT = SeasonCounts.MAX_FIRST;

  /** Observations in a second season at most; only a few coefficients are kept. */
  public static final int MAX_SECOND_COUNT = SeasonCounts.MAX_SECOND;

  /** Found in the data. */
  static final Seasons AUTO = new Seasons(new Length(LearnerSettings.AUTO, null), null);

  /** Seasons that are counted already. */
  public static Seasons of(SeasonCounts counts) {
    Length second = counts.areTwo() ? new Length(counts.second(), null) : null;
    return new Seasons(new Length(counts.first(), null), second);
  }

  /**
   * The length of one season.
   *
   * @param count in observations, or {@link LearnerSettings#AUTO}; counts if there is no duration
   * @param duration null if none is given
   */
  public record Length(int count, Duration duration) {

    private static Length parse(String text, int max) {
      if (text.matches("-?[0-9]+")) {
        int count = Numbers.integer(text);
        return new Length(require(count >= 1 && count <= max, count, text), null);
      }
      Duration duration = Durations.parse(text);
      return new Length(0, require(Durations.isWholeMillis(duration), duration, text));
    }

    private static <T> T require(boolean condition, T value, String text) {
      if (!condition) {
        throw new IllegalArgumentException(text);
      }
      return value;
    }

    private int in(Duration interval, String name, int max) {
      if (duration == null) {
        return count;
      }
      if (interval == null) {
        throw new IllegalArgumentException(
            "expected %s with a duration, since a season is counted in observations"
                .formatted(name));
      }
      long step = interval.toMillis();
      long millis = duration.toMillis();
      if (millis < step || millis % step != 0 || millis / step > max) {
        throw new IllegalArgumentException(
            "expected 1 to %d times %s (%s), got %s".formatted(max, name, interval, duration));
      }
      return (int) (millis / step);
    }

    @Override
    public String toString() {
      return duration != null
          ? duration.toString()
          : count == LearnerSettings.AUTO ? "auto" : Integer.toString(count);
    }
  }

  /**
   * Counts observations.
   *
   * @param interval from one observation to the next; null if unknown
   * @param name the users' name of the interval
   * @throws IllegalArgumentException if these lengths can't be seasons of such observations, with
   *     one line, {@code expected ..., got ...}
   */
  public SeasonCounts in(Duration interval, String name) {
    int shorter = first.in(interval, name, MAX_COUNT);
    return new SeasonCounts(
        shorter,
        second == null ? LearnerSettings.NONE : second.in(interval, name, MAX_SECOND_COUNT));
  }

  /** As a job file has it. */
  @Override
  public String toString() {
    return second == null ? first.toString() : "[%s, %s]".formatted(first, second);
  }

  /** Parses {@code auto}, one length, or two joined by a comma. */
  static Seasons parse(String text) {
    if (text.equals("auto")) {
      return AUTO;
    }
    String[] parts = text.split(",", -1);
    if (parts.length > 2) {
      throw new IllegalArgumentException(text);
    }
    Length first = Length.parse(parts[0].trim(), MAX_COUNT);
    return new Seasons(
        first, parts.length == 1 ? null : Length.parse(parts[1].trim(), MAX_SECOND_COUNT));
  }
}
