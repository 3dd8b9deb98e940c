package dev.weir.core;

import dev.weir.forecast.Observation;
import java.util.Arrays;

/** Checks arguments; a wrong one fails with one line. */
final class Checks {

  private Checks() {}

  /**
   * @throws IllegalArgumentException if it, or one of an array, is null
   */
  static <T> T given(String what, T value) {
    boolean isWhole = !(value instanceof Object[] all) || !Arrays.asList(all).contains(null);
    check(value != null && isWhole, what, "a value", "null");
    return value;
  }

  /**
   * @throws IllegalArgumentException if the condition does not hold
   */
  static void check(boolean holds, String what, String expected, Object got) {
    if (!holds) {
      throw new IllegalArgumentException("%s: expected %s, got %s".formatted(what, expected, got));
    }
  }

  /**
   * A series' name.
   *
   * @throws IllegalArgumentException if it has not 1 to 1,000 characters
   */
  static String name(String name) {
    int length = given("series", name).length();
    int most = Observation.MAX_SERIES_LENGTH;
    check(
        length >= 1 && length <= most, "series", "a name of 1 to " + most + " characters", length);
    return name;
  }

  /**
   * @throws IllegalArgumentException if it is not from {@code least} to {@code most}
   */
  static int within(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: expected %,d to %,d, got %,d".formatted(what, least, most, value));
    }
    return value;
  }
}
