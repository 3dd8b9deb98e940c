package dev.weir.forecast.holiday;

import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;

/**
 * What each holiday differs by from holidays in common: the mean error of the commonly corrected
 * forecasts of its day, made before it, in deviations of the series. Of n days that a holiday had
 * before, it is the share n / (n + {@value #PRIOR}).
 *
 * <p>The first {@value #MAX_HOLIDAYS} holidays of a series have an effect of their own, the others
 * the common one only. The effects count from the third day with one on, and as long as forecasts
 * with them have been better than those without and than the plain ones.
 *
 * <p>Keeps no state but a view of the floats of the series. Not thread-safe; allocates nothing.
 */
final class OwnEffects {

  static final int MAX_HOLIDAYS = 20;

  static final int PRIOR = 2;
  private static final double MAX_DAYS = 10; // of a holiday, so that its effect may change

  /** The errors with own effects must be smaller than this share of those without. */
  private static final double BETTER = 0.8;

  // of all holidays: mean errors of forecasts
  private static final int PLAIN = 0;
  private static final int CORRECTED = 1;
  private static final int OWN = 2;
  private static final int DAYS = 3; // and the newest day
  private static final int FIRST_HOLIDAY = 5;

  // of a holiday
  private static final int ID = 0; // 0: free
  private static final int DAY = 1; // its newest one
  private static final int SUM = 2; // of the errors of the days before that
  private static final int WEIGHT = 3;
  private static final int SUM_OF_DAY = 4; // of the newest one
  private static final int WEIGHT_OF_DAY = 5;
  private static final int PER_HOLIDAY = 6;

  private static final int FLOATS = FIRST_HOLIDAY + MAX_HOLIDAYS * PER_HOLIDAY;

  private final FloatSlice all;

  OwnEffects(Slots slots) {
    this.all = slots.floats("own effects", FLOATS);
  }

  /** Effect of a holiday by its days before this one, in deviations; 0 without one. */
  double effect(int id, long day) {
    int at = find(id);
    if (at < 0 || all.get(at + ID) == 0) {
      return 0;
    }
    boolean isBefore = all.get(at + DAY) != day;
    double weight = all.get(at + WEIGHT) + (isBefore ? all.get(at + WEIGHT_OF_DAY) : 0);
    double sum = all.get(at + SUM) + (isBefore ? all.get(at + SUM_OF_DAY) : 0);
    double effect = sum / (weight + PRIOR);
    return Double.isFinite(effect) ? effect : 0;
  }

  /** Whether forecasts with own effects were better, on enough days before this one. */
  boolean areTrusted(long day) {
    return HolidayCorrection.isLearned(all, DAYS, day)
        && all.get(OWN) < BETTER * Math.min(all.get(PLAIN), all.get(CORRECTED));
  }

  /**
   * Learns from one forecast of a value of a holiday.
   *
   * @param plain error of the plain forecast, in deviations
   * @param corrected error of the commonly corrected one
   * @param ofDay how many such forecasts a day has
   */
  void learn(int id, long day, double plain, double corrected, int ofDay) {
    int at = find(id);
    if (at < 0) {
      return;
    }
    double effect = effect(id, day);
    if (effect != 0) {
      HolidayCorrection.follow(all, PLAIN, plain, ofDay);
      HolidayCorrection.follow(all, CORRECTED, corrected, ofDay);
      HolidayCorrection.follow(all, OWN, corrected - effect, ofDay);
      HolidayCorrection.count(all, DAYS, day);
    }
    if (all.get(at + ID) == 0 || all.get(at + DAY) != day) {
      double days = all.get(at + WEIGHT) + all.get(at + WEIGHT_OF_DAY);
      double kept = days > MAX_DAYS ? MAX_DAYS / days : 1;
      all.set(at + SUM, (float) (kept * (all.get(at + SUM) + all.get(at + SUM_OF_DAY))));
      all.set(at + WEIGHT, (float) (kept * days));
      all.set(at + SUM_OF_DAY, 0);
      all.set(at + WEIGHT_OF_DAY, 0);
      all.set(at + ID, id);
      all.set(at + DAY, day);
    }
    all.add(at + SUM_OF_DAY, (float) (HolidayCorrection.limited(corrected) / ofDay));
    all.add(at + WEIGHT_OF_DAY, 1f / ofDay);
  }

  /** Place of a holiday, or a free one; negative without either. */
  private int find(int id) {
    for (int k = 0; id != HolidayDays.UNNAMED && k < MAX_HOLIDAYS; k++) {
      int at = FIRST_HOLIDAY + k * PER_HOLIDAY;
      if (all.get(at + ID) == id || all.get(at + ID) == 0) {
        return at;
      }
    }
    return -1;
  }
}
