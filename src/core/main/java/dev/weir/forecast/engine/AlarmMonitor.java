package dev.weir.forecast.engine;

import dev.weir.forecast.FeedbackEvent;
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
final class AlarmMonitor implements SeriesPart {

  /** Scored forecasts of the last step before the first warning. */
  private static final int SCORED = 50;

  private final AlarmRules rules;
  private final IncidentTracker[] trackers; // of the common settings, then of each override
  private final ThresholdTracker[] thresholds;
  private final ModeForecaster mode;
  private final Learner learner;
  private final ForecastResult result;
  private final double[] next = new double[4];
  private final double[] before = new double[2]; // a value some seasons before, and its lag
  private final double[] forecast; // (horizon)
  private final double[][] lower; // (levels, horizon)
  private final double[][] upper;
  private SeriesCall call; // of the current value
  private boolean hasReported; // anything of it

  AlarmMonitor(AlarmRules rules, ModeForecaster mode, Learner learner, ForecastResult result) {
    this.rules = rules;
    this.mode = mode;
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

  /** What counts for the series, which is remembered with its state. */
  private SeriesRule rule() {
    SeriesRule rule = call.learned.rule();
    if (rule == null || !rule.isOf(rules)) {
      rule = rules.of(call.name);
      call.learned.rule(rule);
    }
    return rule;
  }

  /**
   * Judges the newest value of a window, before it is learned. After missing values the forecast of
   * one step was meant for another time, so such a value has none.
   *
   * <p>A value that is learned again is not judged if the values before were judged by other
   * settings, and begins or ends no reported incident, which another model's forecast could make it
   * do.
   */
  @Override
  public void before(SeriesCall of) {
    call = of;
    hasReported = false;
    LearnerState state = call.learned;
    SequenceWindow window = call.window;
    boolean isNew = call.isNew;
    IncidentTracker tracker = trackers[1 + rule().override()];
    if (tracker == null) {
      stop();
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
    OpenIncident reported = isNew || alarms.incident() == null ? null : alarms.incident().copy();
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
      alarms.incident(reported);
    } else if (event != null) {
      alarms.reported(tracker.newest(), event == Event.OPENED);
      report(event, tracker.newest());
    }
  }

  private Judgment judgment(IncidentTracker tracker) {
    return new Judgment(
        call.window.origin(),
        call.window.last(),
        next[0],
        next[2],
        next[3],
        new Judgment.Surprise(tracker.surprise(), tracker.reason(), tracker.isAlarm()),
        mode.model(),
        mode.modelVersion());
  }

  /** Warns of thresholds by the forecast that was made at the newest value. */
  @Override
  public void after(SeriesCall of) {
    SeriesAlarms alarms = call.learned.alarms();
    SeriesRule rule = rule();
    if (alarms != null && rule.settings() != null) { // else they are closed at the next new value
      warn(rule, alarms.thresholds());
      boolean open = call.isNew && alarms.isOpen();
      if (open || hasReported) {
        result.isOpen = open;
      }
    }
  }

  @Override
  public boolean readsLearned() {
    return true;
  }

  /** Closes the open incidents. */
  @Override
  public void drop(SeriesCall of) {
    call = of;
    hasReported = false;
    if (call.learned != null && call.learned.alarms() != null) {
      closeAll(call.learned.alarms());
    }
  }

  @Override
  public String dismiss(SeriesCall of, FeedbackEvent dismissed) {
    SeriesAlarms alarms = of.learned == null ? null : of.learned.alarms();
    if (alarms == null) {
      return NO_ALARMS;
    }
    of.series.changedOtherwise();
    return alarms.dismiss(dismissed);
  }

  private void stop() {
    SeriesAlarms alarms = call.learned.alarms();
    if (alarms != null && (call.isNew || !alarms.isOpen())) {
      closeAll(alarms);
      call.learned.alarms(null);
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

  /** A value that is learned again opens and ends no warning. */
  private void warn(SeriesRule rule, List<ThresholdState> states) {
    int[] numbers = rule.thresholds();
    if (!fit(states, numbers) && !replace(states, numbers)) {
      states.forEach(ThresholdState::dropWaiting);
      return;
    }
    if (numbers.length > 0) {
      learner.forecast(call.learned, forecast, lower, upper);
    }
    for (int i = 0; i < numbers.length; i++) {
      warn(thresholds[numbers[i]], states.get(i), rule.settings().quiet());
    }
  }

  private void warn(ThresholdTracker tracker, ThresholdState threshold, int quiet) {
    SequenceWindow window = call.window;
    long time = window.origin();
    double value = window.last();
    ThresholdWarning open = threshold.warning();
    if (open != null && time <= open.end() && call.isNew) { // the series went back in time
      close(threshold);
    }
    if (window.missing() > 0) {
      tracker.skip(threshold);
    }
    boolean isScored = learner.scored(call.learned, tracker.threshold().within()) >= SCORED;
    tracker.predict(threshold, value, isScored ? forecast : null, lower, upper);
    Change change =
        tracker.warn(threshold, time, value, forecast, window.spacing(), quiet, call.isNew);
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

  private boolean fit(List<ThresholdState> states, int[] numbers) {
    boolean fit = states.size() == numbers.length;
    for (int i = 0; i < numbers.length && fit; i++) {
      fit = thresholds[numbers[i]].fits(states.get(i));
    }
    return fit;
  }

  /**
   * Replaces the states after a change of the options; those of the same events stay.
   *
   * @return whether that was done: a value that is learned again must not end a warning
   */
  private boolean replace(List<ThresholdState> states, int[] numbers) {
    List<ThresholdState> before = new ArrayList<>(states);
    List<ThresholdState> after = new ArrayList<>();
    for (int number : numbers) {
      ThresholdTracker tracker = thresholds[number];
      ThresholdState kept = before.stream().filter(tracker::fits).findFirst().orElse(null);
      before.remove(kept);
      after.add(kept == null ? tracker.newSeries() : kept);
    }
    if (!call.isNew && before.stream().anyMatch(state -> state.warning() != null)) {
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

  private void report(Event event, OpenIncident incident) {
    send(
        event,
        Incident.id(call.name, incident.start()),
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
        Incident.id(call.name, warning.start(), limit, above, within),
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
    result.isRepeatable = false;
    result.add(
        new Incident(
            call.name,
            id,
            event,
            call.window == null ? end : call.window.origin(),
            start,
            end,
            values,
            worst,
            reason,
            severity,
            newest(),
            mode.model(),
            mode.modelVersion(),
            warning));
  }

  private List<Value> newest() {
    List<Value> newest = new ArrayList<>();
    SequenceWindow window = call.window;
    int size = window == null ? 0 : window.size();
    for (int i = Math.max(0, size - Incident.NEWEST); i < size; i++) {
      newest.add(new Value(window.time(i), window.value(i)));
    }
    return newest;
  }
}
