package dev.weir.core;

/** What is given must be there, and be in its range; otherwise one line says what is wrong. */
final class Checks {

  private Checks() {}

  /**
   * @throws IllegalArgumentException if it is null
   */
  static <T> T given(String what, T value) {
    check(value != null, what, "a value", "null");
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
