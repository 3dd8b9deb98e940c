package dev.weir.forecast.engine;

import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Outcome;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.Incident.Value;
import dev.weir.forecast.Incident.Warning;
import dev.weir.forecast.Incident.Worst;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.alarm.IncidentTracker;
import dev.weir.forecast.alarm.OpenIncident;
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
import java.util.Arrays;
import java.util.List;

/**
 * Judges each observed value by the forecast of one step that was issued before it, warns of
 * thresholds by the forecast that is made at it, and adds incidents to the {@link ForecastResult}.
 * One instance for each task; not thread-safe. A value without an incident allocates nothing.
 */
final class AlarmMonitor {

  /** Scored forecasts of the last step before the first warning. */
  private static final int KNOWN = 50;

  private final AlarmRules rules;
  private final IncidentTracker[] trackers; // of the common settings, then of each override
  private final ThresholdTracker[] thresholds;
  private final Learner learner;
  private final ForecastResult result;
  private final double[] next = new double[4];
  private final double[] before = new double[2]; // a value some seasons before, and its lag
  private final double[] forecast; // (horizon)
  private final double[][] lower; // (levels, horizon)
  private final double[][] upper;
  private String series; // of the current value, as all below
  private SequenceWindow window; // that ends with it; null if the series is dropped
  private String model;
  private long version;
  private boolean hasReported;

  AlarmMonitor(AlarmRules rules, Learner learner, ForecastResult result) {
    this.rules = rules;
    this.trackers = new IncidentTracker[1 + rules.overrides().size()];
    trackers[0] = new IncidentTracker(rules.common());
    for (int i = 1; i < trackers.length; i++) {
      IncidentSettings settings = rules.overrides().get(i - 1).settings();
      trackers[i] = settings == null ? null : new IncidentTracker(settings);
    }
    List<Double> levels = learner.settings().levels();
    this.thresholds =
        rules.thresholds().stream()
            .map(each -> new ThresholdTracker(each.threshold(), levels))
            .toArray(ThresholdTracker[]::new);
    for (ThresholdTracker tracker : thresholds) {
      if (tracker.threshold().within() > learner.horizon()) {
        throw new IllegalArgumentException(
            "within: expected at most the horizon, %d, got %d"
                .formatted(learner.horizon(), tracker.threshold().within()));
      }
    }
    this.forecast = new double[learner.horizon()];
    this.lower = new double[levels.size()][forecast.length];
    this.upper = new double[levels.size()][forecast.length];
    this.learner = learner;
    this.result = result;
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
    at(state, window.series(), window, model, version);
    IncidentTracker tracker = trackers[1 + rule(state, window.series()).override()];
    if (tracker == null) {
      stop(state, isNew);
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
    if (isNew && result.isBack) {
      tracker.returned(alarms);
    }
    if (window.missing() > 0 || isNew && result.isBack) {
      tracker.skip(alarms);
      before[0] = Double.NaN; // it is that of another time, too
    } else {
      learner.next(state, next);
    }
    OpenIncident known = isNew || alarms.incident() == null ? null : alarms.incident().copy();
    Event event =
        tracker.observe(
            alarms,
            window.origin(),
            window.last(),
            next[0],
            next[1],
            before[0],
            (int) before[1],
            window.spacing());
    if (isNew && result.wantsJudgments) {
      result.judgments.add(judgment(tracker));
    }
    if (event != null && !isNew) {
      alarms.incident(known);
    } else if (event != null) {
      alarms.reported(tracker.newest(), event == Event.OPENED);
      report(event, tracker.newest());
    }
  }

  private Judgment judgment(IncidentTracker tracker) {
    return new Judgment(
        window.origin(),
        window.last(),
        next[0],
        next[2],
        next[3],
        new Judgment.Surprise(tracker.surprise(), tracker.reason(), tracker.isAlarm()),
        model,
        version);
  }

  /**
   * Warns of thresholds; after {@link #observe}, and after the value was learned.
   *
   * @return whether anything was reported of the value: then it must never be learned again
   */
  boolean ahead(LearnerState state, boolean isNew) {
    SeriesAlarms alarms = state.alarms();
    SeriesRule rule = rule(state, series);
    if (alarms != null && rule.settings() != null) { // else they are closed at the next new value
      warn(rule, state, isNew);
      boolean open = isNew && alarms.isOpen();
      if (open || hasReported) {
        result.isOpen = open;
      }
    }
    return hasReported;
  }

  /**
   * Closes the open incidents of a series that is dropped.
   *
   * @param state what was known of it; null for nothing
   */
  void drop(LearnerState state, String series, String model, long version) {
    if (state != null && state.alarms() != null) {
      at(state, series, null, model, version);
      closeAll(state.alarms());
    }
  }

  private void stop(LearnerState state, boolean isNew) {
    SeriesAlarms alarms = state.alarms();
    if (alarms != null && (isNew || !alarms.isOpen())) {
      closeAll(alarms);
      state.alarms(null);
    }
  }

  private void closeAll(SeriesAlarms alarms) {
    close(trackers[0], alarms);
    alarms.thresholds().forEach(this::close);
    if (hasReported) {
      result.isOpen = false;
    }
  }

  private void close(IncidentTracker tracker, SeriesAlarms alarms) {
    Event event = tracker.close(alarms);
    if (event != null) {
      report(event, tracker.newest());
    }
  }

  /**
   * Warns of thresholds by the forecast that was made at the newest value.
   *
   * @param isNew false for a value that is learned again: it opens and ends no warning
   */
  private void warn(SeriesRule rule, LearnerState state, boolean isNew) {
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
      warn(thresholds[wanted[i]], states.get(i), rule, state, isNew);
    }
  }

