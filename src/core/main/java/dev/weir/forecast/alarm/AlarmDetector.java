package dev.weir.forecast.alarm;

import dev.weir.forecast.Incident.Reason;

/**
 * Gives each value of a series a surprise, which is comparable across series, a reason, and an
 * alarm where the budget allows one.
 *
 * <p>The surprise is -log10 of the probability of a value as unusual, by the series' values so far:
 * 3 means once in a thousand values. It is the largest of four {@link Reason}s', each against its
 * own {@link TailSketch}:
 *
 * <ul>
 *   <li>NOVELTY: a value that is farther outside the range of all earlier values than 5 % of it and
 *       more than 4 mean errors from its forecast, or that repeats more than twice as often as any
 *       before. Two of n + 1 values are outside the range of the others, and a value farther
 *       outside is rarer. The alarm is decided by an exponential tail and 0.6 more; its surprise is
 *       that of a tail with half of the slope.
 *   <li>LEVEL: |mean of the last ten values - long-run mean| over the long-run mean deviation.
 *   <li>DRIFT: |mean error of the last 40 values| over the long-run mean |error|.
 *   <li>ERROR: the mean of the last ten |errors|, each over the geometric mean of the long-run mean
 *       |error| and the half-width of the forecast's interval, which depends on the hour and recent
 *       errors. And a spike: the error before, if this value returned. Single errors are often
 *       large without an incident, so 0.4 and 1.2 are subtracted from their surprises.
 * </ul>
 *
 * <p>A young tail is uncertain, so the reported surprise is log10(1 + 200 / n) less after n values.
 *
 * <p>A value is scored before it is learned, except that level and drift contain it. A flyweight:
 * the state of a series is in its {@link AlarmState}. Not thread-safe. Allocates nothing; takes
 * 0.45 us of CPU for a value.
 *
 * <pre>{@code
 * AlarmDetector detector = new AlarmDetector(AlarmSettings.defaults());
 * AlarmState state = new AlarmState(); // one for each series
 * if (detector.observe(state, value, forecast, halfWidth, spacing)) {
 *   log(detector.surprise(), detector.reason());
 * }
 * }</pre>
 */
public final class AlarmDetector {

  /** The largest surprise. */
  public static final double MAX_SURPRISE = 5;

  private static final double MAX_SIZE = 1e100; // of values: sums and products stay finite
  private static final double MAX_RATIO = 1_000;
  private static final double SLOWEST = 1e-4; // the least weight of a value in a long-run mean
  private static final int BEFORE = 50; // values before the first surprise
  private static final int CLIPPED_FROM = 30; // values until long-run means limit large ones
  private static final double CLIP = 20;
  private static final double NOVEL = 0.6; // the evidence exceeds the surprise by this
  private static final double ERRORS = -0.4;
  private static final double SINGLE = -1.2;
  private static final double YOUNG = 200;
  private static final double RUN = 5; // values of a mean that count as one event

  private static final double LEVEL_VALUES = 10;
  private static final double DRIFT_VALUES = 40;
  private static final double ERROR_VALUES = 10;
  private static final double MAX_ERROR = 5; // in their mean, so that one is not all of it
  private static final double EXPECTED = 2; // times the usual error: 19 of 20 values

  private static final double OUTSIDE = 0.05; // of the range
  private static final double NOVEL_ERRORS = 4;
  private static final double SHRINKING = 1e-5; // of the range, with each value
  private static final int SHRINKS_FROM = 100;
  private static final int MIN_REPEATS = 10;
  private static final int REPEATS_FROM = 200;

  private static final int AFTER_BREAK = 200; // count of values after a break
  private static final int ERRORS_AFTER_BREAK = 20;

  private final AlarmBudget budget;
  private final boolean novelty;
  private final boolean level;
  private final boolean drift;
  private final boolean error;

  private AlarmFeedback feedback; // of the current series; null if no dismissal counts
  private double expected;
  private double difference;
  private boolean isExpected;
  private double evidence; // input of the budget
  private double youth; // subtracted from the surprise
  private double surprise;
  private Reason reason;

  public AlarmDetector(AlarmSettings settings) {
    this.budget = new AlarmBudget(settings.budget());
    this.novelty = settings.reasons().contains(Reason.NOVELTY);
    this.level = settings.reasons().contains(Reason.LEVEL);
    this.drift = settings.reasons().contains(Reason.DRIFT);
    this.error = settings.reasons().contains(Reason.ERROR);
  }

  /**
   * Takes in the next value of a series.
   *
   * @param forecast of this value, made at the one before; NaN without one
   * @param halfWidth half the width of the forecast's interval; NaN or 0 without one
   * @param spacing usual time between values, in milliseconds; 0 if unknown
   * @return whether the value raises an alarm
   * @throws IllegalArgumentException if the value is not a finite number
   */
  public boolean observe(
      AlarmState state, double value, double forecast, double halfWidth, long spacing) {
    return observe(state, null, value, forecast, halfWidth, spacing);
  }

