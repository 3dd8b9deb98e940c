package dev.weir.forecast.contest;

import dev.weir.model.Mode;

/**
 * What one series says of the networks in one period.
 *
 * @param mode which of the series' forecasts
 * @param epoch of the champion and the versions: a later one is larger
 * @param champion place of the champion among the models
 * @param versions by model
 * @param period its number since 1970
 * @param gains by model: how much better than the champion, the difference of both errors over
 *     their sum, times {@link #ONE}; {@link #NONE} of a model that is not there. Whole numbers, so
 *     that a sum does not depend on the order
 */
public record ShadowScore(
    Mode mode, long epoch, int champion, long[] versions, long period, long[] gains) {

  /** A gain of 1: the champion's error is infinitely larger. */
  public static final long ONE = 1L << 36;

  /** In place of the gain of a model that is not there. */
  public static final long NONE = Long.MIN_VALUE;
}
