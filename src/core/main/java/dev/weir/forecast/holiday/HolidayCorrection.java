package dev.weir.forecast.holiday;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.Rls;
import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.stage.Draft;
import dev.weir.forecast.stage.OpenForecasts;
import dev.weir.forecast.stage.Outcome;
import dev.weir.forecast.stage.Row;
import dev.weir.forecast.stage.Stage;
import dev.weir.forecast.step.FollowedSteps;

/**
 * Corrects a forecast on holidays and beside them, by what it missed on such days before. The error
 * of a forecast f of the value at u, made at o, is a regression on
 *
 * <pre>
 * (y - f) / s = theta' [ (y[Sunday] - f) / s, (y[week] - f) / s, (y[day] - f) / s, 1 ]
 * </pre>
 *
 * with the newest values up to o that are at the same time of day as u: on a Sunday, on the same
 * day of the week, and on any day; s is the running deviation of the series. So one holiday says
 * for all times of the day how far a holiday is like a Sunday.
 *
 * <p>There is a regression ({@link Rls}) for each kind of day (holiday, the day before, the day
 * after, and a week after), one for forecasts that were made on the same day and one for those made
 * before it. A correction counts from the third day of its kind on, and as long as the corrected
 * forecasts of its kind have been better than the plain ones.
 *
 * <p>Beside that each holiday learns what it differs by from the others, see {@link OwnEffects}.
 *
 * <p>Not thread-safe; allocates nothing.
 */
public final class HolidayCorrection implements Stage {

  private static final int FEATURES = 4;
  private static final double LAMBDA = 0.9999;
  private static final double RIDGE = 20;
  private static final double KAPPA = 6;
  private static final double TRACE = 10.0 * FEATURES;

  /** Deviations that a feature, an error and a correction count as at most. */
  private static final double FAR = 6;

  /** Weight of a day's errors beside those before, which both forecasts are compared by. */
  private static final double NEWEST = 0.1;

  /** The errors of corrected forecasts must be smaller than this share of the plain ones'. */
  private static final double BETTER = 0.9;

  /** Days that a correction has learned of, at least, before the one that it counts on. */
  private static final int MIN_DAYS = 2;

  private static final int PLAIN = Rls.floats(FEATURES); // places of the two mean errors
  private static final int CORRECTED = PLAIN + 1;
  private static final int DAYS = CORRECTED + 1; // that it has learned of
  private static final int PER_REGRESSION = DAYS + 2; // with the newest of these
  private static final int REGRESSIONS = 2 * SeriesCalendar.KINDS;

  private final SeriesCalendar calendar;
  private final FollowedSteps followed;
  private final OpenForecasts open;
  private final Rls rls = new Rls(FEATURES, LAMBDA, RIDGE, KAPPA, TRACE);
  private final double[] features = new double[FEATURES];
  private final FloatSlice regressions;
  private final Bfloat16Slice openPlain;
  private final Bfloat16Slice openCorrected;
  private final OwnEffects own;

  public HolidayCorrection(
      Slots slots, OpenForecasts open, HolidaySettings settings, FollowedSteps followed) {
    this.calendar = new SeriesCalendar(settings);
    this.followed = followed;
    this.open = open;
    Slots kept = slots.in("holidays");
    this.regressions = kept.floats("regressions", REGRESSIONS * PER_REGRESSION);
    this.openPlain = open.column("holidays, plain");
    this.openCorrected = open.column("holidays");
    this.own = new OwnEffects(kept);
  }

  @Override
  public String name() {
    return Explanation.HOLIDAYS;
  }

  @Override
  public void clock(long index, long time, long spacing) {
    calendar.bind(index, time, spacing);
  }

  @Override
  public void reset(long index) {
    for (int r = 0; r < REGRESSIONS; r++) {
      rls.reset(regression(r));
    }
  }

  private FloatSlice regression(int r) {
    return regressions.row(r * PER_REGRESSION);
  }

  @Override
  public void make(Row row, Draft draft) {
    History history = row.history;
    double[] forecasts = draft.value;
    long t = row.t();
    long today = calendar.perDay() == 0 ? 0 : calendar.day(t);
    for (int i = 1; i <= forecasts.length; i++) {
      double plain = forecasts[i - 1];
      double corrected = plain;
      long day = calendar.perDay() == 0 ? 0 : calendar.day(t + i);
      int kind = calendar.perDay() == 0 ? SeriesCalendar.NORMAL : calendar.kind(day);
      if (kind != SeriesCalendar.NORMAL) {
        FloatSlice of = regression(place(kind, day == today));
        corrected = plain + correction(history, of, t, t + i, day, plain);
        if (isTrusted(of, day)) {
          forecasts[i - 1] = corrected;
        }
        if (kind == SeriesCalendar.HOLIDAY && day != today && own.areTrusted(day)) {
          double effect = own.effect(calendar.identity(day), day);
          if (effect != 0 && history.isUsable(history.deviation())) {
            forecasts[i - 1] = corrected + effect * history.deviation();
          }
        }
      }
      if (followed.has(i)) {
        open.set(openPlain, row, i, plain);
        open.set(openCorrected, row, i, corrected);
      }
    }
  }

