package dev.weir.forecast.stage;

import dev.weir.forecast.expert.History;

/**
 * What can be learned from on the scale that a series has had so far: how far out a value counts,
 * and when the series has become so calm that the scale tells nothing any more.
 */
public final class ValueRange {

  /** Sizes beyond it count as this: their squares stay finite. */
  public static final double LARGEST = 1e30;

  /** Values that show that a series is calm. */
  public static final int CALM_VALUES = 24;

  private static final double WILD_DEVIATIONS = 30;
  private static final int WILD_AFTER = 50;
  private static final double CALM = 1e-5;

  private ValueRange() {}

  /** The value, or the largest one that is learned, on its side. */
  public static double bounded(double value) {
    return Math.max(-LARGEST, Math.min(LARGEST, value));
  }

  /**
   * The value, or one {@value #WILD_DEVIATIONS} deviations out where it is farther and the past is
   * long enough to know.
   */
  public static double tame(History history, double value) {
    double tamed = bounded(value);
    double deviation = history.deviation();
    if (history.age() >= WILD_AFTER && history.isUsable(deviation)) {
      double most = WILD_DEVIATIONS * deviation;
      tamed = Math.max(history.mean() - most, Math.min(history.mean() + most, tamed));
    }
    return tamed;
  }

  /**
   * Whether the newest {@value #CALM_VALUES} values, with this one, hardly move on the scale that
   * was learned, and yet do.
   */
  public static boolean isCalm(History history, double value) {
    if (history.age() < CALM_VALUES) {
      return false;
    }
    double most = CALM * history.deviation();
    double low = value;
    double high = value;
    for (int i = 0; i < CALM_VALUES; i++) { // ends at once while the series is not calm
      double other = history.at(history.t() - i);
      low = Math.min(low, other);
      high = Math.max(high, other);
      if (high - low >= most) {
        return false;
      }
    }
    return high - low > Math.max(1e-9 * Math.max(Math.abs(low), Math.abs(high)), 1e-25);
  }
}
