package dev.weir.option;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import org.apache.flink.util.TimeUtils;

/** Durations as people write them: {@code 60s}, {@code 5 min}, {@code PT1H}. */
public final class Durations {

  private Durations() {}

  /**
   * Negative ones too, where ISO 8601 has them: what is wrong with one is for the caller to say.
   *
   * @throws IllegalArgumentException when the text is no duration, or one that is too long
   */
  public static Duration parse(String text) {
    try {
      return text.startsWith("P") ? Duration.parse(text) : TimeUtils.parseDuration(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Time is counted in milliseconds everywhere; what is finer would be cut off unseen. */
  static boolean isWholeMillis(Duration duration) {
    return duration.getNano() % 1_000_000 == 0;
  }
}