  /**
   * As above, of a series with dismissed incidents.
   *
   * @param dismissals null for none
   */
  boolean observe(
      AlarmState state,
      AlarmFeedback dismissals,
      double value,
      double forecast,
      double halfWidth,
      long spacing) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("value: expected a finite number, got " + value);
    }
    feedback = dismissals;
    double y = bounded(value);
    boolean hasForecast = Double.isFinite(forecast);
    expected = hasForecast ? forecast : Double.NaN;
    difference = hasForecast ? y - bounded(forecast) : Double.NaN;
    isExpected = false;
    evidence = 0;
    youth = Math.log10(1 + YOUNG / (state.longs[AlarmState.VALUES] + 1));
    surprise = 0;
    reason = null;
    observeNovelty(state, y, hasForecast);
    observeLevel(state, y);
    observeErrors(state, y, hasForecast, halfWidth);
    boolean alarm = budget.take(state, evidence, spacing);
    state.longs[AlarmState.VALUES]++;
    return alarm;
  }

  /**
   * Passes a value that is missing, whether or not something was filled in for it. Raises no alarm.
   */
  public void skip(AlarmState state) {
    long[] longs = state.longs;
    longs[AlarmState.MAX_RUN] = Math.max(longs[AlarmState.MAX_RUN], longs[AlarmState.RUN]);
    longs[AlarmState.RUN] = 0;
    state.doubles[AlarmState.LAST_SCALE] = 0;
  }

  /** Suppresses alarms after a reported silence, as after an alarm. */
  void returned(AlarmState state) {
    AlarmBudget.rest(state);
  }

  /**
   * Lets the long-run figures adapt fast after a break, as in a young series. Keeps the usual
   * sizes.
   */
  void restart(AlarmState state) {
    long[] longs = state.longs;
    longs[AlarmState.VALUES] = Math.min(AFTER_BREAK, longs[AlarmState.VALUES]);
    longs[AlarmState.ERRORS] = Math.min(ERRORS_AFTER_BREAK, longs[AlarmState.ERRORS]);
    longs[AlarmState.QUIET_UNTIL] = 0;
  }

  /** The forecast of the newest value; NaN if there was none. */
  public double expected() {
    return expected;
  }

  /** The newest value minus its forecast; NaN if there was none. */
  public double error() {
    return difference;
  }

  /** Surprise of the newest value, 0 to {@link #MAX_SURPRISE}. */
  public double surprise() {
    return surprise;
  }

  /** Whether the newest value alone is as near to its forecast as most are. */
  boolean isExpected() {
    return isExpected && reason != Reason.NOVELTY;
  }

  /** Whether the newest value would raise an alarm if none had come before. */
  boolean isSurprising() {
    return budget.isSurprising(evidence);
  }

  /** Reason of the newest value's surprise; null for none. */
  public Reason reason() {
    return reason;
  }

  private void observeNovelty(AlarmState state, double y, boolean hasForecast) {
    double[] doubles = state.doubles;
    long[] longs = state.longs;
    long t = longs[AlarmState.VALUES];
    double range = doubles[AlarmState.HIGH] - doubles[AlarmState.LOW];
    boolean isFar = hasForecast && Math.abs(difference) > NOVEL_ERRORS * doubles[AlarmState.ERROR];
    boolean isOutside =
        y > doubles[AlarmState.HIGH] + OUTSIDE * range
            || y < doubles[AlarmState.LOW] - OUTSIDE * range;
    boolean novel = t >= BEFORE && isFar && isOutside;
    if (t > 0 && y == doubles[AlarmState.LAST_VALUE]) {
      longs[AlarmState.RUN]++;
    } else {
      longs[AlarmState.MAX_RUN] = Math.max(longs[AlarmState.MAX_RUN], longs[AlarmState.RUN]);
      longs[AlarmState.RUN] = 0;
    }
    long run = longs[AlarmState.RUN];
    boolean changed = run < t; // a series that was always constant is not stuck
    if (t >= REPEATS_FROM && changed && run >= MIN_REPEATS + 2 * longs[AlarmState.MAX_RUN]) {
      novel = true;
      longs[AlarmState.MAX_RUN] = run;
    }
    if (novel && novelty) {
      double outside = Math.max(y - doubles[AlarmState.HIGH], doubles[AlarmState.LOW] - y);
      double tail = outside > 0 && range > 0 ? ratio(outside, range) * Math.log10(t + 1.0) : 0;
      double record = Math.log10((t + 1) / 2.0);
      take(record + 2 * tail + NOVEL, record + tail, Reason.NOVELTY);
    }
    double shrinking = t > SHRINKS_FROM ? SHRINKING * range : 0;
    doubles[AlarmState.LOW] = t == 0 ? y : Math.min(doubles[AlarmState.LOW] + shrinking, y);
    doubles[AlarmState.HIGH] = t == 0 ? y : Math.max(doubles[AlarmState.HIGH] - shrinking, y);
  }

  private void observeLevel(AlarmState state, double y) {
    double[] doubles = state.doubles;
    long t = state.longs[AlarmState.VALUES];
    double mean = doubles[AlarmState.MEAN];
    double deviation = doubles[AlarmState.DEVIATION];
    double now = doubles[AlarmState.LEVEL];
    now += Math.max(1 / LEVEL_VALUES, 1.0 / (t + 1)) * (y - now);
    doubles[AlarmState.LEVEL] = now;
    double distance = t > 2 && deviation > 0 ? ratio(Math.abs(now - mean), deviation) : 0;
    if (level) {
      takeTail(state, AlarmState.LEVELS, distance, RUN, 0, Reason.LEVEL);
    }
    TailSketch.learn(state.counts, AlarmState.LEVELS, distance);
    double step = t <= CLIPPED_FROM ? y - mean : clip(y - mean, CLIP * deviation);
    double weight = Math.max(SLOWEST, 1.0 / (t + 1));
    doubles[AlarmState.MEAN] = mean + weight * step;
    doubles[AlarmState.DEVIATION] = deviation + weight * (Math.abs(step) - deviation);
  }

  private void observeErrors(AlarmState state, double y, boolean hasForecast, double halfWidth) {
    double[] doubles = state.doubles;
    double mean = doubles[AlarmState.ERROR];
    double size = Math.abs(difference);
    double scale = scale(mean, halfWidth);
    isExpected = hasForecast && size <= EXPECTED * scale;
    double relative = hasForecast && mean > 0 ? Math.copySign(ratio(size, mean), difference) : 0;
    double now = doubles[AlarmState.DRIFT];
    now += (clip(relative, CLIP) - now) / DRIFT_VALUES;
    doubles[AlarmState.DRIFT] = now;
    if (drift) {
      takeTail(state, AlarmState.DRIFTS, Math.abs(now), RUN, 0, Reason.DRIFT);
    }
    TailSketch.learn(state.counts, AlarmState.DRIFTS, Math.abs(now));
    if (hasForecast) {
      double one = mean > 0 ? Math.min(MAX_ERROR, size / scale) : 0;
      doubles[AlarmState.NEWEST_ERRORS] += (one - doubles[AlarmState.NEWEST_ERRORS]) / ERROR_VALUES;
      double newest = doubles[AlarmState.NEWEST_ERRORS];
      observeError(state, AlarmState.ERROR_SIZES, newest, RUN, ERRORS);
      observeError(state, AlarmState.SPIKES, spike(doubles, y), 1, SINGLE);
      long n = ++state.longs[AlarmState.ERRORS];
      double limited = n > CLIPPED_FROM ? Math.min(size, CLIP * mean) : size;
      doubles[AlarmState.ERROR] = mean + Math.max(SLOWEST, 1.0 / n) * (limited - mean);
    }
    doubles[AlarmState.LAST_VALUE] = y;
    doubles[AlarmState.LAST_ERROR] = hasForecast ? difference : 0;
    doubles[AlarmState.LAST_SCALE] = hasForecast && mean > 0 ? scale : 0;
  }

  private void observeError(AlarmState state, int sketch, double size, double run, double more) {
    if (error) {
      takeTail(state, sketch, size, run, more, Reason.ERROR);
    }
    TailSketch.learn(state.counts, sketch, size);
  }

  /** Size of the part of the last error that this value reverted. */
  private static double spike(double[] doubles, double y) {
    double last = doubles[AlarmState.LAST_ERROR];
    double back = y - doubles[AlarmState.LAST_VALUE];
    boolean returned = last > 0 && back < 0 || last < 0 && back > 0;
    return returned && doubles[AlarmState.LAST_SCALE] > 0
        ? ratio(Math.min(Math.abs(last), Math.abs(back)), doubles[AlarmState.LAST_SCALE])
        : 0;
  }

  /** The scale of an error. */
  private static double scale(double mean, double halfWidth) {
    return halfWidth > 0 ? Math.sqrt(mean) * Math.sqrt(Math.min(halfWidth, MAX_SIZE)) : mean;
  }

  private void takeTail(
      AlarmState state, int sketch, double size, double run, double more, Reason of) {
    if (state.longs[AlarmState.VALUES] >= BEFORE) {
      double one = TailSketch.surprise(state.counts, sketch, size, run) + more;
      take(one, one - youth, of);
    }
  }

  private void take(double one, double shown, Reason of) {
    double demand = feedback == null ? 0 : feedback.demand(of);
    double share = demand / AlarmFeedback.MAX_DEMAND; // from 0 to 1: a novelty becomes its surprise
    double capped = Math.min(one + share * share * (shown - one), MAX_SURPRISE) - demand;
    if (capped > evidence) {
      evidence = capped;
      surprise = Math.max(0, Math.min(shown, MAX_SURPRISE));
      reason = of;
    }
  }

  private static double ratio(double size, double scale) {
    return Math.min(MAX_RATIO, size / scale);
  }

  private static double clip(double x, double limit) {
    return Math.max(-limit, Math.min(limit, x));
  }

  /** A value whose sums and products stay finite. */
  static double bounded(double x) {
    return clip(x, MAX_SIZE);
  }
}
