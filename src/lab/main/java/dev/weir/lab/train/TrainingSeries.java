package dev.weir.lab.train;

/**
 * A series that a network is trained on.
 *
 * @param family of series that resemble each other: n of them together count as the root of n, and
 *     they are held out together
 * @param values finite, at least {@value #LEAST_VALUES}
 * @param season values in a season, 1 for none, 0 to have it found in the values
 */
record TrainingSeries(String family, double[] values, int season) {

  /** Fewer values teach nothing. */
  static final int LEAST_VALUES = 24;
}
