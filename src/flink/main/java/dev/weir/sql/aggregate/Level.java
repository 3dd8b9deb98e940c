package dev.weir.sql.aggregate;

/** The level of an interval or quantile, as a share. */
final class Level {

  private Level() {}

  /**
   * Whether a row has a level, and not NULL.
   *
   * @throws IllegalArgumentException if it is no share within 0 and 1, such as 80 for 0.8, which is
   *     a mistake in the statement; the planner hides such a literal
   */
  static boolean isGiven(String function, Double level) {
    if (level == null) {
      return false;
    }
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException(
          "%s: level: expected a share within 0 and 1, such as 0.8, got %s"
              .formatted(function, level));
    }
    return true;
  }
}
