package dev.weir.forecast.engine;

import dev.weir.forecast.Incident.Outcome;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.SeriesAlarms;
import dev.weir.forecast.alarm.SeriesRule;
import dev.weir.forecast.alarm.ThresholdState;
import dev.weir.forecast.alarm.ThresholdTracker;
import dev.weir.forecast.alarm.ThresholdTracker.Change;
import dev.weir.forecast.alarm.ThresholdWarning;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.SequenceWindow;
import java.util.ArrayList;
import java.util.List;

/**
 * Warns of the thresholds of a series by the forecast that was made at its newest value. One
 * instance for each task; not thread-safe.
 */
final class ThresholdMonitor {

  /** Scored forecasts of the last step before the first warning. */
  static final int KNOWN = 50;

  private final ThresholdTracker[] trackers;
  private final Learner learner;
  private final IncidentReporter reporter;
  private final double[] forecast; // (horizon)
  private final double[][] lower; // (levels, horizon)
  private final double[][] upper;

  ThresholdMonitor(AlarmRules rules, Learner learner, IncidentReporter reporter) {
    List<Double> levels = learner.settings().levels();
    this.trackers =
        rules.thresholds().stream()
            .map(each -> new ThresholdTracker(each.threshold(), levels))
            .toArray(ThresholdTracker[]::new);
    for (ThresholdTracker tracker : trackers) {
      if (tracker.threshold().within() > learner.horizon()) {
        throw new IllegalArgumentException(
            "within: expected at most the horizon, %d, got %d"
                .formatted(learner.horizon(), tracker.threshold().within()));
      }
    }
    this.learner = learner;
    this.reporter = reporter;
    this.forecast = new double[learner.horizon()];
    this.lower = new double[levels.size()][forecast.length];
    this.upper = new double[levels.size()][forecast.length];
  }

  /**
   * @param isNew false for a value that is learned again: it opens and ends no warning
   */
  void observe(SeriesRule rule, LearnerState state, SequenceWindow window, boolean isNew) {
    List<ThresholdState> states = state.alarms().thresholds();
    int[] wanted = rule.thresholds();
    if (!fit(states, wanted) && !replace(states, wanted, isNew)) {
      states.forEach(ThresholdState::dropWaiting);
      return;
    }
    if (wanted.length == 0) {
      return;
    }
    learner.forecast(state, forecast, lower, upper);
    for (int i = 0; i < wanted.length; i++) {
      observe(trackers[wanted[i]], states.get(i), rule, state, window, isNew);
    }
  }

  private void observe(
      ThresholdTracker tracker,
      ThresholdState threshold,
      SeriesRule rule,
      LearnerState state,
      SequenceWindow window,
      boolean isNew) {
    long time = window.origin();
    double value = window.last();
    ThresholdWarning open = threshold.warning();
    if (open != null && time <= open.end() && isNew) { // the series went back in time
      close(threshold);
    }
    if (window.missing() > 0) {
      tracker.skip(threshold);
    }
    boolean isKnown = learner.scored(state, tracker.threshold().within()) >= KNOWN;
    tracker.predict(threshold, value, isKnown ? forecast : null, lower, upper);
    long spacing = window.spacing();
    int quiet = rule.settings().quiet();
    Change change = tracker.warn(threshold, time, value, forecast, spacing, quiet, isNew);
    if (change != null) {
      reporter.report(threshold, tracker.newest(), outcome(change));
    }
  }

  private static Outcome outcome(Change change) {
    return switch (change) {
      case OPENED -> null;
      case CROSSED -> Outcome.CROSSED;
      case MISSED -> Outcome.MISSED;
    };
  }

  private boolean fit(List<ThresholdState> states, int[] wanted) {
    boolean fit = states.size() == wanted.length;
    for (int i = 0; i < wanted.length && fit; i++) {
      fit = trackers[wanted[i]].fits(states.get(i));
    }
    return fit;
  }

  /**
   * Replaces the states after a change of the options; those of the same events stay.
   *
   * @return whether that was done: a value that is learned again must not end a warning
   */
  private boolean replace(List<ThresholdState> states, int[] wanted, boolean isNew) {
    List<ThresholdState> before = new ArrayList<>(states);
    List<ThresholdState> after = new ArrayList<>();
    for (int number : wanted) {
      ThresholdTracker tracker = trackers[number];
      ThresholdState known = before.stream().filter(tracker::fits).findFirst().orElse(null);
      before.remove(known);
      after.add(known == null ? tracker.newSeries() : known);
    }
    if (!isNew && before.stream().anyMatch(state -> state.warning() != null)) {
      return false;
    }
    before.forEach(this::close);
    states.clear();
    states.addAll(after);
    return true;
  }

  /** Closes all warnings of a series. */
  void closeAll(SeriesAlarms alarms) {
    alarms.thresholds().forEach(this::close);
  }

  private void close(ThresholdState threshold) {
    ThresholdWarning open = ThresholdTracker.close(threshold);
    if (open != null) {
      reporter.report(threshold, open, Outcome.DROPPED);
    }
  }
}