  private void warn(
      ThresholdTracker tracker,
      ThresholdState threshold,
      SeriesRule rule,
      LearnerState state,
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
      report(threshold, tracker.newest(), outcome(change));
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
      fit = thresholds[wanted[i]].fits(states.get(i));
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
      ThresholdTracker tracker = thresholds[number];
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

  private void close(ThresholdState threshold) {
    ThresholdWarning open = ThresholdTracker.close(threshold);
    if (open != null) {
      report(threshold, open, Outcome.DROPPED);
    }
  }

  /**
   * A value has come.
   *
   * @param window that ends with it; null if the series is dropped
   */
  private void at(
      LearnerState state, String series, SequenceWindow window, String model, long version) {
    this.series = series;
    this.window = window;
    this.model = model;
    this.version = version;
    this.hasReported = false;
  }

  private void report(Event event, OpenIncident incident) {
    send(
        event,
        Incident.id(series, incident.start()),
        incident.start(),
        incident.end(),
        incident.values(),
        new Worst(
            incident.worstTime(),
            incident.worst(),
            incident.expected(),
            incident.error(),
            incident.surprise()),
        incident.reason(),
        incident.severity(),
        null);
  }

  /**
   * Of a threshold.
   *
   * @param outcome null if the warning begins
   */
  private void report(ThresholdState threshold, ThresholdWarning warning, Outcome outcome) {
    double limit = threshold.limit();
    boolean above = threshold.above();
    int within = threshold.within();
    Long crossing = warning.crossing() == ThresholdWarning.NO_TIME ? null : warning.crossing();
    send(
        outcome == null ? Event.OPENED : Event.CLOSED,
        Incident.id(series, warning.start(), limit, above, within),
        warning.start(),
        warning.end(),
        warning.values(),
        new Worst(warning.time(), warning.value(), warning.forecast(), Double.NaN, 0),
        Reason.THRESHOLD,
        outcome == Outcome.CROSSED ? Severity.HIGH : Severity.MEDIUM,
        new Warning(limit, above, within, warning.probability(), crossing, outcome));
  }

  private void send(
      Event event,
      String id,
      long start,
      long end,
      long values,
      Worst worst,
      Reason reason,
      Severity severity,
      Warning warning) {
    hasReported = true;
    result.add(
        new Incident(
            series,
            id,
            event,
            window == null ? end : window.origin(),
            start,
            end,
            values,
            worst,
            reason,
            severity,
            newest(),
            model,
            version,
            warning));
  }

  private List<Value> newest() {
    List<Value> newest = new ArrayList<>();
    int size = window == null ? 0 : window.size();
    for (int i = Math.max(0, size - Incident.NEWEST); i < size; i++) {
      newest.add(new Value(window.time(i), window.value(i)));
    }
    return newest;
  }
}
