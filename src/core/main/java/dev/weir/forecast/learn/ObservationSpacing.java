package dev.weir.forecast.learn;

import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.Slots;
import java.util.stream.LongStream;

/**
 * The time from one value of a series to the next, where it is nearly always the same: a view of
 * the series' state, which holds a step in milliseconds and the share of the steps equal to it.
 */
final class ObservationSpacing {

  private static final int DOUBLES = 2;
  private static final int STEP = 0;
  private static final int SHARE = 1;

  /** The share is about so many steps deep. */
  private static final double DEPTH = 500;

  private static final double REGULAR = 0.9;
  private static final long DAY = 86_400_000;

  /** Daily values in a year. */
  static final int YEAR = 365;

  private final DoubleSlice doubles;

  ObservationSpacing(Slots slots) {
    this.doubles = slots.doubles("spacing", DOUBLES);
  }

  /** Its numbers, for {@link #copy}. */
  double[] numbers() {
    return new double[] {doubles.get(STEP), doubles.get(SHARE)};
  }

  /**
   * @param steps so far, with this one
   */
  void observe(long newest, long steps) {
    double weight = 1 / Math.min(DEPTH, steps);
    double equal = doubles.get(SHARE);
    equal += weight * ((doubles.get(STEP) == newest ? 1 : 0) - equal);
    if (equal < 0.5 && doubles.get(STEP) != newest) { // never that of a step that most are equal to
      doubles.set(STEP, newest);
      equal = weight;
    }
    doubles.set(SHARE, equal);
  }

  /** Sets a step that is given and need not be found. */
  void set(long given) {
    doubles.set(STEP, given);
    doubles.set(SHARE, 1);
  }

  /**
   * Copies what is known from the doubles of another state of the series; nothing if what lies
   * there is no spacing.
   *
   * @param at where it begins
   */
  void copy(double[] from, int at) {
    if (from.length < at + DOUBLES) {
      return;
    }
    double length = from[at];
    double equal = from[at + 1];
    boolean isValid = length >= 1 && length == Math.rint(length) && equal > 0 && equal <= 1;
    doubles.set(STEP, isValid ? length : 0);
    doubles.set(SHARE, isValid ? equal : 0);
  }

  /** The step that nine of ten are equal to, milliseconds; 0 if there is no such step. */
  long regular() {
    return doubles.get(SHARE) >= REGULAR ? (long) doubles.get(STEP) : 0;
  }

  /** Whether nearly all values are a day apart. */
  boolean isDaily() {
    return regular() == DAY;
  }

  /**
   * Values in a day and in a week; of weeks, months and quarters those in a year. In ascending
   * order, without those below 4 and those that are no whole number.
   */
  int[] calendar() {
    if (isWithin(28, 31)) {
      return new int[] {12};
    }
    if (isWithin(90, 92)) {
      return new int[] {4};
    }
    long regular = regular();
    if (regular == 7 * DAY) {
      return new int[] {52};
    }
    return LongStream.of(DAY, 7 * DAY)
        .filter(span -> regular > 0 && span % regular == 0)
        .map(span -> Math.min(Integer.MAX_VALUE, span / regular))
        .filter(length -> length >= 4)
        .mapToInt(length -> (int) length)
        .toArray();
  }

  /** Whether the step is of so many days, give or take what a clock is put on or back. */
  private boolean isWithin(int least, int most) {
    double days = doubles.get(STEP) / DAY;
    return days > least - 0.1 && days < most + 0.1;
  }
}