  /** Whether enough days before this one were counted at a place, see {@link #count}. */
  static boolean isLearned(FloatSlice of, int days, long day) {
    return of.get(days) - (of.get(days + 1) == day ? 1 : 0) >= MIN_DAYS;
  }

  /** Counts a day, once, at a place; the newest one is at the next place. */
  static void count(FloatSlice of, int days, long day) {
    if (of.get(days) == 0 || of.get(days + 1) != day) {
      of.set(days, Math.min(of.get(days) + 1, MIN_DAYS + 1)); // more are not told apart
      of.set(days + 1, day); // exact, since it has a kind
    }
  }

  private static boolean isTrusted(FloatSlice of, long day) {
    return isLearned(of, DAYS, day) && of.get(CORRECTED) < BETTER * of.get(PLAIN);
  }

  private double correction(
      History history, FloatSlice of, long origin, long target, long day, double plain) {
    double deviation = history.deviation();
    if (!history.isUsable(deviation)) {
      return 0;
    }
    fill(history, origin, target, day, plain, deviation);
    double correction = limited(rls.predict(of, features));
    return Double.isFinite(correction) ? correction * deviation : 0;
  }

  @Override
  public void learn(Row row, Outcome outcome) {
    History history = row.history;
    long t = row.t();
    int i = outcome.step();
    double truth = outcome.truth();
    double deviation = history.deviation();
    if (calendar.perDay() == 0 || !history.isUsable(deviation)) {
      return;
    }
    long day = calendar.day(t);
    int kind = calendar.kind(day);
    if (kind == SeriesCalendar.NORMAL) {
      return;
    }
    double plain = open.get(openPlain, outcome);
    double corrected = open.get(openCorrected, outcome);
    double error = (truth - plain) / deviation;
    boolean isToday = day == calendar.day(t - i);
    FloatSlice of = regression(place(kind, isToday));
    if (corrected != plain) { // something was learned before
      int ofDay = calendar.perDay() * followed.count();
      follow(of, PLAIN, error, ofDay);
      double missed = (truth - corrected) / deviation;
      follow(of, CORRECTED, missed, ofDay);
      if (kind == SeriesCalendar.HOLIDAY && !isToday && isLearned(of, DAYS, day)) {
        own.learn(calendar.identity(day), day, error, missed, madeBefore());
      }
    }
    fill(history, t - i, t, day, plain, deviation);
    double weight = Math.sqrt(1.0 / calendar.perDay()); // a day is one event, however many values
    for (int k = 0; k < FEATURES; k++) {
      features[k] *= weight;
    }
    rls.update(of, features, weight * limited(error));
    count(of, DAYS, day);
  }

  private static int place(int kind, boolean isToday) {
    return 2 * kind + (isToday ? 1 : 0);
  }

  /** Follows a mean error, by one of so many of a day. */
  static void follow(FloatSlice of, int at, double error, int ofDay) {
    double weight = NEWEST / ofDay;
    of.set(at, (float) (of.get(at) + weight * (Math.abs(limited(error)) - of.get(at))));
  }

  /** How many forecasts of a day's values are made before that day and are followed. */
  private int madeBefore() {
    int count = 0;
    for (int s = 0; s < followed.count(); s++) {
      count += Math.min(followed.step(s), calendar.perDay());
    }
    return count;
  }

  private void fill(
      History history, long origin, long target, long day, double plain, double deviation) {
    int perDay = calendar.perDay();
    int sinceSunday = SeriesCalendar.sinceSunday(day);
    double forecast = history.at(origin) + plain;
    features[0] =
        feature(
            history,
            origin,
            target - (long) sinceSunday * perDay,
            7L * perDay,
            forecast,
            deviation);
    features[1] = feature(history, origin, target, 7L * perDay, forecast, deviation);
    features[2] = feature(history, origin, target, perDay, forecast, deviation);
    features[3] = 1;
  }

  /** The newest value that is whole periods before an index; 0 where it is not kept. */
  private static double feature(
      History history, long origin, long index, long period, double forecast, double deviation) {
    long back = Math.max(0, (index - origin + period - 1) / period);
    long before = index - back * period;
    int horizon = history.shape().horizon();
    boolean isKept = origin - before <= history.shape().exact() - horizon && history.has(before);
    return isKept ? limited((history.at(before) - forecast) / deviation) : 0;
  }

  static double limited(double deviations) {
    return Math.max(-FAR, Math.min(FAR, deviations));
  }
}
