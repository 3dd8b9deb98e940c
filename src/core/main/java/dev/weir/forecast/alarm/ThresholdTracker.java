package dev.weir.forecast.alarm;

import java.util.List;

/**
 * Warns of one threshold: one warning for one crossing.
 *
 * <p>A warning begins when the probability reaches the threshold's, while the newest value is on
 * this side of the limit, and so were the {@code quiet} values before. It is right at the first
 * value beyond the limit, and wrong once {@code within} successive values had a smaller
 * probability: then its last prediction is over.
 *
 * <p>A value is compared with the predictions made before it; then the next one is made, from
 * forecasts that include the value.
 *
 * <p>A flyweight: the state of a series is in its {@link ThresholdState}. Not thread-safe.
 * Allocates nothing but a {@link ThresholdWarning} for each.
 */
public final class ThresholdTracker {

  /** Change of a warning at a value. */
  public enum Change {
    OPENED,
    /** The value is beyond the limit. */
    CROSSED,
    /** No value was beyond it. */
    MISSED
  }

  private final Threshold threshold;
  private final CrossingProbability crossing;
  private double probability = Double.NaN;
  private ThresholdWarning newest;

  /**
   * @param levels of the forecasts' intervals, ascending
   */
  public ThresholdTracker(Threshold threshold, List<Double> levels) {
    this.threshold = threshold;
    this.crossing = new CrossingProbability(threshold, levels);
  }

  public Threshold threshold() {
    return threshold;
  }

  /** Of a series without values. */
  public ThresholdState newSeries() {
    return new ThresholdState(threshold.limit(), threshold.above(), threshold.within());
  }

  /** Whether a state is about the event of this threshold. */
  public boolean fits(ThresholdState state) {
    return state.fits(threshold);
  }

  /** Passes missing values: drops their predictions. */
  public void skip(ThresholdState state) {
    state.dropWaiting();
  }

  /**
   * Takes in the newest value of a series, and predicts from the forecast made at it.
   *
   * @param forecast (steps), of the next values; null while its errors are unknown
   * @param lower (levels, steps), ends of its intervals
   * @param upper (levels, steps)
   * @return the probability that one of the next values is beyond the limit; NaN if unknown
   */
  public double predict(
      ThresholdState state, double value, double[] forecast, double[][] lower, double[][] upper) {
    boolean crossed = threshold.isCrossedBy(value);
    state.sinceCrossed = crossed ? 0 : (int) Math.min(Integer.MAX_VALUE, state.sinceCrossed + 1L);
    int place = 2 * state.next;
    if (!Float.isNaN(state.waiting[place])) {
      crossing.learn(
          state.weights,
          state.covariances,
          state.waiting[place],
          state.waiting[place + 1],
          state.sinceCrossed < threshold.within());
    }
    probability =
        crossed || forecast == null
            ? Double.NaN
            : crossing.predict(state.weights, forecast, lower, upper);
    boolean isPredicted = !Double.isNaN(probability);
    state.waiting[place] = isPredicted ? (float) crossing.one() : Float.NaN;
    state.waiting[place + 1] = isPredicted ? (float) crossing.beyond() : Float.NaN;
    state.next = (state.next + 1) % threshold.within();
    return probability;
  }

  /**
   * Opens or ends a warning after {@link #predict} of the same value.
   *
   * @param spacing time to the next value, in milliseconds; 0 for unknown
   * @param quiet values on this side of the limit before a warning
   * @param mayChange false for a value that is learned again: nothing is opened or ended
   * @return null for no change; else it is of the {@link #newest} warning
   */
  public Change warn(
      ThresholdState state,
      long time,
      double value,
      double[] forecast,
      long spacing,
      int quiet,
      boolean mayChange) {
    ThresholdWarning open = state.warning;
    newest = open;
    boolean isCrossed = state.sinceCrossed == 0;
    boolean isLikely = probability >= threshold.probability();
    if (open == null) {
      if (!isLikely || state.sinceCrossed <= quiet || !mayChange) {
        return null;
      }
      state.warning = new ThresholdWarning(time);
      newest = state.warning;
      keepLargest(newest, time, value, forecast, spacing);
      return Change.OPENED;
    }
    if (isCrossed) {
      return mayChange ? end(state, Change.CROSSED) : null;
    }
    if (!isLikely) {
      open.since++;
      return open.since >= threshold.within() && mayChange ? end(state, Change.MISSED) : null;
    }
    open.values += open.since + 1;
    open.since = 0;
    open.end = time;
    if (probability > open.probability) {
      keepLargest(open, time, value, forecast, spacing);
    }
    return null;
  }

  private void keepLargest(
      ThresholdWarning warning, long time, double value, double[] forecast, long spacing) {
    int step = crossing.step();
    warning.time = time;
    warning.value = value;
    warning.probability = probability;
    warning.forecast = forecast[step - 1];
    warning.crossing = spacing == 0 ? ThresholdWarning.NO_TIME : time + step * spacing;
  }

  private static Change end(ThresholdState state, Change change) {
    state.warning = null;
    return change;
  }

  /** The warning that the last change is of. */
  public ThresholdWarning newest() {
    return newest;
  }

  /** Ends the open warning of a series that is dropped, or whose threshold is; null if absent. */
  public static ThresholdWarning close(ThresholdState state) {
    ThresholdWarning open = state.warning;
    state.warning = null;
    return open;
  }
}
