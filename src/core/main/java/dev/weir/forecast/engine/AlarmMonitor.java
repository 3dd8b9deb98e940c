package dev.weir.forecast.engine;

import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.GroupTracker;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.alarm.IncidentTracker;
import dev.weir.forecast.alarm.MemberSurprise;
import dev.weir.forecast.alarm.OpenIncident;
import dev.weir.forecast.alarm.SeriesAlarms;
import dev.weir.forecast.alarm.SeriesRule;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.SequenceWindow;
import java.util.Arrays;

/**
 * Judges each observed value by the forecast of one step that was issued before it, warns of
 * thresholds by the forecast that is made at it, and reports incidents to the {@link
 * SeriesContext}. One instance for each task; not thread-safe. A value without an incident
 * allocates nothing.
 */
final class AlarmMonitor {

  private final AlarmRules rules;
  private final IncidentTracker[] trackers; // of the common settings, then of each override
  private final ThresholdMonitor thresholds;
  private final IncidentReporter reporter;
  private final Learner learner;
  private final SeriesContext context;
  private final double[] next = new double[4];
  private final double[] before = new double[2]; // a value some seasons before, and its lag

  AlarmMonitor(AlarmRules rules, Learner learner, SeriesContext context) {
    this.rules = rules;
    this.trackers = new IncidentTracker[1 + rules.overrides().size()];
    trackers[0] = new IncidentTracker(rules.common());
    for (int i = 1; i < trackers.length; i++) {
      IncidentSettings settings = rules.overrides().get(i - 1).settings();
      trackers[i] = settings == null ? null : new IncidentTracker(settings);
    }
    this.reporter = new IncidentReporter(context);
    this.thresholds = new ThresholdMonitor(rules, learner, reporter);
    this.learner = learner;
    this.context = context;
  }

  /** What counts for a series, which is remembered with its state. */
  private SeriesRule rule(LearnerState state, String series) {
    SeriesRule rule = state.rule();
    if (rule == null || !rule.isOf(rules)) {
      rule = rules.of(series);
      state.rule(rule);
    }
    return rule;
  }

  /**
   * Judges the newest value of a window, before it is learned. After missing values the forecast of
   * one step was meant for another time, so such a value has none.
   *
   * @param isNew false for a value that is learned again, of which nothing is reported. It is not
   *     judged if the values before were judged by other settings, and begins or ends no reported
   *     incident, which another model's forecast could make it do
   */
  void observe(
      LearnerState state, SequenceWindow window, boolean isNew, String model, long version) {
    reporter.at(window.series(), window, model, version);
    IncidentTracker tracker = trackers[1 + rule(state, window.series()).override()];
    if (tracker == null) {
      stop(state, window.series(), isNew);
      return;
    }
    SeriesAlarms alarms = state.alarms();
    if (alarms == null) {
      alarms = tracker.newSeries();
      state.alarms(alarms);
    }
    if (!isNew && !tracker.fits(alarms)) {
      tracker.skip(alarms);
      return;
    }
    OpenIncident open = alarms.incident();
    boolean isBack = open != null && window.origin() <= open.end(); // the series went back in time
    if (isBack && (isNew || !open.isReported())) {
      close(tracker, alarms);
    }
    Arrays.fill(next, Double.NaN);
    before[0] = Double.NaN;
    before[1] = 0;
    if (tracker.leastLag() > 0) {
      learner.seasonsBefore(state, tracker.leastLag(), before);
    }
    if (window.missing() > 0) {
      tracker.skip(alarms);
      before[0] = Double.NaN; // it is that of another time, too
    } else {
      learner.next(state, next);
    }
    OpenIncident known = isNew || alarms.incident() == null ? null : alarms.incident().copy();
    Event event =
        tracker.observe(
            alarms, window.origin(), window.last(), next[0], next[1], before[0], (int) before[1]);
    if (isNew && context.followsAlarms()) {
      context.judged(judgment(tracker, window, model, version));
    }
    if (event != null && !isNew) {
      alarms.incident(known);
    } else if (event != null) {
      reporter.report(event, tracker.newest());
    }
    SeriesRule rule = rule(state, window.series());
    if (isNew && rule.group() != null) {
      tell(rule, window, alarms.values(), tracker.surprise());
    }
  }

  /** Tells a group of a member's surprise. */
  private void tell(SeriesRule rule, SequenceWindow window, long values, double surprise) {
    if (values > GroupTracker.BEGINNING && surprise > GroupTracker.EXPECTED) {
      context.surprised(
          new MemberSurprise(
              rule.group(),
              window.series(),
              window.origin(),
              window.last(),
              surprise,
              rule.groupSurprise(),
              window.interval(),
              window.spacing()));
    }
  }

  private Judgment judgment(
      IncidentTracker tracker, SequenceWindow window, String model, long version) {
    return new Judgment(
        window.origin(),
        window.last(),
        next[0],
        next[2],
        next[3],
        tracker.surprise(),
        tracker.reason(),
        tracker.isAlarm(),
        model,
        version);
  }

  /**
   * Warns of thresholds; after {@link #observe}, and after the value was learned.
   *
   * @return whether anything was reported of the value: then it must never be learned again
   */
  boolean ahead(LearnerState state, SequenceWindow window, boolean isNew) {
    SeriesAlarms alarms = state.alarms();
    SeriesRule rule = rule(state, window.series());
    if (alarms != null && rule.settings() != null) { // else they are closed at the next new value
      thresholds.observe(rule, state, window, isNew);
      boolean open = isNew && alarms.isOpen();
      if (open || reporter.hasReported()) {
        context.incident(window.series(), open);
      }
    }
    return reporter.hasReported();
  }

  /**
   * Closes the open incidents of a series that is dropped.
   *
   * @param state what was known of it; null for nothing
   */
  void drop(LearnerState state, String series, String model, long version) {
    if (state != null && state.alarms() != null) {
      reporter.at(series, null, model, version);
      closeAll(state.alarms(), series);
    }
  }

  /** Ends all alarms of a series that shall have none. */
  private void stop(LearnerState state, String series, boolean isNew) {
    SeriesAlarms alarms = state.alarms();
    if (alarms != null && (isNew || !alarms.isOpen())) {
      closeAll(alarms, series);
      state.alarms(null);
    }
  }

  private void closeAll(SeriesAlarms alarms, String series) {
    close(trackers[0], alarms);
    thresholds.closeAll(alarms);
    if (reporter.hasReported()) {
      context.incident(series, false);
    }
  }

  private void close(IncidentTracker tracker, SeriesAlarms alarms) {
    Event event = tracker.close(alarms);
    if (event != null) {
      reporter.report(event, tracker.newest());
    }
  }
}
