package dev.weir.lab.train;

/**
 * A series that a network is trained on.
 *
 * @param family of series that resemble each other: n of them together count as the root of n, and
 *     they are held out together
 * @param season values in a season, 1 for none, 0 to have it found in the values
 */
record TrainingSeries(String family, double[] values, int season) {

  /** Fewer values teach nothing. */
  public static final int LEAST_VALUES = 24;

  public TrainingSeries {
    if (values.length < LEAST_VALUES) {
      throw new IllegalArgumentException(
          "values: expected at least %d, got %d".formatted(LEAST_VALUES, values.length));
    }
    if (season < 0) {
      throw new IllegalArgumentException("season: expected at least 0, got " + season);
    }
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("values: expected finite numbers, got " + value);
      }
    }
  }
}
